import { receivedMicros, writtenMicros } from '../audit/event.js';
import { skipReason } from '../audit/filter.js';
import { type Action, describeLabel, type Label, type ResourceTable } from '../audit/labels.js';
import type { LogLine } from '../audit/read.js';
import { AuditweaveError, MismatchError } from '../errors.js';
import type { Prediction, Predictor } from '../model/model.js';
import { FileStarts } from './file-starts.js';
import { LogClock } from './log-clock.js';
import { OrderBuffer } from './order-buffer.js';
import { Queue } from './queue.js';
import { SILENCE, wallClock, withSilence } from './silence.js';

/** One row of the prediction of a log: one for each line of input. */
export interface LabelRow {
  /** 0-based, in its own file. */
  line: number;
  /** Its file, where there are several. */
  file?: string;
  auditID: string | null;
  label: Label | null;
  /** What the label says; null when its parts name no action together, for the model predicts each by itself. */
  action?: Action | null;
  /** Probability of what is said, in [0, 1]. */
  confidence?: number;
  /** The line that caused this one, where the model names causes; its own for a triggering event, null for none. */
  trigger?: { line: number; file?: string; auditID: string | null } | null;
  /** How the cause is known, in words. */
  reason?: string;
  /** Whether nobody's action caused it. */
  background?: boolean;
  /** The model is less sure than it was found it has to be. */
  uncertain?: true;
  /** Why the line has no label. */
  skipped?: string;
  /** The line's time does not fit those around it, so it was labelled by itself: received long before what came before it, or after. */
  outOfTime?: 'late' | 'ahead';
  /** The context of the line, where the model gives one. */
  context?: string;
}

export interface LabelerOptions {
  predictor: Predictor;
  /** Resources and verbs by id. */
  table: ResourceTable;
  /** Lines to wait for, so that late ones fall into order. Default 25,000. */
  buffer?: number;
  /** Milliseconds without a line that counts after which nothing is waited for any more. Default: the end of the log is waited for. */
  silence?: number;
  /** Most milliseconds for which a line waits for late ones, even while others come. Default: no bound in time. */
  hold?: number;
  /** Microseconds of the log's own clock for which a line waits for late ones. Default: no bound. */
  wait?: number;
  /** Milliseconds since 1970. Default `wallClock`. */
  now?: () => number;
}

/** Lines kept back by default: up to twice as many wait, about 1 kB each. */
const BUFFER = 25_000;
/** Times `buffer` lines may wait behind one that waits for others, most of them without a label; then it is not waited for. */
const MOST_BEHIND = 8;
/** Labels whose actions are remembered; a kind may make a list of its own for each line. */
const MOST_LABELS = 4_096;
/** Lines labelled between two looks at what can be given out, and rows given at once: few, so that they are gone soon. */
const [BLOCK, ROWS] = [512, 256] as const;

/** A line that waits for its label, or for the lines before it. */
interface Slot {
  /** Its number in the whole log. */
  number: number;
  auditID: string | null;
  skipped: string | undefined;
  /** What the model keeps of it. */
  held: unknown;
  said: Prediction | undefined;
  outOfTime: 'late' | 'ahead' | undefined;
}

/**
 * Labels a log as it is read: one row a line, in the order of the input.
 *
 * Lines are brought in the order of their `requestReceivedTimestamp`, as for training. A log of at most twice `buffer` lines is
 * ordered as a whole; in a longer one each line is ordered among the `buffer` lines after it. With `silence`, `hold` or `wait` lines are
 * ordered among those that came within that time. A line that comes later still, or whose time is more than an hour ahead of the
 * lines that follow it, is labelled by itself and says so (`outOfTime`). When `8 * buffer` lines wait, most of them without a label,
 * others are not waited for. Memory grows with `buffer`, not with the log.
 *
 * @throws {AuditweaveError} The buffer cannot be.
 * @example for await (const row of labelLines(readAuditLog('audit.log'), { predictor, table })) console.log(row.label);
 */
export async function* labelLines(
  lines: AsyncIterable<LogLine>,
  options: LabelerOptions,
): AsyncGenerator<LabelRow> {
  for await (const rows of labelBatches(oneByOne(lines), options)) for (const row of rows) yield row;
}

async function* oneByOne(lines: AsyncIterable<LogLine>): AsyncGenerator<LogLine[]> {
  for await (const line of lines) yield [line];
}

/**
 * The same of lines that come together, as `readBatches` gives them: rows that can be given are given together.
 *
 * @throws {AuditweaveError} The buffer cannot be.
 */
