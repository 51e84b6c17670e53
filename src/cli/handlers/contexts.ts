import { basename } from 'node:path';
import type { AuditEvent } from '../../audit/event.js';
import type { LogLine } from '../../audit/read.js';
import { byTime, type Context } from '../../contexts/context.js';
import { csvHead, csvRow } from '../../contexts/exports/csv.js';
import { isLineFormat, type LineFormat } from '../../contexts/exports/formats.js';
import { HeldLines } from '../../contexts/exports/held.js';
import { filterQuery, filterWords } from '../../contexts/filter-query.js';
import { redactContext } from '../../contexts/redact.js';
import { AuditweaveError, EXIT, printable } from '../../errors.js';
import { Progress } from '../../progress.js';
import { type ContextSource, openContexts, readLogs, type SourceOptions } from '../context-source.js';
import { type ContextsArguments, checkContexts, checkOfStore } from '../contexts-check.js';
import { Selection } from '../contexts-selection.js';
import { contextList, contextRow, contextTree, type ListRow, listRow } from '../contexts-text.js';
import { IDLE } from '../idle.js';
import { onStop } from '../interrupt.js';
import { jsonText, STDERR, say, write } from '../output.js';
import { sayRedacted } from '../redacted.js';
import { openStoreSource } from '../store-source.js';
import { textOptions } from '../text-options.js';

export type { ContextsArguments };

/** Milliseconds without a line after which a growing log is not waited for. */
const SILENCE = 2000;

/** Shows contexts of logs, or of a store, or puts them away. */
export async function run(options: ContextsArguments): Promise<void> {
  checkContexts(options);
  if (options.truth !== undefined) {
    const { printScores } = await import('../contexts-scores.js');
    return await printScores({ ...options, idle: IDLE.file, dataset: options.truth });
  }
  const { follow, idle = follow ? IDLE.follow : IDLE.file, out } = options;
  if (out !== undefined) {
    const { storeContexts } = await import('./contexts-store.js');
    return await storeContexts({ ...options, out, idle });
  }
  const progress = new Progress('contexts', { unit: 'lines', sink: STDERR });
  const silence = follow ? SILENCE : undefined;
  const stop = follow ? onStop(say, 'Stopping: what is open is closed and printed.') : undefined;
  const held = follow && isLineFormat(options.format) ? new HeldLines() : undefined;
  const source = await openSource({
    ...{ ...options, idle, silence, signal: stop?.signal, given: options },
    ...(held
      ? {
          onRead: (lines) => lines.forEach((line) => void held.read(line)),
          assigned: (line, first) => held.assigned(line, first),
        }
      : {}),
    explain:
      options.json || options.format === 'json' || options.open !== undefined || options.html !== undefined,
    onLines: (count) => progress.advance(count),
  });
  try {
    say(`contexts: ${source.note}.\n`);
    if (options.parquet !== undefined) await parquet(source, options, options.parquet, progress);
    else if (options.html !== undefined) await page(source, options, options.html, progress);
    else if (isLineFormat(options.format)) await send(source, options, options.format, { progress, held });
    else if (options.open === undefined) await list(source, options, progress);
    else await open(source, options, progress);
  } finally {
    stop?.release();
    await source.release();
  }
  source.tellFault?.();
  const { lines } = source.counts();
  if (stop?.signal.aborted)
    throw new AuditweaveError(
      lines === 0
        ? 'contexts: interrupted before a line came.'
        : `contexts: interrupted after ${lines} lines; the contexts of all of them are printed.`,
      {
        exitCode: EXIT.interrupted,
        ...(lines === 0 || options.since !== undefined
          ? {}
          : { hint: 'The same command prints them again; with --since now only what comes then.' }),
      },
    );
}

/** Contexts of logs or of a store, with the lines that they were made of. */
interface Source extends Pick<ContextSource, 'contexts' | 'note' | 'unread' | 'release'> {
  /** What came in, when all contexts were given. */
  counts(): { lines: number; counted: number };
  tellFault?: ContextSource['tellFault'];
  lines(): AsyncIterable<LogLine>;
}

async function openSource({
  given,
  ...options
}: SourceOptions & { given: ContextsArguments }): Promise<Source> {
  const stored = await openStoreSource(options.files, (store) =>
    checkOfStore('contexts', store, { ...given }),
  );
  if (stored) {
    const lines = stored.store.manifest.parts.reduce((sum, part) => sum + part.lines, 0);
    let counted = 0;
    const contexts = counting(stored.contexts, (context) => {
      counted += context.lines.length + (context.more ?? 0);
    });
    return { ...stored, contexts, counts: () => ({ lines, counted }) };
  }
  const source = await openContexts(options);
  return {
    ...source,
    counts: () => source.stream.counts,
    lines: () => readLogs({ files: options.files, skipInvalid: options.skipInvalid ?? false }),
  };
}

async function* counting(
  contexts: AsyncIterable<Context>,
  count: (context: Context) => void,
): AsyncGenerator<Context> {
  for await (const context of contexts) {
    count(context);
    yield context;
  }
}

