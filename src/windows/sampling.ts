import type { RandomStream } from '../random.js';
import { classCounts } from './weights.js';

export interface RepeatFactorOptions {
  /** W. */
  size: number;
  /** Class of each row, shape [N]. */
  classes: ArrayLike<number>;
  /** t, the share of lines below which a class is rare, in (0, 1]. */
  threshold: number;
  /** p, how steeply rarity counts; 0.5 is the source's square root. */
  power: number;
}

/**
 * How often each window is wanted in training, relative to a window of common classes alone: by its rarest class,
 *
 *     r(m) = max over c in window m of max(1, (t / f(c))ᵖ)        [GUPTA2019]
 *
 * where f(c) is the share of class c among the lines of all these windows, a line counted once for each window that holds it. (The source
 * takes the share of images that hold c, which would make r depend on W.)
 *
 * @param starts First rows of the training windows, shape [M].
 * @returns Shape [M], each 1 or more.
 * @example repeatFactors(Int32Array.of(0, 1), { size: 1, classes: [7, 8], threshold: 1, power: 0.5 }) // [1.41, 1.41]
 */
export function repeatFactors(
  starts: Int32Array,
  { size, classes, threshold, power }: RepeatFactorOptions,
): Float64Array {
  const counts = classCounts(starts, size, classes);
  const lines = starts.length * size;
  const factors = new Map(
    [...counts].map(([name, count]) => [name, Math.max(1, ((threshold * lines) / count) ** power)]),
  );
  return Float64Array.from(starts, (start) => {
    let most = 1;
    for (let row = start; row < start + size; row++) most = Math.max(most, factors.get(classes[row]!)!);
    return most;
  });
}

/**
 * Draws as many windows as there are, each in proportion to its factor: ⌊M r(m) / Σr⌋ or one more of window m, in random order
 * (systematic sampling, so that no window's number is left to luck further than that).
 *
 * @param factors r, shape [M].
 * @returns Indices of windows, shape [M].
 * @example drawWindows(Float64Array.of(3, 1), randomStream(7, 'order/1')) // twice 0, or 0 and 1
 */
export function drawWindows(factors: Float64Array, random: RandomStream): Int32Array {
  const { length } = factors;
  const sum = factors.reduce((a, b) => a + b, 0);
  const drawn = new Int32Array(length);
  const offset = random.next();
  let count = 0;
  let due = 0;
  random.permutation(length).forEach((index, i) => {
    due = i === length - 1 ? length : due + (length * factors[index]!) / sum;
    while (count < length && count + offset < due) drawn[count++] = index;
  });
  return Int32Array.from(random.permutation(length), (i) => drawn[i]!);
}
