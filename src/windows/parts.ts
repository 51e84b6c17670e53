import { type Segment, slidingWindowsIn, type WindowOptions } from './sliding.js';

/** Which windows train, validate and test, by their first rows; and the rows that they cover, as runs. */
export interface Split {
  protocol: 'paper' | 'blocked' | 'capture';
  /** First rows of the windows, ascending. So are `validation` and `test`. */
  train: Int32Array;
  validation: Int32Array;
  test: Int32Array;
  /** Rows that some training window covers, ascending, as the fewest runs. */
  trainRows: Segment[];
  validationRows: Segment[];
  testRows: Segment[];
}

/** The three parts of a split. */
export const PARTS = ['train', 'validation', 'test'] as const;

export type Part = (typeof PARTS)[number];

/** A share of all that is test, and a share of the rest that is validation. */
export interface SplitShares {
  /** In (0, 1). Default 0.1. */
  test?: number;
  /** In (0, 1). Default 0.1. */
  validation?: number;
}

/**
 * Makes a split of the windows of each part.
 *
 * @param parts First rows of the windows of each part, in any order.
 * @param size W.
 */
export function splitOfWindows(
  protocol: Split['protocol'],
  parts: Record<Part, Int32Array>,
  size: number,
): Split {
  const [train, validation, test] = PARTS.map((part) => parts[part].slice().sort());
  return {
    protocol,
    train: train!,
    validation: validation!,
    test: test!,
    trainRows: coveredRows(train!, size),
    validationRows: coveredRows(validation!, size),
    testRows: coveredRows(test!, size),
  };
}

/**
 * Makes a split of the rows of each part: every window lies within one run of rows, so none straddles two parts.
 *
 * @param parts Runs of rows of each part; no row is in two.
 */
export function splitOfRows(
  protocol: Split['protocol'],
  parts: Record<Part, Segment[]>,
  options: WindowOptions,
): Split {
  const windows = (part: Part): Int32Array =>
    slidingWindowsIn(
      parts[part].toSorted((a, b) => a.first - b.first),
      options,
    );
  return splitOfWindows(
    protocol,
    { train: windows('train'), validation: windows('validation'), test: windows('test') },
    options.size,
  );
}

/**
 * The rows that windows cover, as the fewest runs.
 *
 * @param starts First rows, ascending, shape [M].
 * @param size W.
 * @example coveredRows(Int32Array.of(0, 1, 7), 3) // [{ first: 0, last: 3 }, { first: 7, last: 9 }]
 */
export function coveredRows(starts: Int32Array, size: number): Segment[] {
  const segments: Segment[] = [];
  for (const first of starts) {
    const last = segments.at(-1);
    if (last && first <= last.last + 1) last.last = Math.max(last.last, first + size - 1);
    else segments.push({ first, last: first + size - 1 });
  }
  return segments;
}

/** @throws {RangeError} A share is not between 0 and 1. */
export function checkShares(shares: Record<'test' | 'validation', number>): void {
  for (const [name, share] of Object.entries(shares))
    if (!(share > 0 && share < 1))
      throw new RangeError(`windows: expected ${name} to be a share in (0, 1), got ${share}.`);
}
