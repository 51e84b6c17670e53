import type { AuditEvent } from '../../audit/event.js';
import { comesOnce } from '../../audit/open-log.js';
import { type LogLine, wholeText } from '../../audit/read.js';
import { byTime, type Context } from '../../contexts/context.js';
import { csvHead, csvRow } from '../../contexts/exports/csv.js';
import type { LineFormat } from '../../contexts/exports/formats.js';
import { METHODS } from '../../contexts/labels/methods.js';
import { readQuery } from '../../contexts/query/check.js';
import { evaluator, type Row } from '../../contexts/query/evaluate.js';
import { contextRow, lineRow } from '../../contexts/query/row.js';
import { partsOf, type Query } from '../../contexts/query/tree.js';
import { REDACTED, redactContext, redactLine } from '../../contexts/redact.js';
import { type LinkedLine, linked } from '../../contexts/store/linked.js';
import { AuditweaveError, printable } from '../../errors.js';
import { Progress } from '../../progress.js';
import { openContexts, readLogs } from '../context-source.js';
import { checkOfStore } from '../contexts-check.js';
import { contextList, listRow } from '../contexts-text.js';
import { IDLE } from '../idle.js';
import { jsonText, print, STDERR, say, write } from '../output.js';
import { QueryHints } from '../query-hints.js';
import { OF_STORE, sayMissing, sayRedacted } from '../redacted.js';
import { onFiles } from '../spool.js';
import { openStoreSource } from '../store-source.js';
import { checkTarget } from '../target.js';
import { textOptions } from '../text-options.js';

export interface QueryArguments {
  expression?: string;
  in: string[];
  model?: string;
  background: boolean;
  limit?: number;
  count: boolean;
  lines: boolean;
  links: boolean;
  format?: LineFormat;
  json: boolean;
  csv: boolean;
  parquet?: string;
  skipInvalid: boolean;
}

/** Where contexts are asked for. */
interface Asked {
  note: string;
  /** What is not there, where background is asked for. */
  lacks?: string;
  /** Whether all lines of contexts are there. */
  holds: boolean;
  /** By time. */
  contexts(query: Query, most: number): AsyncIterable<Context>;
  count(query: Query): Promise<number>;
  /** How many an expression is true of that was asked before. */
  total(query: Query): Promise<number>;
  /** Why there may be none; asked after `contexts` or `count`. */
  hints(query: Query, all: boolean): Promise<Iterable<string>>;
  /** Texts of lines in their order. */
  lines(contexts: ReadonlyMap<number, Context>): AsyncIterable<LinkedLine>;
  /** All lines. */
  read(): AsyncIterable<LogLine>;
  /** Lines of those given so far that have `REDACTED` for a secret, and what there is to say of it. */
  redacted(): { count: number; rest: string };
  close(): Promise<void>;
}

/** Prints the contexts that an expression is true of. */
export async function run(options: QueryArguments): Promise<void> {
  check(options);
  const asked = readQuery(options.expression ?? '', { now: Date.now() });
  const all =
    options.background ||
    [...partsOf(asked)].some((part) => 'field' in part && part.field.name === 'background');
  const query: Query = all ? asked : { kind: 'and', parts: [asked, FOREGROUND] };
  // Lines of standard input are read a second time.
  if ((options.lines || options.format !== undefined) && options.in.includes('-'))
    return await onFiles(
      options.in,
      async (files) => await answer({ ...options, in: [...files] }, query, all, options.in),
    );
  await answer(options, query, all);
}

/**
 * @param all Whether background is asked for.
 * @param names The places as they were given.
 */
async function answer(
  options: QueryArguments,
  query: Query,
  all: boolean,
  names: readonly string[] = options.in,
): Promise<void> {
  const place = (await openStore(options)) ?? openLogs(options, names);
  try {
    if (all && place.lacks !== undefined) say(`query: ${place.lacks}.\n`);
    const { limit = Number.POSITIVE_INFINITY } = options;
    let shown: number;
    if (options.count) {
      shown = await place.count(query);
      await print(`${shown}\n`);
    } else {
      shown = await show(place.contexts(query, limit), place, options);
      const total = shown < limit ? shown : await place.total(query);
      const of = total > shown ? `the first ${shown} of ${total}` : String(shown);
      say(`query: ${of} ${total === 1 ? 'context' : 'contexts'} ${place.note}.\n`);
    }
    if (shown === 0) for (const hint of await place.hints(query, all)) say(`  Hint: ${hint}\n`);
  } finally {
    await place.close();
  }
}

