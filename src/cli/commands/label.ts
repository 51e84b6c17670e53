import { createReadStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { loadResourceTable } from '../../audit/labels.js';
import { type LogLine, readAuditLog } from '../../audit/read.js';
import { AuditweaveError, EXIT } from '../../errors.js';
import { writeFileAtomic } from '../../files/atomic.js';
import { labelLines } from '../../labeling/labeler.js';
import { openPredictor } from '../../model/kinds.js';
import { Progress } from '../../progress.js';
import type { Command } from '../command.js';
import { jsonText, print, say, write } from '../output.js';

interface LabelArguments {
  file: string;
  model: string;
  out?: string;
  stride?: number;
  buffer?: number;
  threads?: number;
  skipInvalid: boolean;
  json: boolean;
}

/** What happened to the lines of a log. */
interface Summary {
  lines: number;
  labelled: number;
  skipped: number;
  /** Lines that could not be read, with `--skip-invalid`. */
  invalid: number;
  seconds: number;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Characters written at once. */
const CHUNK = 1 << 16;

export const label: Command<LabelArguments> = {
  command: 'label <file>',
  describe: 'Label each line of an audit log with the action that caused it',
  builder: (usage) =>
    usage
      .positional('file', {
        type: 'string',
        path: 'file',
        demandOption: true,
        describe: 'Audit log: JSON lines or an EventList, plain or gzip; - for standard input',
      })
      .option('model', {
        type: 'string',
        path: 'folder',
        demandOption: true,
        describe: 'Model folder, run, or results of train',
      })
      .option('out', {
        type: 'string',
        path: 'file',
        describe: 'File for the rows, instead of standard output',
      })
      .option('stride', {
        type: 'number',
        describe: 'Lines between two windows, from 1 (slow) to the window; default: a quarter of it',
      })
      .option('buffer', {
        type: 'number',
        describe: 'Lines to wait for late ones; default 250000. Use a small one on a live stream',
      })
      .option('threads', {
        type: 'number',
        describe: 'Threads of the model; default: one a core',
      })
      .option('skip-invalid', {
        type: 'boolean',
        default: false,
        describe: 'Keep a row for a line that cannot be read, instead of stopping',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the summary as JSON' })
      .example('$0 label audit.log --model results/first > labels.jsonl', 'one row a line, in input order')
      .example('zcat audit.log.gz | $0 label - --model results/first --out labels.jsonl', 'from a pipe'),
  handler: run,
};

async function run(options: LabelArguments): Promise<void> {
  const { file, out } = options;
  for (const name of ['stride', 'buffer', 'threads'] as const) checkSize(name, options[name]);
  if (out !== undefined && file !== '-' && (await samePath(file, out)))
    throw new AuditweaveError(`label: expected --out to be another file than the log, got ${out}.`);
  const source: Readable = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 18 });
  // An error that comes before the first read is kept by the stream, and given then.
  source.on('error', () => {});
  const interrupt = new AuditweaveError('label: interrupted.', { exitCode: EXIT.interrupted });
  let interrupted = false;
  const onSignal = (): void => {
    if (interrupted) process.exit(EXIT.interrupted);
    interrupted = true;
    source.destroy(interrupt);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const { threads, stride, buffer } = options;
  const predictor = await openPredictor(options.model, {
    ...(threads === undefined ? {} : { threads }),
    ...(stride === undefined ? {} : { stride }),
  });
  try {
    const summary: Summary = { lines: 0, labelled: 0, skipped: 0, invalid: 0, seconds: 0 };
    const progress = new Progress('label', { unit: 'lines' });
    const start = performance.now();
    const lines = readAuditLog(source, {
      name: file === '-' ? 'standard input' : file,
      skipInvalid: options.skipInvalid,
    });
    const table = await loadResourceTable();
    const rows = labelLines(counted(lines, summary, progress), {
      predictor,
      table,
      ...(buffer === undefined ? {} : { buffer }),
    });
    const chunks = (async function* (): AsyncGenerator<string> {
      let chunk = '';
      for await (const row of rows) {
        if (interrupted) throw interrupt;
        if (row.label) summary.labelled++;
        else summary.skipped++;
        progress.advance(1);
        chunk += `${jsonText(row)}\n`;
        if (chunk.length >= CHUNK) {
          yield chunk;
          chunk = '';
        }
      }
      yield chunk;
    })();
    if (out === undefined) for await (const chunk of chunks) await write(chunk);
    else await writeFileAtomic(out, chunks);
    summary.seconds = Math.round(performance.now() - start) / 1000;
    progress.done();
    await tell(summary, options);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    await predictor.release();
  }
}

/** Counts the lines read, and those that could not be. */
async function* counted(
  lines: AsyncIterable<LogLine>,
  summary: Summary,
  progress: Progress,
): AsyncGenerator<LogLine> {
  for await (const line of lines) {
    summary.lines++;
    if (line.event === null && line.skipped !== 'blank line') summary.invalid++;
    if (summary.lines % 1000 === 0) progress.advance(0, `${summary.lines} read`);
    yield line;
  }
}

/** With `--out` standard output is free for the summary; else it goes beside the progress. */
async function tell(summary: Summary, { out, json }: LabelArguments): Promise<void> {
  const { lines, labelled, skipped, invalid } = summary;
  const text = json
    ? jsonText({ ...summary, ...(out === undefined ? {} : { out }) })
    : `${lines} lines: ${labelled} labelled, ${skipped} skipped${invalid > 0 ? `, ${invalid} of them could not be read` : ''}.`;
  if (out === undefined) say(`${text}\n`);
  else await print(`${text}\n`);
}

async function samePath(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => realpath(path).catch(() => null)));
  return first !== null && first === second;
}

function checkSize(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
    throw new AuditweaveError(`label: expected --${name} to be a positive integer, got ${value}.`);
}
