import { stat } from 'node:fs/promises';
import { openBytes, splitLines } from '../../audit/bytes.js';
import { isRecord } from '../../audit/event.js';
import { type Compared, compareActions, compareSets } from '../../contexts/diff.js';
import { METHODS } from '../../contexts/labels/methods.js';
import { MismatchError } from '../../errors.js';
import { openContexts } from '../context-source.js';
import { setsJson, setsText } from '../contexts-sets.js';
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
}

/** Does what `contexts diff` is asked. */
export async function run({ first, second, sets, all, json, skipInvalid }: DiffArguments): Promise<void> {
  const [a, b] = await onFiles([first, second], async ([one, other]) => [
    await readContexts(one!, first, skipInvalid),
    await readContexts(other!, second, skipInvalid),
  ]);
  if (sets) {
    const compared = compareSets(a, b);
    if (json) return await printJson(setsJson(compared, all));
    return await print(setsText(compared, all));
  }
  const rows = compareActions(a, b).filter(({ change }) => all || change !== 'same');
  if (json) return await printJson(rows);
  if (rows.length === 0) return await print('Nothing is new, gone, larger or smaller.\n');
  const mean = (value: number): string => (value === 0 ? '–' : value.toFixed(1));
  await print(
    `${table(
      ['change', 'action', 'contexts', '→', 'mean lines', '→'],
      rows.map(({ change, action, contexts, lines }) => [
        change,
        action,
        String(contexts[0]),
        String(contexts[1]),
        mean(lines[0]),
        mean(lines[1]),
      ]),
    )}\n`,
  );
}

/**
 * Contexts of a store, of a folder of logs, or of a file: as `contexts --json` printed them, else of the log that it is.
 *
 * @param name As the file was named.
 */
async function readContexts(file: string, name: string, skipInvalid: boolean): Promise<Compared[]> {
  const found = await stat(file).catch(() => null);
  if (!found || found.isDirectory()) return await contextsOfLogs(file, skipInvalid);
  return await contextsOfFile(file, name, skipInvalid);
}

async function contextsOfFile(file: string, name: string, skipInvalid: boolean): Promise<Compared[]> {
  const lines = splitLines(openBytes(file, name), 64 << 20);
  const found: Compared[] = [];
  for await (const { bytes, line } of lines) {
    const row = parse(bytes);
    if (isContext(row)) found.push(row);
    else if (found.length === 0) return await contextsOfLogs(file, skipInvalid);
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

async function contextsOfLogs(file: string, skipInvalid: boolean): Promise<Compared[]> {
  const source =
    (await openStoreSource([file])) ??
    (await openContexts({ files: [file], methods: METHODS, idle: IDLE.file, skipInvalid }));
  const found: Compared[] = [];
  try {
    for await (const { context, text, actor, trigger, lines, outcome, background, more } of source.contexts)
      found.push({
        ...{ context, text, actor, trigger, lines, outcome, background },
        ...(more === undefined ? {} : { more }),
      });
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
  const { text, actor, trigger, lines, outcome, background, more = 0 } = row;
  const { objectRef = {}, verb, requestURI = '' } = trigger;
  return (
    Array.isArray(lines) &&
    lines.every(Number.isSafeInteger) &&
    Number.isSafeInteger(more) &&
    [text, actor, outcome].every((one) => typeof one === 'string') &&
    Number.isSafeInteger(trigger.line) &&
    typeof background === 'boolean' &&
    typeof verb === 'string' &&
    typeof requestURI === 'string' &&
    isRecord(objectRef) &&
    Object.values(objectRef).every((text) => typeof text === 'string')
  );
}
