import type { Label } from '../audit/labels.js';
import type { LabelRow } from '../labeling/labeler.js';
import type { DecidedBy } from './context.js';
import type { ContextLine } from './line.js';

/** A line and the context that it belongs to. */
export interface Attribution {
  line: ContextLine;
  /** Number of the line that started the context; the line's own when it starts one. */
  trigger: number;
  /** Number of the line that caused it; null where that is not known. */
  cause: number | null;
  /** Why it belongs there, in a word. */
  reason: string;
  /** In [0, 1]; null where nothing was predicted. */
  confidence: number | null;
  background: boolean;
  /** Predicted; absent where the triggering event's own is to be read. */
  label?: Label;
  /** Of the line that starts it: what went wrong, in words. */
  incident?: string;
  decidedBy: DecidedBy;
}

/** Says of lines, one after another, to which context each belongs. What it keeps in memory is bounded. */
export interface Attributor {
  /**
   * Takes the next line.
   *
   * @param line Lines come in the order of the time they were received.
   * @param row What a model said of it; absent for rules.
   * @returns Attributions that are certain now: of this line, of earlier ones, of none.
   */
  push(line: ContextLine, row?: LabelRow): Attribution[];
  /**
   * No line came for a while.
   *
   * @param until Microseconds since 1970 up to which every request has come.
   * @returns Attributions that are certain by that.
   */
  passed(until: number): Attribution[];
  /** No more lines come. */
  end(): Attribution[];
}
