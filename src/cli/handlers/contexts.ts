import { basename } from 'node:path';
import type { AuditEvent } from '../../audit/event.js';
import { comesOnce } from '../../audit/open-log.js';
import type { LogLine } from '../../audit/read.js';
import { byTime, type Context } from '../../contexts/context.js';
import { csvHead, csvRow } from '../../contexts/exports/csv.js';
import { LINE_FORMATS, type LineFormat } from '../../contexts/exports/formats.js';
import { type ContextFilter, contextFilter } from '../../contexts/filter.js';
import type { Keep } from '../../contexts/store/keep.js';
import { AuditweaveError, EXIT, printable } from '../../errors.js';
import { Progress } from '../../progress.js';
import { type ContextSource, openContexts, readLogs, type SourceOptions } from '../context-source.js';
import { contextList, contextRow, contextTree, type ListRow, listRow } from '../contexts-text.js';
import { FilterHints } from '../filter-hints.js';
import { IDLE } from '../idle.js';
import { onStop } from '../interrupt.js';
import { jsonText, STDERR, say, seenJson, write } from '../output.js';
import { sayRedacted } from '../redacted.js';
import { openStoreSource } from '../store-source.js';
import { textOptions } from '../text-options.js';

export interface ContextsArguments extends ContextFilter {
  files: string[];
  model?: string;
  labels?: string;
  methods: string[];
  open?: string;
  html?: string;
  truth?: string;
  capture?: string;
  idle?: number;
  follow: boolean;
  format?: string;
  json: boolean;
  skipInvalid: boolean;
  out?: string;
  keep: Keep;
  keepSecrets: boolean;
  level?: number;
  parquet?: string;
}

/** Milliseconds without a line after which a growing log is not waited for. */
const SILENCE = 2000;

/** Shows contexts of logs, or of a store, or puts them away. */
export async function run(options: ContextsArguments): Promise<void> {
  check(options);
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
  const source = await openSource({
    ...{ ...options, idle, silence, signal: stop?.signal },
    explain:
      options.json || options.format === 'json' || options.open !== undefined || options.html !== undefined,
    onLines: (count) => progress.advance(count),
  });
  try {
    say(`contexts: ${source.note}.\n`);
    if (options.parquet !== undefined) await parquet(source, options, options.parquet, progress);
    else if (options.html !== undefined) await page(source, options, options.html, progress);
    else if (isLineFormat(options.format)) await exportAll(source, options, options.format, progress);
    else if (options.open === undefined) await list(source, options, progress);
    else await open(source, options, progress);
    const unread = source.unread();
    if (unread !== null) say(`contexts: ${unread}\n`);
  } finally {
    stop?.release();
    await source.release();
  }
  if (stop?.signal.aborted)
    throw new AuditweaveError(
      `contexts: interrupted after ${source.counts().lines} lines; the contexts of all of them are printed.`,
      { exitCode: EXIT.interrupted },
    );
}

/** Contexts of logs or of a store, with the lines that they were made of. */
interface Source extends Pick<ContextSource, 'contexts' | 'note' | 'unread' | 'release'> {
  /** What came in, when all contexts were given. */
  counts(): { lines: number; counted: number };
  lines(): AsyncIterable<LogLine>;
}

