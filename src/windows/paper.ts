import type { RandomStream } from '../random.js';
import { checkShares, type Split, type SplitShares, splitOfWindows } from './parts.js';

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