async function list(source: Source, options: ContextsArguments, progress: Progress): Promise<void> {
  const { follow, format } = options;
  const json = options.json || format === 'json';
  const csv = format === 'csv';
  if (csv) await write(csvHead());
  const selection = new Selection(options);
  const text = textOptions();
  const kept: ListRow[] = [];
  let largest: Context | undefined;
  for await (const context of selection.of(source.contexts)) {
    if (context.lines.length > (largest?.lines.length ?? 0)) largest = context;
    if (json) await write(`${jsonText(redactContext(context))}\n`);
    else if (csv) await write(csvRow(context));
    else if (follow) await write(`${contextRow(context, text).join('\n')}\n`);
    else kept.push(listRow(context, text));
  }
  kept.sort(byTime);
  if (kept.length > 0) await write(`${contextList(kept, text).join('\n')}\n`);
  progress.done();
  selection.tell('shown', source);
  if (largest && !json && !csv && !follow)
    say(`  Hint: --open ${largest.context} shows what one of them caused, --html page.html all of them.\n`);
}

/** The context that `--open` names. */
async function opened(source: Source, options: ContextsArguments, progress: Progress): Promise<Context> {
  let context: Context | undefined;
  const id = options.open ?? '';
  const line = /^c?\d{1,15}$/.test(id) ? Number(id.replace('c', '')) : -1;
  // That in which the line stands, where it is none of an action.
  let around: Context | undefined;
  for await (const one of source.contexts) {
    if (one.context === `c${line}`) context = one;
    else if (one.lines.includes(line)) around = one;
  }
  progress.done();
  const unread = source.unread();
  if (unread !== null) say(`contexts: ${unread}\n`);
  if (!context)
    throw new AuditweaveError(
      `contexts: expected --open to name a context of the log, got ${printable(id)}.`,
      {
        hint: around
          ? `Line ${line} was caused by ${around.context}, ${printable(around.text)}: --open ${around.context}`
          : `A context is named c and the line of its action, from 0: auditweave contexts ${options.files.join(' ')} --background`,
      },
    );
  return context;
}

async function open(source: Source, options: ContextsArguments, progress: Progress): Promise<void> {
  const context = await opened(source, options, progress);
  if (options.json || options.format === 'json') return await write(`${jsonText(redactContext(context))}\n`);
  if (options.format === 'csv') return await write(csvHead() + csvRow(context));
  const wanted = new Set(context.lines);
  const told = new Map<number, AuditEvent>();
  for await (const { line, event } of source.lines()) if (event && wanted.has(line)) told.set(line, event);
  await write(`${contextTree(context, told, textOptions()).join('\n')}\n`);
}

async function send(
  source: Source,
  options: ContextsArguments,
  format: LineFormat,
  { progress, held }: { progress: Progress; held: HeldLines | undefined },
): Promise<void> {
  const { sendLines, sendLive } = await import('../contexts-send.js');
  if (options.open !== undefined) {
    const context = await opened(source, options, progress);
    await sendLines(format, [context], source.lines);
    return;
  }
  const selection = new Selection(options);
  const select = (contexts: AsyncIterable<Context>): AsyncIterable<Context> => selection.of(contexts);
  if (held) await sendLive(format, source.contexts, select, held);
  else await sendLines(format, select(source.contexts), source.lines);
  progress.done();
  selection.tell('exported', source);
}

async function parquet(
  source: Source,
  options: ContextsArguments,
  path: string,
  progress: Progress,
): Promise<void> {
  const { Database } = await import('../../contexts/store/database.js');
  const { writeContextsParquet } = await import('../../contexts/exports/parquet.js');
  const selection = new Selection(options);
  const database = await Database.open();
  try {
    await writeContextsParquet(database, path, selection.of(source.contexts));
    progress.done();
    selection.tell(`in ${path}`, source);
  } finally {
    database.close();
  }
}

async function page(
  source: Source,
  options: ContextsArguments,
  path: string,
  progress: Progress,
): Promise<void> {
  const { writeContextsPage } = await import('../../contexts/page/write.js');
  const began = Date.now();
  const query = filterQuery(options, began);
  // Background is on the page too, folded away.
  const selection = new Selection({ ...options, background: true });
  const contexts: Context[] = [];
  for await (const context of selection.of(source.contexts)) contexts.push(context);
  progress.done();
  const counts = source.counts();
  const { redacted } = await writeContextsPage(path, {
    title: options.files.map((file) => basename(file)).join(', '),
    note: source.note,
    counts: { lines: counts.lines, counted: counts.counted },
    only: query === '' ? undefined : { says: filterWords(options, began), query },
    contexts,
    lines: source.lines(),
  });
  selection.tell(`on the page ${path}`, source);
  if (contexts.every((context) => context.background))
    say(
      `contexts: the page shows nothing${contexts.length > 0 ? ', until its box background is ticked' : ''}.\n`,
    );
  sayRedacted('contexts', redacted, ' in place of secrets, for a page may be given away');
}
