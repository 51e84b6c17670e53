import { fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { loadResourceTable } from '../../audit/labels.js';
import { findLogs } from '../../audit/logs.js';
import { noEvents } from '../../audit/no-events.js';
import { logAt } from '../../audit/open-log.js';
import type { LogLine } from '../../audit/read.js';
import { TextParts } from '../../audit/wrappings/text-parts.js';
import { AuditweaveError, EXIT, printable } from '../../errors.js';
import { writeFileAtomic } from '../../files/atomic.js';
import { SmallHeap } from '../../heap.js';
import { type LabelRow, labelBatches } from '../../labeling/labeler.js';
import { SILENCE as SILENT, withSilence } from '../../labeling/silence.js';
import { openPredictor } from '../../model/kinds.js';
import type { Predictor } from '../../model/model.js';
import { Progress } from '../../progress.js';
import { readDuration } from '../duration.js';
import { onStop } from '../interrupt.js';
import { LabelSummary } from '../label-summary.js';
import { jsonText, print, STDERR, say, seenJson, write } from '../output.js';
import { FirstFault, readUntil } from '../read-until.js';
import { isStore } from '../store-source.js';
import { checkTarget } from '../target.js';

export interface LabelArguments {
  files: string[];
  model?: string;
  out?: string;
  stride?: number;
  buffer?: number;
  hold?: string;
  threads?: number;
  explain: boolean;
  skipInvalid: boolean;
  json: boolean;
}

/** Characters written at once. */
const CHUNK = 1 << 16;
/** Milliseconds without a new line after which a live log is not waited for. */
const SILENCE = 1000;
/** Milliseconds that a row of a live log may stay unwritten. */
const FLUSH = 50;

/** Does what `label` is asked. */
export async function run(options: LabelArguments): Promise<void> {
  const { out } = options;
  for (const name of ['stride', 'buffer', 'threads'] as const) checkSize(name, options[name]);
  const hold = options.hold === undefined ? undefined : readDuration('hold', options.hold);
  for (const path of options.files)
    if (await isStore(path))
      throw new AuditweaveError(`label: expected audit logs, got the store ${printable(path, 4096)}.`, {
        hint: `Its lines are a log: auditweave contexts export ${path} | auditweave label -`,
      });
  const files = await findLogs(options.files, (told) => say(`label: ${told}.\n`));
  checkTarget('label: --out', out, files);
  const stop = onStop(say, 'Stopping: what was read is labelled and written.');
  const { threads, stride, buffer } = options;
  const summary = new LabelSummary();
  const fault = new FirstFault();
  try {
    if (options.model !== undefined) {
      const { checkModelThere } = await import('../../runs/missing-model.js');
      await checkModelThere(options.model);
    }
    const predictor = await openPredictor(options.model, {
      ...(threads === undefined ? {} : { threads }),
      ...(stride === undefined ? {} : { stride }),
      explain: options.explain,
    });
    if (predictor.levels?.includes('metadata')) summary.known = new Set(['metadata']);
    try {
      checkHeeds(predictor, options);
      const progress = new Progress('label', { unit: 'lines', sink: STDERR });
      const start = performance.now();
      const live = await isLive(files);
      const heap = new SmallHeap();
      const all = linesOf(files, options.skipInvalid, stop.signal);
      const lines = live ? fault.until(all) : all;
      const rows = labelBatches(heap.along(counted(lines, summary, progress)), {
        predictor,
        table: await loadResourceTable(),
        ...(buffer === undefined ? {} : { buffer }),
        ...(hold === undefined ? {} : { hold }),
        ...(live || hold !== undefined ? { silence: Math.min(hold ?? SILENCE, SILENCE) } : {}),
      });
      const chunks = textOf(heap.along(rows), summary, progress, live || hold !== undefined);
      if (out === undefined) for await (const chunk of chunks) await write(chunk);
      else await writeFileAtomic(out, chunks);
      summary.seconds = Math.round(performance.now() - start) / 1000;
      progress.done();
    } finally {
      await predictor.release();
    }
  } finally {
    stop.release();
  }
  await tell(summary, options);
  fault.tell();
  if (stop.signal.aborted)
    throw new AuditweaveError(
      summary.lines === 0
        ? 'label: interrupted before a line came.'
        : `label: interrupted after ${summary.lines} lines; ${out ?? 'standard output'} has the rows of all of them.`,
      { exitCode: EXIT.interrupted },
    );
  if (summary.events === 0)
    throw noEvents(`label: expected audit events, got none in ${summary.lines} lines`, summary.reasons);
}

/** The lines of files one after another, until a signal ends them where they are; each with the name of its file where there are several. */
async function* linesOf(
  files: readonly string[],
  skipInvalid: boolean,
  signal: AbortSignal,
): AsyncGenerator<LogLine[]> {
  const parts = new TextParts();
  for (const file of files) {
    if (signal.aborted) return;
    const { source, name } = logAt(file);
    for await (const lines of readUntil(signal, source, {
      name,
      skipInvalid,
      parts,
      last: file === files.at(-1),
    })) {
      if (signal.aborted) return;
      if (files.length > 1) for (const line of lines) line.file = file;
      yield lines;
    }
  }
}

/** Whether the lines come from something that may go on: a pipe, a socket or a terminal. */
async function isLive(files: readonly string[]): Promise<boolean> {
  for (const file of files) {
    const found = file === '-' ? fstatSync(0) : await stat(file).catch(() => null);
    if (found && !found.isFile()) return true;
  }
  return false;
}

/** Counts the lines read. */
async function* counted(
  batches: AsyncIterable<LogLine[]>,
  summary: LabelSummary,
  progress: Progress,
): AsyncGenerator<LogLine[]> {
  for await (const lines of batches) {
    for (const line of lines) summary.read(line);
    progress.advance(0, `${summary.lines} read`);
    yield lines;
  }
}

/** Rows as text: in large chunks, or of a live log as they come. */
async function* textOf(
  batches: AsyncIterable<LabelRow[]>,
  summary: LabelSummary,
  progress: Progress,
  live: boolean,
): AsyncGenerator<string> {
  let chunk = '';
  let since = performance.now();
  for await (const rows of live ? withSilence(batches, FLUSH) : batches) {
    for (const row of rows === SILENT ? [] : rows) {
      summary.gave(row);
      chunk += `${JSON.stringify(row)}\n`;
      if (chunk.length < CHUNK) continue;
      yield seenJson(chunk);
      chunk = '';
      since = performance.now();
    }
    if (rows !== SILENT) {
      progress.advance(rows.length);
      if (!(live && performance.now() - since >= FLUSH)) continue;
    }
    if (chunk !== '') yield seenJson(chunk);
    chunk = '';
    since = performance.now();
  }
  yield seenJson(chunk);
}

/** With `--out` standard output is free for the summary; else it goes beside the progress. */
async function tell(summary: LabelSummary, { out, json }: LabelArguments): Promise<void> {
  const text = json
    ? jsonText({ ...summary.toJSON(), ...(out === undefined ? {} : { out }) })
    : summary.toString();
  if (out === undefined) say(`${text}\n`);
  else await print(`${text}\n`);
}

/**
 * Refuses an option that the model has no use for, or says so where what it gives is the same.
 *
 * @throws {AuditweaveError} Reasons are asked of one that gives labels only, or a stride of one that sees no windows.
 */
function checkHeeds({ heeds }: Predictor, { explain, stride, threads }: LabelArguments): void {
  if (explain && !heeds.includes('explain'))
    throw new AuditweaveError(
      'label: expected --explain with a model that names causes, got one that gives labels only.',
      { hint: 'Leave --explain out; or leave --model out: the model of the package names causes.' },
    );
  if (stride !== undefined && !heeds.includes('stride'))
    throw new AuditweaveError(
      'label: expected --stride with a model that sees windows, got one that reads line after line.',
      { hint: 'Leave --stride out.' },
    );
  if (threads !== undefined && !heeds.includes('threads'))
    say('label: --threads changes nothing: this model has one.\n');
}

function checkSize(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
    throw new AuditweaveError(`label: expected --${name} to be a positive integer, got ${value}.`);
}