/** Contexts of a store that are looked at for a text that is meant. */
const LOOKED_AT = 10_000;
const FOREGROUND = readQuery('not background', { now: 0 });

function check(options: QueryArguments): void {
  const { in: places, limit, count, lines, links, format, json, csv, parquet } = options;
  const sent = format === undefined ? {} : { [`format ${format}`]: true };
  const forms = Object.entries({ count, lines, json, csv, parquet: parquet !== undefined, ...sent });
  const given = forms.flatMap(([name, is]) => (is ? [`--${name}`] : []));
  if (given.length > 1)
    throw new AuditweaveError(`query: expected one way to answer, got ${given.join(' and ')}.`);
  if (links && !lines)
    throw new AuditweaveError(
      'query: expected --links with --lines, which it puts them into, got it alone.',
      {
        hint: 'Add --lines.',
      },
    );
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
    throw new AuditweaveError(`query: expected --limit to be a whole number above 0, got ${limit}.`);
  if (count && limit !== undefined)
    throw new AuditweaveError('query: expected --limit without --count, which counts all, got both.', {
      hint: 'Leave --limit out.',
    });
  checkTarget('query: --parquet', parquet, places);
  const twice = lines ? '--lines' : format === undefined ? null : `--format ${format}`;
  const once = twice ? places.find((place) => place !== '-' && comesOnce(place)) : undefined;
  if (once !== undefined)
    throw new AuditweaveError(
      `query: expected ${twice} of a file, for it is read twice, got ${printable(once, 4096)}, which is none.`,
      { hint: 'Save the log to a file first.' },
    );
}

/** Prints what was found, and says how much it is. */
async function show(found: AsyncIterable<Context>, place: Asked, options: QueryArguments): Promise<number> {
  const { lines, links, format, json, csv, parquet } = options;
  if (format !== undefined) {
    const { sendLines } = await import('../contexts-send.js');
    return await sendLines(format, found, place.read);
  }
  if (parquet !== undefined) {
    const { Database } = await import('../../contexts/store/database.js');
    const { writeContextsParquet } = await import('../../contexts/exports/parquet.js');
    const database = await Database.open();
    return await writeContextsParquet(database, parquet, found).finally(() => database.close());
  }
  if (csv) await write(csvHead());
  const kept: Context[] = [];
  let shown = 0;
  for await (const context of found) {
    shown++;
    if (json) await write(`${jsonText(redactContext(context))}\n`);
    else if (csv) await write(csvRow(context));
    else kept.push(context);
  }
  if (lines) {
    const wanted = new Map(kept.map((context) => [context.trigger.line, context]));
    for await (const line of place.lines(wanted)) await write(`${links ? linked(line) : line.text}\n`);
    const { count: own, rest } = place.redacted();
    sayMissing('query', place.holds ? 0 : kept.reduce((sum, { more = 0 }) => sum + more, 0));
    sayRedacted('query', own, rest);
  } else if (kept.length > 0) {
    const text = textOptions();
    const rows = kept.map((context) => listRow(context, text));
    await write(`${contextList(rows, text).join('\n')}\n`);
  }
  return shown;
}

