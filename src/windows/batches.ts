import type { RandomStream } from '../random.js';
import { drawWindows } from './sampling.js';

export interface BatchOrderOptions {
  size: number;
  random?: RandomStream;
  factors?: Float64Array;
}

/**
 * Cuts windows into batches, in a new order when `random` is given.
 *
 * @param starts First rows of the windows, shape [M].
 * @param options.size B, windows a batch. The last batch may be smaller.
 * @param options.factors How often each window is wanted, relative to the others, shape [M]. Default: all the same.
 * @returns ⌈M / B⌉ batches that hold each window once, or with `factors` M windows drawn by them.
 * @throws {RangeError} `size` is not a positive integer.
 * @example batchOrder(starts, { size: 32, random: randomStream(7, 'order/1') })
 */
export function batchOrder(starts: Int32Array, { size, random, factors }: BatchOrderOptions): Int32Array[] {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`windows: expected size to be a positive integer, got ${size}.`);
  const indices = random && (factors ? drawWindows(factors, random) : random.permutation(starts.length));
  const order = indices ? Int32Array.from(indices, (m) => starts[m]!) : starts;
  return Array.from({ length: Math.ceil(order.length / size) }, (_, i) =>
    order.slice(i * size, (i + 1) * size),
  );
}

/**
 * Features of a batch of windows, time-major: what a recurrent kernel reads step by step.
 *
 *     X[t, b, f] = matrix[starts[b] + t, f]
 *
 * @param matrix Shape [N, F].
 * @param features F.
 * @param starts First rows, shape [B].
 * @param size W.
 * @returns Shape [W, B, F].
 * @throws {RangeError} A window ends after row N − 1.
 * @example gatherWindows(Float32Array.of(7, 8, 9), 1, Int32Array.of(0, 1), 2) // Float32Array [7, 8, 8, 9]
 */
export function gatherWindows(
  matrix: Float32Array,
  features: number,
  starts: Int32Array,
  size: number,
): Float32Array {
  return gather(matrix, features, starts, size, new Float32Array(size * starts.length * features));
}

/**
 * Targets of a batch of windows, time-major.
 *
 * @param targets Shape [N, L].
 * @param parts L.
 * @param starts First rows, shape [B].
 * @param size W.
 * @returns Shape [W, B, L].
 * @throws {RangeError} A window ends after row N − 1.
 * @example gatherTargets(Int32Array.of(7, 8, 9), 1, Int32Array.of(0, 1), 2) // Int32Array [7, 8, 8, 9]
 */
export function gatherTargets(
  targets: Int32Array,
  parts: number,
  starts: Int32Array,
  size: number,
): Int32Array {
  return gather(targets, parts, starts, size, new Int32Array(size * starts.length * parts));
}

/**
 * Makes sure that windows lie within the rows there are.
 *
 * @param rows N.
 * @throws {RangeError} A window ends after row N − 1, or begins before row 0.
 */
export function checkWindows(starts: Int32Array, size: number, rows: number): void {
  for (const start of starts)
    if (start < 0 || start + size > rows)
      throw new RangeError(
        `windows: expected rows 0 to ${rows - 1}, got a window of rows ${start} to ${start + size - 1}.`,
      );
}

function gather<T extends Float32Array | Int32Array>(
  rows: T,
  width: number,
  starts: Int32Array,
  size: number,
  result: T,
): T {
  checkWindows(starts, size, rows.length / width);
  for (let t = 0, at = 0; t < size; t++)
    for (const start of starts) {
      const from = (start + t) * width;
      for (let i = 0; i < width; i++) result[at++] = rows[from + i]!;
    }
  return result;
}
