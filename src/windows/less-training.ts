import { segmentsOf } from './capture.js';
import { type Split, splitOfWindows } from './parts.js';

export interface LessTrainingOptions {
  /** W. */
  size: number;
  /** Capture of each row, shape [N]. */
  captures: readonly string[];
  /** How many of the captures that train still do, in the order of the log; 0: all. */
  most: number;
  /** Share of each capture's run of training rows that still trains, from its start, in (0, 1]. */
  share: number;
}

/**
 * A split whose training part is smaller, for learning curves; validation and test stay as they are.
 *
 * @returns Training windows that lie within ⌈rows · share⌉ rows of each run of one of the first `most` captures.
 * @throws {RangeError} The share is not in (0, 1].
 * @example lessTraining(split, { size: 60, captures, most: 1, share: 0.5 })
 */
export function lessTraining(split: Split, { size, captures, most, share }: LessTrainingOptions): Split {
  if (!(share > 0 && share <= 1))
    throw new RangeError(`windows: expected a share of training in (0, 1], got ${share}.`);
  const [train, left] = [new Uint8Array(captures.length), new Set<string>()];
  for (const { first, last } of split.trainRows)
    for (const run of segmentsOf(captures.slice(first, last + 1))) {
      const capture = captures[first + run.first]!;
      if (most > 0 && left.size >= most && !left.has(capture)) continue;
      left.add(capture);
      const rows = Math.ceil((run.last - run.first + 1) * share);
      train.fill(1, first + run.first, first + run.first + rows);
    }
  const { protocol, validation, test } = split;
  const kept = split.train.filter((start) => train.subarray(start, start + size).every(Boolean));
  return splitOfWindows(protocol, { train: kept, validation, test }, size);
}
