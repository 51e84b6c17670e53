import type { RandomStream } from '../random.js';
import { checkShares, type Split, type SplitShares, splitOfWindows } from './parts.js';

/** One part of a contiguous k-fold. */
export interface FoldOf {
  /** k, at least 2. */
  folds: number;
  /** Which part tests, from 1 to k. */
  part: number;
}

export interface PaperOptions extends SplitShares {
  /** Decides which windows are drawn. */
  random: RandomStream;
  /** W. */
  size: number;
}

/**
 * The paper's split: windows are shuffled, a share is test, a share of the rest validation [K8NTEXT, §6.4].
 *
 *     |test| = ⌈M · test⌉,   |validation| = ⌈(M − |test|) · validation⌉
 *
 * as scikit-learn rounds. It leaks: windows that slide by one line share W − 1 lines, so nearly every test line is in a training
 * window too. `leakReport` says how many.
 *
 * @param starts First rows of all windows, shape [M].
 * @returns Every window in one part.
 * @throws {RangeError} A share is not between 0 and 1.
 * @example splitPaper(slidingWindows(100, { size: 10 }), { size: 10, random: randomStream(7, 'split') })
 */
export function splitPaper(
  starts: Int32Array,
  { test = 0.1, validation = 0.1, random, size }: PaperOptions,
): Split {
  checkShares({ test, validation });
  const order = Int32Array.from(random.permutation(starts.length), (m) => starts[m]!);
  const tests = Math.ceil(starts.length * test);
  const validations = Math.ceil((starts.length - tests) * validation);
  return splitOfWindows(
    'paper',
    {
      test: order.subarray(0, tests),
      validation: order.subarray(tests, tests + validations),
      train: order.subarray(tests + validations),
    },
    size,
  );
}

/**
 * The paper's k-fold [K8NTEXT, §6.5.1]: the windows in order of the log are cut into k runs, one of which tests; of the others a share,
 * drawn at random, validates.
 *
 *     test = windows ⌊M (i − 1) / k⌋ … ⌊M i / k⌋ − 1 for part i
 *
 * It leaks far less than random windows, but not nothing: the windows on both sides of a border share up to W − 1 lines.
 *
 * @param starts First rows of all windows, ascending, shape [M].
 * @throws {RangeError} `folds`, `part` or the share are out of range.
 * @example splitPaperFold(slidingWindows(100, { size: 10 }), { folds: 5, part: 1, size: 10, random })
 */
export function splitPaperFold(
  starts: Int32Array,
  { folds, part, validation = 0.1, random, size }: Omit<PaperOptions, 'test'> & FoldOf,
): Split {
  checkFold({ folds, part });
  checkShares({ test: 1 / folds, validation });
  const from = Math.floor((starts.length * (part - 1)) / folds);
  const to = Math.floor((starts.length * part) / folds);
  const rest = Int32Array.from([...starts.subarray(0, from), ...starts.subarray(to)]);
  const order = Int32Array.from(random.permutation(rest.length), (m) => rest[m]!);
  const validations = Math.ceil(rest.length * validation);
  return splitOfWindows(
    'paper',
    {
      test: starts.slice(from, to),
      validation: order.subarray(0, validations),
      train: order.subarray(validations),
    },
    size,
  );
}

/**
 * Checks a fold's numbers.
 *
 * @throws {RangeError} `folds` is less than 2, or `part` not from 1 to `folds`.
 */
export function checkFold({ folds, part }: FoldOf): void {
  if (!(Number.isInteger(folds) && folds >= 2))
    throw new RangeError(`windows: expected two folds or more, got ${folds}.`);
  if (!(Number.isInteger(part) && part >= 1 && part <= folds))
    throw new RangeError(`windows: expected a part from 1 to ${folds}, got ${part}.`);
}
