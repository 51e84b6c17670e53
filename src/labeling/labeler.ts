import type { AuditEvent } from '../audit/event.js';
import { receivedMicros } from '../audit/event.js';
import { skipReason } from '../audit/filter.js';
import { type Action, describeLabel, type Label, type ResourceTable } from '../audit/labels.js';
import type { LogLine } from '../audit/read.js';
import { AuditweaveError, MismatchError } from '../errors.js';
import { selectColumns } from '../features/columns.js';
import { extractFields, OrdinalEncoder } from '../features/encoder.js';
import { OrderBuffer } from './order-buffer.js';
import { Queue } from './queue.js';
import type { Session } from './session.js';
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
}

/**
 * Labels a log as it is read: one row a line, in the order of the input.
 *
 * Lines are brought in the order of their `requestReceivedTimestamp`, as for training. A log of at most twice `buffer` lines is
 * ordered as a whole; in a longer one each line is ordered among the `buffer` lines after it, and one that comes later still
 * follows those already labelled. Memory grows with `buffer`, not with the log.
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
  checkSize('stride', stride, config.window);
  checkSize('buffer', buffer, Number.MAX_SAFE_INTEGER);
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
  const label = async function* (count: number): AsyncGenerator<LabelRow> {
    const { items, rows } = waiting.release(count);
    items.forEach((slot) => {
      ordered.push(slot);
    });
    const step = BLOCK * config.features;
    for (let from = 0; from < rows.length; from += step) {
      settle(await sequence.push(rows.subarray(from, from + step)));
      yield* given();
    }
  };
  for await (const { line, event, skipped } of lines) {
    const reason = event ? skipReason(event, config) : (skipped ?? 'not an audit event');
    const slot: Slot = {
      line,
      auditID: event?.auditID ?? null,
      skipped: reason ?? undefined,
      code: undefined,
      confidence: undefined,
    };
    input.push(slot);
    if (event && reason === null) waiting.push(slot, receivedMicros(event), encode(event));
    else if (input.peek() === slot) yield* given();
    if (waiting.length >= 2 * buffer) yield* label(buffer);
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
  return ({ line, auditID, skipped, code, confidence }) => {
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
    return { line, auditID, ...meaning, confidence: Math.round(confidence! * 1e4) / 1e4 };
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
