import type { AuditEvent } from '../audit/event.js';
import { receivedMicros, writtenMicros } from '../audit/event.js';
import { skipReason } from '../audit/filter.js';
import { type Action, describeLabel, type Label, type ResourceTable } from '../audit/labels.js';
import type { LogLine } from '../audit/read.js';
import { AuditweaveError, MismatchError } from '../errors.js';
import { selectColumns } from '../features/columns.js';
import { extractFields, OrdinalEncoder } from '../features/encoder.js';
import { OrderBuffer } from './order-buffer.js';
import { Queue } from './queue.js';
import type { Session } from './session.js';
import { SILENCE, withSilence } from './silence.js';
import { LabelSequence, type RowLabels } from './window-vote.js';

/** One row of the prediction of a log: one for each line of input. */
export interface LabelRow {
  /** 0-based. */
  line: number;
  auditID: string | null;
  label: Label | null;
  /** What the label says; null when its parts name no action together, for the model predicts each by itself. */
  action?: Action | null;
  /** Probability of the label, over all windows that hold the line; in [0, 1]. */
  confidence?: number;
  /** Why the line has no label. */
  skipped?: string;
  /** The line's time does not fit those around it, so it was labelled by itself: received long before what came before it, or after. */
  outOfTime?: 'late' | 'ahead';
  /** The line that started the action, where the model names it; the line itself when it starts one. */
  trigger?: { line: number; auditID: string };
  /** Why it belongs to that trigger, in a word: the relation that led there. */
  reason?: string;
  /** Whether the line is the control plane's own work, where the model says so. */
  background?: boolean;
  /** The context of the line, where the model gives one. */
  context?: string;
}

export interface LabelerOptions {
  session: Session;
  /** Resources and verbs by id. */
  table: ResourceTable;
  /** S, lines between two windows: from 1 to W. Default W / 4. */
  stride?: number;
  /** Lines to wait for, so that late ones fall into order. Default 250,000. */
  buffer?: number;
  /** B, windows predicted at once. Default 32. */
  batch?: number;
  /** Milliseconds without a new line after which nothing is waited for any more. Default: the end of the log is waited for. */
  silence?: number;
  /** Most milliseconds for which a line waits for late ones, even while others come. Default: no bound in time. */
  hold?: number;
  /** Milliseconds since some start. Default `performance.now`. */
  now?: () => number;
}

/** Lines kept back by default: about 60 MB. */
const BUFFER = 250_000;
/** Lines labelled between two looks at what can be given out. */
const BLOCK = 2_000;

/** A line that waits for its label, or for the lines before it. */
interface Slot {
  line: number;
  auditID: string | null;
  skipped: string | undefined;
  code: number | undefined;
  confidence: number | undefined;
  outOfTime?: 'late' | 'ahead';
}

/**
 * Labels a log as it is read: one row a line, in the order of the input.
 *
 * Lines are brought in the order of their `requestReceivedTimestamp`, as for training. A log of at most twice `buffer` lines is
 * ordered as a whole; in a longer one each line is ordered among the `buffer` lines after it. With `silence` or `hold` lines are
 * ordered among those that came within that time. A line that comes later still, or whose time is more than an hour ahead of the
 * lines that follow it, is labelled by itself and says so (`outOfTime`). Memory grows with `buffer`, not with the log.
 *
 * @throws {AuditweaveError} The stride or the buffer cannot be, or the model's encoder or columns are unknown.
 * @example for await (const row of labelLines(readAuditLog('audit.log'), { session, table })) console.log(row.label);
 */
