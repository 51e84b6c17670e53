import { randomStream } from '../../src/random.js';

/** One table of shapes for every kernel and its readable twin: W, B, F, H. */
export const SHAPES: readonly [number, number, number, number][] = [
  [2, 1, 1, 1],
  [5, 1, 3, 4],
  [7, 3, 5, 4],
  [12, 8, 6, 10],
  [40, 7, 19, 13],
];

/** Seeded numbers in [−scale, scale). */
export function numbers(length: number, purpose: string, scale = 1): Float32Array {
  const random = randomStream(1, purpose);
  return Float32Array.from({ length }, () => (2 * random.next() - 1) * scale);
}

/** Seeded integers in [0, bound). */
export function integers(length: number, purpose: string, bound: number): Int32Array {
  const random = randomStream(1, purpose);
  return Int32Array.from({ length }, () => random.integer(bound));
}

/** Largest difference, relative to the largest expected number. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = Math.abs(actual.length - expected.length);
  let largest = 1e-30;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
    if (!Number.isFinite(actual[i]!)) return Number.POSITIVE_INFINITY;
  }
  return difference / largest;
}
