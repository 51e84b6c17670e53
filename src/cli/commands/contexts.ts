import { basename } from 'node:path';
import type { AuditEvent } from '../../audit/event.js';
import type { Context } from '../../contexts/context.js';
import { csvHead, csvRow } from '../../contexts/exports/csv.js';
import { Places } from '../../contexts/exports/places.js';
import { exportLines, LINE_FORMATS, type LineFormat } from '../../contexts/exports/write.js';
import { type ContextFilter, contextFilter } from '../../contexts/filter.js';
import { METHODS } from '../../contexts/labels/methods.js';
import { AuditweaveError } from '../../errors.js';
import { Progress } from '../../progress.js';
import type { Command } from '../command.js';
import { type ContextSource, openContexts, readLogs } from '../context-source.js';
import { contextList, contextRow, contextTree, type TextOptions } from '../contexts-text.js';
import { jsonText, STDERR, say, write } from '../output.js';
import { contextsDiff } from './contexts-diff.js';

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
}

/** Seconds without a line after which a context is closed: of a file, and of a log that grows. */
const IDLE = { file: 3600, follow: 10 };
/** Milliseconds without a line after which a growing log is not waited for. */
const SILENCE = 2000;

const FORMATS = ['json', 'csv', ...LINE_FORMATS] as const;

/** `contexts FILE`: who did what, and what it caused. */
export const contexts: Command<ContextsArguments> = {
  command: 'contexts <files..>',
  describe: 'Show who did what, and what it caused: an audit log as contexts',
  builder: (usage) =>
    usage
      .command([contextsDiff as unknown as Command])
      .positional('files', {
        type: 'string',
        demandOption: true,
        describe: 'Audit logs in order: JSON lines or an EventList, plain or gzip; - for standard input',
      })
      .option('model', {
        type: 'string',
        describe: 'Model folder, run, or results of train; default: rules that learn nothing',
      })
      .option('labels', { type: 'string', describe: 'Rows of the log that label wrote, instead of a model' })
      .option('methods', {
        type: 'string',
        array: true,
        choices: METHODS,
        default: METHODS,
        describe: 'How contexts of one label are told apart, where a model gives labels only',
      })
      .option('actor', { type: 'string', describe: 'Only of this user; * stands for any letters' })
      .option('namespace', { type: 'string', describe: 'Only in this namespace' })
      .option('verb', { type: 'string', describe: 'Only with this verb' })
      .option('outcome', { type: 'string', describe: 'Only done, refused, failed or unknown' })
      .option('since', {
        type: 'string',
        describe: 'Only what went on later: 2026-01-31, 2026-01-31T08:00:00Z, now-1h',
      })
      .option('until', { type: 'string', describe: 'Only what began before' })
      .option('background', { type: 'boolean', default: false, describe: 'The control plane’s own work too' })
      .option('open', { type: 'string', describe: 'Show the lines of one context as a tree: --open c12' })
      .option('html', {
        type: 'string',
        describe: 'Write a page to look at, instead of the list: one file that needs no network',
      })
      .option('truth', {
        type: 'string',
        describe: 'Score against the truth of this dataset, whose log the file is',
      })
      .option('capture', { type: 'string', describe: 'With --truth: only of this capture' })
      .option('follow', {
        type: 'boolean',
        default: false,
        describe: 'Print contexts as they end, while standard input goes on',
      })
      .option('idle', {
        type: 'number',
        describe: `Seconds without a line after which a context has ended; default ${IDLE.file}, with --follow ${IDLE.follow}`,
      })
      .option('skip-invalid', {
        type: 'boolean',
        default: false,
        describe: 'Leave out lines that cannot be read',
      })
      .option('format', {
        type: 'string',
        choices: FORMATS,
        describe:
          'Print json or csv, a context a row; or ecs, ocsf or otlp, a line of the log each, with its context',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object a context' })
      .example('$0 contexts datasets/first-light/audit.jsonl.gz', 'the list')
      .example('$0 contexts audit.log --actor dev-a --verb delete', 'what dev-a deleted')
      .example('$0 contexts audit.log --open c12', 'what one action caused')
      .example(
        '$0 contexts audit.log --html page.html',
        'a page with a time line, filters, search and trees of causes',
      )
      .example('tail -f audit.log | $0 contexts - --follow', 'live'),
  handler: run,
};

async function run(options: ContextsArguments): Promise<void> {
  check(options);
  if (options.truth !== undefined) {
    const { printScores } = await import('../contexts-scores.js');
    return await printScores({ ...options, idle: IDLE.file, dataset: options.truth });
  }
  const { follow, idle = follow ? IDLE.follow : IDLE.file } = options;
  const progress = new Progress('contexts', { unit: 'lines', sink: STDERR });
  const silence = follow ? SILENCE : undefined;
  const source = await openContexts({ ...options, idle, silence, onLine: () => progress.advance(1) });
  try {
    say(`contexts: ${source.note}.\n`);
    if (options.html !== undefined) await page(source, options, options.html, progress);
    else if (isLineFormat(options.format)) await exportAll(source, options, options.format, progress);
    else if (options.open === undefined) await list(source, options, progress);
    else await open(source, options, progress);
  } finally {
    await source.release();
  }
}

function check({ files, follow, idle, open: id, html, format, truth, capture }: ContextsArguments): void {
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
  if (follow && (files.length > 1 || files[0] !== '-'))
    throw new AuditweaveError(`contexts: expected --follow on standard input, got ${files.join(' ')}.`, {
      hint: `tail -n +1 -F ${files[0]} | auditweave contexts - --follow`,
    });
  if (twice && files.includes('-'))
    throw new AuditweaveError(
      `contexts: expected ${twice} on a file, for it is read twice, got standard input.`,
      {
        hint: 'Save the log to a file first.',
      },
    );
  if (capture !== undefined && truth === undefined)
    throw new AuditweaveError('contexts: expected --capture with --truth, got it alone.');
}

const isLineFormat = (format: string | undefined): format is LineFormat =>
  (LINE_FORMATS as readonly (string | undefined)[]).includes(format);

async function list(source: ContextSource, options: ContextsArguments, progress: Progress): Promise<void> {
  const { follow, format } = options;
  const json = options.json || format === 'json';
  const csv = format === 'csv';
  if (csv) await write(csvHead());
  const wanted = contextFilter(options, Date.now());
  const text = textOptions();
  const kept: Context[] = [];
  let background = 0;
  let shown = 0;
  for await (const context of source.contexts) {
    if (context.background) background++;
    if (!wanted(context)) continue;
    shown++;
    if (json) await write(`${jsonText(context)}\n`);
    else if (csv) await write(csvRow(context));
    else if (follow) await write(`${contextRow(context, text).join('\n')}\n`);
    else kept.push(context);
  }
  kept.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.trigger.line - b.trigger.line));
  if (kept.length > 0) await write(`${contextList(kept, text).join('\n')}\n`);
  progress.done();
  const { lines, counted } = source.stream.counts;
  const folded =
    background > 0 && !options.background
      ? `; ${background} background requests are folded away (--background shows them)`
      : '';
  say(`contexts: ${shown} shown; ${lines} lines, ${counted} of them requests that count${folded}.\n`);
}