async function openStore({ in: places, model, skipInvalid }: QueryArguments): Promise<Asked | null> {
  const source = await openStoreSource(places, (store) =>
    checkOfStore('query', store, { model, skipInvalid }),
  );
  if (!source) return null;
  const { store } = source;
  let redacted = 0;
  return {
    note: `from the store ${store.dir}`,
    holds: store.manifest.keep !== 'compact',
    ...(store.manifest.keep === 'raw'
      ? {}
      : { lacks: `the store ${store.dir} has no background; one written with --keep raw has` }),
    contexts: (query, most) => store.contexts(query, most),
    count: (query) => store.count(query),
    total: (query) => store.count(query),
    hints: async (query, all) => {
      const hints = new QueryHints(query);
      for (const test of hints.tests) {
        const has: Query = { kind: 'in', field: test.field, values: [test.value] };
        if ((await store.count({ kind: 'and', parts: [has, FOREGROUND] })) > 0) test.there = 'something';
        else if ((await store.count(has)) > 0) test.there = 'background';
      }
      if (hints.tests.some(({ there }) => there === 'nothing'))
        for await (const context of store.contexts(FOREGROUND, LOOKED_AT)) hints.add(contextRow(context));
      return hints.hints(all);
    },
    async *lines(wanted) {
      for await (const line of store.lines((context) => context !== null && wanted.has(context))) {
        if (store.manifest.redacted && line.text.includes(REDACTED)) redacted++;
        yield line;
      }
    },
    read: source.lines,
    redacted: () => ({ count: redacted, rest: OF_STORE }),
    close: () => source.release(),
  };
}

/** Logs are asked as they are read; what an expression needs of a context's lines waits until the context has ended. */
function openLogs({ in: files, model, skipInvalid, json }: QueryArguments, names: readonly string[]): Asked {
  let redacted = 0;
  let total = 0;
  let hints: QueryHints | undefined;
  const read = (): AsyncIterable<LogLine> => readLogs({ files, skipInvalid });
  const matching = async (query: Query): Promise<Context[]> => {
    const progress = new Progress('query', { unit: 'lines', sink: STDERR });
    const below = new Map<number, { line: number; row: Row }[]>();
    const keeps = [...partsOf(query)].some(({ kind }) => kind === 'any' || kind === 'caused');
    const assigned = (line: number, first: number, event: AuditEvent): void => {
      const own = below.get(first) ?? [];
      own.push({ line, row: lineRow(event) });
      below.set(first, own);
    };
    const source = await openContexts({
      ...{ files, model, skipInvalid, explain: json, methods: METHODS, idle: IDLE.file },
      onLines: (count) => progress.advance(count),
      ...(keeps ? { assigned } : {}),
    });
    const holds = evaluator(query);
    hints = new QueryHints(query);
    const found: Context[] = [];
    try {
      for await (const context of source.contexts) {
        const first = context.lines.find((line) => below.has(line)) ?? -1;
        const { line: number } = context.trigger;
        const lines = (below.get(first) ?? []).map(({ line, row }) => ({ row, trigger: line === number }));
        below.delete(first);
        const row = contextRow(context);
        hints.add(row);
        if (holds({ row, lines: () => lines })) found.push(context);
      }
    } finally {
      await source.release();
    }
    progress.done();
    const unread = source.unread();
    if (unread !== null) say(`query: ${unread}\n`);
    total = found.length;
    return found.sort(byTime);
  };
  return {
    note: `from ${names.map((name) => (name === '-' ? 'standard input' : name)).join(', ')}`,
    holds: true,
    async *contexts(query, most) {
      yield* (await matching(query)).slice(0, most);
    },
    count: async (query) => (await matching(query)).length,
    total: async () => total,
    hints: async (_, all) => hints?.hints(all) ?? [],
    async *lines(wanted) {
      const own = new Map<number, Pick<LinkedLine, 'context' | 'cause'>>();
      for (const [context, { lines, causes }] of wanted)
        for (const [i, line] of lines.entries()) own.set(line, { context, cause: causes?.[i] ?? null });
      for await (const { line, text, event } of read()) {
        const link = own.get(line);
        if (!event || !link) continue;
        const whole = wholeText({ text }, event);
        const clean = redactLine(whole, event);
        if (clean !== whole) redacted++;
        yield { text: clean, ...link };
      }
    },
    read,
    redacted: () => ({
      count: redacted,
      rest: ' in place of secrets; contexts LOG --out DIR --keep-secrets makes a store that keeps them',
    }),
    close: async () => {},
  };
}