export async function* labelLines(
  lines: AsyncIterable<LogLine>,
  options: LabelerOptions,
): AsyncGenerator<LabelRow> {
  const { config } = options.session.model;
  const { stride = Math.ceil(config.window / 4), buffer = BUFFER, batch = 32 } = options;
  const { silence, hold, now = () => performance.now() } = options;
  checkSize('stride', stride, config.window);
  checkSize('buffer', buffer, Number.MAX_SAFE_INTEGER);
  if (hold !== undefined) checkSize('hold', hold, Number.MAX_SAFE_INTEGER);
  const sequence = new LabelSequence(options.session, { stride, batch });
  const encode = rowEncoder(options.session);
  const explain = labelReader(options.session, options.table);
  const waiting = new OrderBuffer<Slot>(config.features);
  const input = new Queue<Slot>();
  /** Lines whose place in the order is known, and whose label is not. */
  const ordered = new Queue<Slot>();
  const settle = ({ codes, confidence }: RowLabels): void => {
    codes.forEach((code, i) => {
      Object.assign(ordered.shift()!, { code, confidence: confidence[i]! });
    });
  };
  const given = function* (): Generator<LabelRow> {
    for (let slot = input.peek(); slot; slot = input.peek()) {
      if (slot.skipped === undefined && slot.code === undefined) return;
      input.shift();
      yield explain(slot);
    }
  };
  const alone = async (slot: Slot, row: Float32Array, outOfTime: 'late' | 'ahead'): Promise<void> => {
    const single = new LabelSequence(options.session, { stride: 1 });
    const { codes, confidence } = [await single.push(row, 2), await single.end()].at(-1)!;
    Object.assign(slot, { code: codes[0]!, confidence: confidence[0]!, outOfTime });
  };
  const label = async function* (count: number, least = batch): AsyncGenerator<LabelRow> {
    const { items, rows } = waiting.release(count);
    items.forEach((slot) => {
      ordered.push(slot);
    });
    const step = BLOCK * config.features;
    for (let from = 0; from < rows.length || from === 0; from += step) {
      settle(await sequence.push(rows.subarray(from, from + step), least));
      yield* given();
    }
  };
  /** Labels before the end of the log: `count` lines, or those that came before the `mark`-th. */
  const labelSome = async function* (next: { count: number } | { mark: number }): AsyncGenerator<LabelRow> {
    const { items, rows } = waiting.releaseAhead(4 * buffer);
    for (const [i, slot] of items.entries())
      await alone(slot, rows.subarray(i * config.features, (i + 1) * config.features), 'ahead');
    if ('count' in next) yield* label(Math.min(next.count, waiting.length));
    else yield* label(waiting.settled(next.mark), 1);
  };
  let mark = 0;
  let marked = now();
  for await (const item of silence === undefined ? lines : withSilence(lines, silence)) {
    if (item === SILENCE) {
      if (waiting.length > 0 || ordered.peek()) yield* labelSome({ mark: waiting.pushed });
      continue;
    }
    const { line, event, skipped } = item;
    const reason = event ? skipReason(event, config) : (skipped ?? 'not an audit event');
    const slot: Slot = {
      line,
      auditID: event?.auditID ?? null,
      skipped: reason ?? undefined,
      code: undefined,
      confidence: undefined,
    };
    input.push(slot);
    if (event && reason === null) {
      const [micros, clock, row] = [receivedMicros(event), writtenMicros(event), encode(event)];
      if (waiting.isLate(micros, clock)) await alone(slot, row, 'late');
      else waiting.push(slot, micros, row, clock);
    }
    if (input.peek() === slot) yield* given();
    if (waiting.length >= 2 * buffer) yield* labelSome({ count: buffer });
    if (hold !== undefined && now() - marked >= hold / 2) {
      yield* labelSome({ mark });
      mark = waiting.pushed;
      marked = now();
    }
  }
  yield* label(waiting.length);
  settle(await sequence.end());
  yield* given();
}

function rowEncoder({ model }: Session): (event: AuditEvent) => Float32Array {
  const columns = selectColumns({ include: model.config.columns });
  const encoder = OrdinalEncoder.fromJSON(model.encoder);
  return (event) => encoder.encode(extractFields(event, columns));
}

function labelReader({ model }: Session, table: ResourceTable): (slot: Slot) => LabelRow {
  const { heads, classes } = model.config;
  const { partIds } = model.labels;
  const known = new Map<number, { label: Label; action: Action | null }>();
  return ({ line, auditID, skipped, code, confidence, outOfTime }) => {
    if (code === undefined) return { line, auditID, label: null, skipped: skipped! };
    let meaning = known.get(code);
    if (!meaning) {
      const parts: number[] = [];
      for (let part = 0, rest = code; part < heads; part++, rest = Math.floor(rest / classes))
        parts.unshift(partIds[rest % classes]!);
      const label = parts as unknown as Label;
      meaning = { label, action: actionOf(label, table) };
      known.set(code, meaning);
    }
    const rounded = Math.round(confidence! * 1e4) / 1e4;
    return { line, auditID, ...meaning, confidence: rounded, ...(outOfTime ? { outOfTime } : {}) };
  };
}

function actionOf(label: Label, table: ResourceTable): Action | null {
  try {
    return describeLabel(label, table);
  } catch (error) {
    if (error instanceof MismatchError) return null;
    throw error;
  }
}

function checkSize(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? 'from 1' : `from 1 to ${most}`;
  throw new AuditweaveError(`serving: expected ${name} to be an integer ${range}, got ${value}.`);
}