export async function* labelBatches(
  batches: AsyncIterable<readonly LogLine[]>,
  options: LabelerOptions,
): AsyncGenerator<LabelRow[]> {
  const { predictor, table, buffer = BUFFER, silence, hold, wait, now = wallClock } = options;
  checkSize('buffer', buffer);
  if (hold !== undefined) checkSize('hold', hold);
  if (wait !== undefined) checkSize('wait', wait);
  const files = new FileStarts();
  const row = rowWriter(table, files);
  const waiting = new OrderBuffer<Slot>();
  const input = new Queue<Slot>();
  /** Lines whose place in the order is known, and whose label is not. */
  const ordered = new Queue<Slot>();
  const settle = (predictions: readonly Prediction[]): void => {
    for (const said of predictions) ordered.shift()!.said = said;
  };
  const given = function* (): Generator<LabelRow[]> {
    let rows: LabelRow[] = [];
    for (let slot = input.peek(); slot; slot = input.peek()) {
      if (slot.skipped === undefined && slot.said === undefined) break;
      input.shift();
      rows.push(row(slot));
      if (rows.length < ROWS) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  };
  const alone = async (slot: Slot, outOfTime: 'late' | 'ahead'): Promise<void> => {
    slot.said = await predictor.alone(slot.held);
    slot.held = undefined;
    slot.outOfTime = outOfTime;
  };
  const label = async function* (count: number, eager = false): AsyncGenerator<LabelRow[]> {
    const slots = waiting.release(count);
    for (const slot of slots) ordered.push(slot);
    for (let from = 0; from < slots.length || from === 0; from += BLOCK) {
      const block = slots.slice(from, from + BLOCK);
      settle(
        await predictor.push(
          block.map(({ held }) => held),
          { eager },
        ),
      );
      for (const slot of block) slot.held = undefined;
      yield* given();
    }
  };
  /** Labels before the end of the log: `count` lines, those that came before the `mark`-th, or those received by a time. */
  const labelSome = async function* (
    next: { count: number } | { mark: number } | { by: number },
  ): AsyncGenerator<LabelRow[]> {
    for (const slot of waiting.releaseAhead(4 * buffer)) await alone(slot, 'ahead');
    if ('count' in next) yield* label(Math.min(next.count, waiting.length));
    else yield* label('mark' in next ? waiting.settled(next.mark) : waiting.receivedBy(next.by), true);
  };
  const clock = new LogClock();
  let mark = 0;
  let marked = now();
  /** When a line that counts came last. */
  let heard = marked;
  /** No such line came for a while: what waits is labelled, but for what a model waits with for its own clock. */
  const pass = async function* (): AsyncGenerator<LabelRow[]> {
    if (waiting.length > 0) {
      for (const slot of waiting.releaseAhead(4 * buffer)) await alone(slot, 'ahead');
      for (const slot of waiting.releaseFuture(1000 * now())) await alone(slot, 'ahead');
      yield* label(waiting.length, true);
    }
    if (ordered.peek()) settle(await predictor.passed(1000 * (now() - heard - silence!)));
    yield* given();
  };
  for await (const batch of silence === undefined ? batches : withSilence(batches, silence)) {
    if (batch === SILENCE) {
      yield* pass();
      continue;
    }
    let hears = false;
    for (const item of batch) {
      const { event, skipped } = item;
      const number = files.next(item);
      const reason = event
        ? (skipReason(event, predictor.counts) ?? predictor.skips?.(event) ?? null)
        : (skipped ?? 'not an audit event');
      const counts = event !== null && reason === null;
      const slot: Slot = {
        number,
        auditID: event?.auditID ?? null,
        skipped: reason ?? undefined,
        held: counts ? predictor.read(event, number) : undefined,
        said: undefined,
        outOfTime: undefined,
      };
      input.push(slot);
      if (counts) {
        hears = true;
        const [micros, written] = [receivedMicros(event), writtenMicros(event)];
        if (wait !== undefined) clock.push(written);
        if (waiting.isLate(micros, written)) await alone(slot, 'late');
        else waiting.push(slot, micros, written);
      }
      if (waiting.length >= 2 * buffer) yield* labelSome({ count: buffer });
      else if (input.length >= MOST_BEHIND * buffer) {
        yield* given();
        if (input.length < MOST_BEHIND * buffer) continue;
        yield* labelSome({ count: Math.ceil(waiting.length / 2) });
        if (input.length < MOST_BEHIND * buffer) continue;
        yield* label(waiting.length);
        settle(await predictor.end());
        yield* given();
      }
      if (hold !== undefined && now() - marked >= hold / 2) {
        yield* labelSome({ mark });
        mark = waiting.pushed;
        marked = now();
      }
    }
    if (wait !== undefined) yield* labelSome({ by: clock.now - wait });
    yield* given();
    if (silence === undefined) continue;
    if (hears) heard = now();
    else if (now() - heard >= silence) yield* pass();
  }
  yield* label(waiting.length);
  settle(await predictor.end());
  yield* given();
}

function rowWriter(table: ResourceTable, files: FileStarts): (slot: Slot) => LabelRow {
  const actions = new Map<Label, Action | null>();
  return ({ number, auditID, skipped, said, outOfTime }) => {
    const place = files.placeOf(number);
    const row = { line: place.line } as LabelRow;
    if (place.file !== undefined) row.file = place.file;
    row.auditID = auditID;
    if (!said) {
      row.label = null;
      row.skipped = skipped!;
      return row;
    }
    const { label, confidence, ...cause } = said;
    if (place.file !== undefined && cause.trigger)
      cause.trigger = { ...cause.trigger, ...files.placeOf(cause.trigger.line) };
    let action = actions.get(label);
    if (action === undefined) {
      action = actionOf(label, table);
      actions.set(label, action);
      if (actions.size > MOST_LABELS) actions.clear();
    }
    row.label = label;
    row.action = action;
    row.confidence = Math.round(confidence * 1e4) / 1e4;
    Object.assign(row, cause);
    if (outOfTime) row.outOfTime = outOfTime;
    return row;
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

function checkSize(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new AuditweaveError(`labeling: expected ${name} to be an integer from 1, got ${value}.`);
}