async function open(source: ContextSource, options: ContextsArguments, progress: Progress): Promise<void> {
  let context: Context | undefined;
  for await (const one of source.contexts) if (one.context === options.open) context = one;
  progress.done();
  if (!context)
    throw new AuditweaveError(
      `contexts: expected --open to name a context of the log, got ${options.open}.`,
      {
        hint: `auditweave contexts ${options.files.join(' ')} --background`,
      },
    );
  if (options.json) return await write(`${jsonText(context)}\n`);
  const wanted = new Set(context.lines);
  const told = new Map<number, AuditEvent>();
  for await (const { line, event } of readLogs(options)) if (event && wanted.has(line)) told.set(line, event);
  await write(`${contextTree(context, told, textOptions()).join('\n')}\n`);
}

async function exportAll(
  source: ContextSource,
  options: ContextsArguments,
  format: LineFormat,
  progress: Progress,
): Promise<void> {
  const wanted = contextFilter(options, Date.now());
  const places = new Places();
  for await (const context of source.contexts) if (wanted(context)) places.add(context);
  progress.done();
  for await (const piece of exportLines(format, readLogs(options), places)) await write(piece);
}

async function page(
  source: ContextSource,
  options: ContextsArguments,
  path: string,
  progress: Progress,
): Promise<void> {
  const { writeContextsPage } = await import('../../contexts/page/write.js');
  const contexts: Context[] = [];
  for await (const context of source.contexts) contexts.push(context);
  progress.done();
  const { counts } = source.stream;
  await writeContextsPage(path, {
    title: options.files.map((file) => basename(file)).join(', '),
    note: source.note,
    counts: { lines: counts.lines, counted: counts.counted },
    contexts,
    lines: readLogs(options),
  });
  say(`contexts: ${contexts.length} on the page ${path}.\n`);
}

function textOptions(): TextOptions {
  const { isTTY, columns } = process.stdout;
  return {
    width: isTTY ? (columns ?? 80) : Number.POSITIVE_INFINITY,
    colour: Boolean(isTTY) && !process.env.NO_COLOR,
  };
}
