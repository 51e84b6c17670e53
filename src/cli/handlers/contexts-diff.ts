import { stat } from 'node:fs/promises';
import { openBytes, splitLines } from '../../audit/bytes.js';
import { isRecord, RFC3339 } from '../../audit/event.js';
import {
  type ActionChange,
  type Compared,
  compareActions,
  compareSets,
  differentLogs,
} from '../../contexts/diff.js';
import { type ContextFilter, contextFilter } from '../../contexts/filter.js';
import { METHODS } from '../../contexts/labels/methods.js';
import { AuditweaveError, MismatchError, printable } from '../../errors.js';
import { openContexts } from '../context-source.js';
import { setsJson, setsText } from '../contexts-sets.js';
import { FilterHints } from '../filter-hints.js';
import { IDLE } from '../idle.js';
import { print, printJson, say } from '../output.js';
import { onFiles } from '../spool.js';
import { openStoreSource } from '../store-source.js';
import { table } from '../table.js';

export interface DiffArguments {
  first: string;
  second: string;
  sets: boolean;
  all: boolean;
  skipInvalid: boolean;
  json: boolean;
  actor?: string;
  namespace?: string;
  since?: string;
  until?: string;
}

type Reading = Pick<DiffArguments, 'sets' | 'skipInvalid'>;

/** Actors of an action that are named, and that JSON has. */
const [NAMED, MOST] = [3, 20] as const;

/** Does what `contexts diff` is asked. */
export async function run(options: DiffArguments): Promise<void> {
  const { first, second, sets, all, json } = options;
  const select = selection(options);
  const [a, b] = await onFiles([first, second], async ([one, other]) => [
    select(await readContexts(one!, first, options), first),
    select(await readContexts(other!, second, options), second),
  ]);
  if (sets) {
    const why = differentLogs(a, b);
    if (why !== null)
      throw new AuditweaveError(
        `contexts: expected --sets of two ways to find contexts in one log, got two logs: ${printable(why, 400)}.`,
        { hint: `What was done in one and not in the other: auditweave contexts diff ${first} ${second}` },
      );
    const compared = compareSets(a, b);
    if (json) return await printJson(setsJson(compared, all));
    return await print(setsText(compared, all));
  }
  const rows = compareActions(a, b).filter(({ change }) => all || change !== 'same');
  if (json)
    return await printJson(
      rows.map(({ actors, ...row }) => ({
        ...row,
        actors: { count: actors.length, shown: all ? actors : actors.slice(0, MOST) },
      })),
    );
  if (rows.length === 0) return await print('Nothing is new, gone, larger or smaller.\n');
  await print(`Each pair is ${first} → ${second}.\n\n${actionTable(rows)}\n`);
}

function actionTable(rows: readonly ActionChange[]): string {
  const mean = (value: number): string => (value === 0 ? '–' : value.toFixed(1));
  const who = ({ actors }: ActionChange): string => {
    const named = actors
      .slice(0, NAMED)
      .map(({ actor, contexts: [one, other] }) => `${actor} ${one}→${other}`);
    return named.join(', ') + (actors.length > NAMED ? ` and ${actors.length - NAMED} more` : '');
  };
  return table(
    ['change', 'action', 'contexts', 'mean lines', 'who, in how many contexts'],
    rows.map((row) => [
      row.change,
      row.action,
      `${row.contexts[0]} → ${row.contexts[1]}`,
      `${mean(row.lines[0])} → ${mean(row.lines[1])}`,
      who(row),
    ]),
  );
}

/** What is asked for of both, and what there is to say where that is nothing. */
function selection({
  actor,
  namespace,
  since,
  until,
}: DiffArguments): (contexts: Compared[], name: string) => Compared[] {
  const filter: ContextFilter = {
    ...(actor === undefined ? {} : { actor }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    background: true,
  };
  const wanted = contextFilter(filter, Date.now());
  return (contexts, name) => {
    const own = contexts.filter(wanted);
    if (own.length > 0 || contexts.length === 0) return own;
    say(`contexts: none of ${contexts.length} contexts of ${name} is asked for.\n`);
    const hints = new FilterHints(filter);
    for (const context of contexts) hints.add(context);
    for (const hint of hints.hints()) say(`  Hint: ${hint}\n`);
    return own;
  };
}

/**
 * Contexts of a store, of a folder of logs, or of a file: as `contexts --json` printed them, else of the log that it is.
 *
 * @param name As the file was named.
 */
async function readContexts(file: string, name: string, options: Reading): Promise<Compared[]> {
  const found = await stat(file).catch(() => null);
  if (!found || found.isDirectory()) return await contextsOfLogs(file, options);
  return await contextsOfFile(file, name, options);
}

async function contextsOfFile(file: string, name: string, options: Reading): Promise<Compared[]> {
  const lines = splitLines(openBytes(file, name), 64 << 20);
  const found: Compared[] = [];
  for await (const { bytes, line } of lines) {
    const row = parse(bytes);
    if (isContext(row)) found.push(row);
    else if (found.length === 0) return await contextsOfLogs(file, options);
    else
      throw new MismatchError({
        folder: 'contexts',
        file: name,
        line,
        expected: 'a context',
        got: 'something else',
      });
  }
  if (found.length === 0) say(`contexts: ${name} has no contexts.\n`);
  return found;
}

async function contextsOfLogs(file: string, { sets, skipInvalid }: Reading): Promise<Compared[]> {
  const stored = await openStoreSource([file]);
  const keep = stored?.store.manifest.keep;
  if (sets && keep === 'compact') {
    await stored?.release();
    throw new AuditweaveError(
      `contexts: expected --sets where all lines of a context are known, got the store ${printable(file, 4096)}, which keeps compact and only counts them.`,
      { hint: 'Compare the log, or a store of it with --keep raw; without --sets counts are compared.' },
    );
  }
  if (sets && keep === 'foreground')
    say(`contexts: the store ${file} has no background; what the other has of it is only there.\n`);
  const source =
    stored ?? (await openContexts({ files: [file], methods: METHODS, idle: IDLE.file, skipInvalid }));
  const found: Compared[] = [];
  try {
    for await (const one of source.contexts) {
      const { context, text, actor, trigger, lines, outcome, background, from, to, more } = one;
      found.push({
        ...{ context, text, actor, trigger, lines, outcome, background, from, to },
        ...(more === undefined ? {} : { more }),
      });
    }
  } finally {
    await source.release();
  }
  return found;
}

function parse(bytes: Uint8Array | null): unknown {
  try {
    return bytes === null ? null : JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}

function isContext(row: unknown): row is Compared {
  if (!isRecord(row) || typeof row.context !== 'string' || !isRecord(row.trigger)) return false;
  const { text, actor, trigger, lines, outcome, background, from, to, more = 0 } = row;
  const { objectRef = {}, verb, requestURI = '' } = trigger;
  return (
    Array.isArray(lines) &&
    lines.every(Number.isSafeInteger) &&
    Number.isSafeInteger(more) &&
    [text, actor, outcome].every((one) => typeof one === 'string') &&
    [from, to].every((time) => typeof time === 'string' && RFC3339.test(time)) &&
    Number.isSafeInteger(trigger.line) &&
    typeof background === 'boolean' &&
    typeof verb === 'string' &&
    typeof requestURI === 'string' &&
    isRecord(objectRef) &&
    Object.values(objectRef).every((text) => typeof text === 'string')
  );
}
