import { checkShares, type Part, type Split, type SplitShares, splitOfRows } from './parts.js';
import type { Segment, WindowOptions } from './sliding.js';

export interface BlockedOptions extends SplitShares, WindowOptions {
  /** Sequences of rows (captures, each in time order), without overlap. Each is cut by itself. */
  segments: readonly Segment[];
  /** Where the test part lies, from 0 (the beginning of each sequence) to 1 (its end). Default 1. */
  position?: number;
}

/**
 * A leak-free split: each sequence is cut into contiguous parts and windows lie within one part, so no line is in two.
 *
 * Of a sequence of n rows, the test part is t = round(n · test) rows from round((n − t) · position) on, as in the contiguous k-fold of
 * [K8NTEXT, §6.5.1]: test = 1/k and position = i / (k − 1) give part i of k. The validation part, round((n − t) · validation) rows,
 * comes just before the test part, or just after it where there is no room before. The rest trains.
 *
 * Cutting each capture by itself keeps every capture in every part; `splitCapture` asks the harder question, a capture never seen.
 *
 * @returns Windows of every part. Rows of a piece that is shorter than W are in no window.
 * @throws {RangeError} A share is not between 0 and 1, or `position` not from 0 to 1.
 * @example splitBlocked({ segments: [{ first: 0, last: 99 }], size: 5 }).testRows // [{ first: 90, last: 99 }]
 */
export function splitBlocked(options: BlockedOptions): Split {
  const { segments, size, stride = 1, test = 0.1, validation = 0.1, position = 1 } = options;
  checkShares({ test, validation });
  if (!(position >= 0 && position <= 1))
    throw new RangeError(`windows: expected position to be from 0 to 1, got ${position}.`);
  const parts: Record<Part, Segment[]> = { train: [], validation: [], test: [] };
  for (const { first, last } of segments) {
    const rows = last - first + 1;
    const tests = Math.round(rows * test);
    const validations = Math.round((rows - tests) * validation);
    const before = Math.round((rows - tests) * position);
    const room = before >= validations;
    const pieces: [Part, number][] = [
      ['train', room ? before - validations : before],
      ['validation', room ? validations : 0],
      ['test', tests],
      ['validation', room ? 0 : validations],
    ];
    let at = first;
    for (const [part, count] of pieces) {
      if (count > 0) parts[part].push({ first: at, last: at + count - 1 });
      at += count;
    }
    if (at <= last) parts.train.push({ first: at, last });
  }
  return splitOfRows('blocked', parts, { size, stride });
}