async function openSource(options: SourceOptions): Promise<Source> {
  const stored = await openStoreSource(options.files);
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

function check(options: ContextsArguments): void {
  const { files, follow, idle, open: id, html, format, truth, capture } = options;
  checkStore(options);
  const twice =
    id !== undefined
      ? '--open'
      : html !== undefined
        ? '--html'
        : isLineFormat(format)
          ? `--format ${format}`
          : null;
  if (idle !== undefined && !(idle > 0))
    throw new AuditweaveError(`contexts: expected --idle to be above 0, got ${idle}.`);
  if (follow && (files.length > 1 || id !== undefined || html !== undefined))
    throw new AuditweaveError(
      files.length > 1
        ? `contexts: expected --follow on one log, got ${files.length}.`
        : `contexts: expected --follow without ${id === undefined ? '--html' : '--open'}, which waits for the end, got both.`,
      { hint: 'auditweave contexts audit.log --follow' },
    );
  const once = files.find(comesOnce);
  if (twice && once !== undefined)
    throw new AuditweaveError(
      `contexts: expected ${twice} on a file, for it is read twice, got ${once === '-' ? 'standard input' : `${printable(once, 4096)}, which is none`}.`,
      {
        hint: 'Save the log to a file first.',
      },
    );
  if (capture !== undefined && truth === undefined)
    throw new AuditweaveError('contexts: expected --capture with --truth, got it alone.');
}

function checkStore({ out, level, keepSecrets, ...options }: ContextsArguments): void {
  if (level !== undefined && !(Number.isInteger(level) && level >= 1 && level <= 22))
    throw new AuditweaveError(`contexts: expected --level between 1 and 22, got ${level}.`);
  if (out === undefined) {
    if (keepSecrets || level !== undefined || options.keep !== 'raw')
      throw new AuditweaveError(
        'contexts: expected --keep, --keep-secrets and --level with --out, got none.',
        {
          hint: `auditweave contexts ${options.files.join(' ')} --out store`,
        },
      );
    return;
  }
  const other = (
    ['actor', 'namespace', 'verb', 'outcome', 'since', 'until', 'open', 'html', 'format', 'parquet'] as const
  ).find((name) => options[name] !== undefined);
  if (other !== undefined || options.follow)
    throw new AuditweaveError(
      `contexts: expected --out without --${other ?? 'follow'}, for a store has all contexts, got both.`,
      { hint: `Put all into the store, and ask it then: auditweave query '…' --in ${out}` },
    );
}

const isLineFormat = (format: string | undefined): format is LineFormat =>
  (LINE_FORMATS as readonly (string | undefined)[]).includes(format);

async function list(source: Source, options: ContextsArguments, progress: Progress): Promise<void> {
  const { follow, format } = options;
  const json = options.json || format === 'json';
  const csv = format === 'csv';
  if (csv) await write(csvHead());
  const wanted = contextFilter(options, Date.now());
  const text = textOptions();
  const kept: ListRow[] = [];
  const hints = new FilterHints(options);
  let background = 0;
  let shown = 0;
  let largest: Context | undefined;
  for await (const context of source.contexts) {
    if (context.background) background++;
    hints.add(context);
    if (!wanted(context)) continue;
    shown++;
    if (context.lines.length > (largest?.lines.length ?? 0)) largest = context;
    if (json) await write(`${jsonText(context)}\n`);
    else if (csv) await write(csvRow(context));
    else if (follow) await write(`${contextRow(context, text).join('\n')}\n`);
    else kept.push(listRow(context, text));
  }
  kept.sort(byTime);
  if (kept.length > 0) await write(`${contextList(kept, text).join('\n')}\n`);
  progress.done();
  const { lines, counted } = source.counts();
  const folded =
    background > 0 && !options.background
      ? `; ${background} background requests are folded away (--background shows them)`
      : '';
  say(`contexts: ${shown} shown; ${lines} lines, ${counted} of them requests that count${folded}.\n`);
  if (shown === 0) for (const hint of hints.hints()) say(`  Hint: ${hint}\n`);
  else if (largest && !json && !csv && !follow)
    say(`  Hint: --open ${largest.context} shows what one of them caused, --html page.html all of them.\n`);
}

async function open(source: Source, options: ContextsArguments, progress: Progress): Promise<void> {
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
  if (!context)
    throw new AuditweaveError(
      `contexts: expected --open to name a context of the log, got ${printable(id)}.`,
      {
        hint: around
          ? `Line ${line} was caused by ${around.context}, ${printable(around.text)}: --open ${around.context}`
          : `A context is named c and the line of its action, from 0: auditweave contexts ${options.files.join(' ')} --background`,
      },
    );
  if (options.json) return await write(`${jsonText(context)}\n`);
  const wanted = new Set(context.lines);
  const told = new Map<number, AuditEvent>();
  for await (const { line, event } of source.lines()) if (event && wanted.has(line)) told.set(line, event);
  await write(`${contextTree(context, told, textOptions()).join('\n')}\n`);
}

async function exportAll(
  source: Source,
  options: ContextsArguments,
  format: LineFormat,
  progress: Progress,
): Promise<void> {
  const { exportLines } = await import('../../contexts/exports/write.js');
  const { Places } = await import('../../contexts/exports/places.js');
  const wanted = contextFilter(options, Date.now());
  const places = new Places();
  for await (const context of source.contexts) if (wanted(context)) places.add(context);
  progress.done();
  for await (const piece of exportLines(format, source.lines(), places)) await write(seenJson(piece));
}

async function parquet(
  source: Source,
  options: ContextsArguments,
  path: string,
  progress: Progress,
): Promise<void> {
  const { Database } = await import('../../contexts/store/database.js');
  const { writeContextsParquet } = await import('../../contexts/exports/parquet.js');
  const wanted = contextFilter(options, Date.now());
  const database = await Database.open();
  try {
    const count = await writeContextsParquet(database, path, filtered(source.contexts, wanted));
    progress.done();
    say(`contexts: ${count} in ${path}.\n`);
  } finally {
    database.close();
  }
}

async function* filtered(
  contexts: AsyncIterable<Context>,
  wanted: (context: Context) => boolean,
): AsyncGenerator<Context> {
  for await (const context of contexts) if (wanted(context)) yield context;
}

async function page(
  source: Source,
  options: ContextsArguments,
  path: string,
  progress: Progress,
): Promise<void> {
  const { writeContextsPage } = await import('../../contexts/page/write.js');
  const contexts: Context[] = [];
  for await (const context of source.contexts) contexts.push(context);
  progress.done();
  const counts = source.counts();
  const { redacted } = await writeContextsPage(path, {
    title: options.files.map((file) => basename(file)).join(', '),
    note: source.note,
    counts: { lines: counts.lines, counted: counts.counted },
    contexts,
    lines: source.lines(),
  });
  say(`contexts: ${contexts.length} on the page ${path}.\n`);
  sayRedacted('contexts', redacted, ' in place of secrets, for a page may be given away');
}
