/** Rows `first` … `last`, both included. */
export interface Segment {
  first: number;
  last: number;
}

export interface WindowOptions {
  /** W, rows a window. */
  size: number;
  /** S, rows between two window starts. Default 1. */
  stride?: number;
}

/**
 * Finds the fixed-length windows of a sequence of rows.
 *
 * Window m covers rows m·S … m·S + W − 1, so there are
 *
 *     M = ⌊(N − W) / S⌋ + 1        [K8NTEXT, §5.8.1]
 *
 * and none when N < W.
 *
 * @param rows N, the number of encoded events.
 * @returns First row of each window, shape [M].
 * @throws {RangeError} `size` or `stride` is not a positive integer.
 * @example slidingWindows(5, { size: 3, stride: 2 }) // Int32Array [0, 2]
 */
export function slidingWindows(rows: number, { size, stride = 1 }: WindowOptions): Int32Array {
  for (const [name, value] of Object.entries({ size, stride }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`windows: expected ${name} to be a positive integer, got ${value}.`);
  return Int32Array.from(
    { length: Math.max(0, Math.floor((rows - size) / stride) + 1) },
    (_, m) => m * stride,
  );
}

/**
 * The windows of several sequences that follow one another; none lies across a border.
 *
 * @param segments Ascending, without overlap.
 * @param options As for `slidingWindows`; every sequence begins with a window.
 * @returns First row of each window, ascending, shape [M].
 * @example slidingWindowsIn([{ first: 0, last: 2 }, { first: 3, last: 6 }], { size: 3 }) // Int32Array [0, 3, 4]
 */
export function slidingWindowsIn(segments: readonly Segment[], options: WindowOptions): Int32Array {
  return Int32Array.from(
    segments.flatMap(({ first, last }) =>
      Array.from(slidingWindows(last - first + 1, options), (start) => first + start),
    ),
  );
}
