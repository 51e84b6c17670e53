import fc from 'fast-check';
import type { Segment, Split } from '../../src/windows/split.js';

/** Sequences of rows that follow one another, as captures do. */
export const sequences: fc.Arbitrary<Segment[]> = fc
  .array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 4 })
  .map((lengths) => {
    let first = 0;
    return lengths.map((length) => {
      const segment = { first, last: first + length - 1 };
      first += length;
      return segment;
    });
  });

/** The rows of each window, window by window. */
export function rowsOf(starts: Int32Array, size: number): number[] {
  return Array.from(starts).flatMap((start) => Array.from({ length: size }, (_, t) => start + t));
}

/** Every row that runs hold, ascending. */
export function rowsIn(segments: readonly Segment[]): number[] {
  return segments.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

/** How many lines are in windows of more than one part. */
export function linesInTwoParts({ train, validation, test }: Split, size: number): number {
  const parts = [train, validation, test].map((starts) => new Set(rowsOf(starts, size)));
  const all = new Set(parts.flatMap((rows) => [...rows]));
  return [...all].filter((row) => parts.filter((rows) => rows.has(row)).length > 1).length;
}
