import type { RandomStream } from '../random.js';
import { type Segment, slidingWindowsIn, type WindowOptions } from './sliding.js';

export type { Segment } from './sliding.js';

/** Which windows train, validate and test, by their first rows; and the rows that they cover, as runs. */
export interface Split {
  protocol: 'paper' | 'blocked' | 'capture';
  train: Int32Array;
  validation: Int32Array;
  test: Int32Array;
  trainRows: Segment[];
  validationRows: Segment[];
  testRows: Segment[];
}

export interface SplitShares {
  /** Share of all that is test. Default 0.1. */
  test?: number;
  /** Share of the rest that is validation. Default 0.1. */
  validation?: number;
}

/**
 * The paper's split: windows are shuffled, a share is test, a share of the rest validation [K8NTEXT, §6.4].
 *
 * It leaks: windows that slide by one line share W − 1 lines, so nearly every test line was trained on. `leakReport` says how many.
 *
 * @param starts First rows of all windows, shape [M].
 * @returns ⌈M · test⌉ test windows, ⌈rest · validation⌉ validation windows (scikit-learn's rounding), each ascending.
 * @example splitPaper(slidingWindows(100, { size: 10 }), { size: 10, random: randomStream(7, 'split') })
 */
export function splitPaper(
  starts: Int32Array,
  { test = 0.1, validation = 0.1, random, size }: SplitShares & { random: RandomStream; size: number },
): Split {
  checkShares({ test, validation });
  const order = Int32Array.from(random.permutation(starts.length), (m) => starts[m]!);
  const tests = Math.ceil(starts.length * test);
  const validations = Math.ceil((starts.length - tests) * validation);
  return describe(
    'paper',
    {
      test: order.subarray(0, tests),
      validation: order.subarray(tests, tests + validations),
      train: order.subarray(tests + validations),
    },
    size,
  );
}

export interface BlockedOptions extends SplitShares, WindowOptions {
  /** Sequences of rows (captures), each cut by itself. */
  segments: readonly Segment[];
  /** Where the test part lies, from 0 (the beginning of each sequence) to 1 (its end). Default 1. */
  position?: number;
}

/**
 * A leak-free split: each sequence is cut into contiguous parts, windows lie within one part, so no line is in two.
 *
 * With the test part at the end, the order is training, validation, test; the validation part lies before the test part, or after
 * it when the test part comes first.
 *
 * @returns Windows of every part. A part that is shorter than W has none.
 * @example splitBlocked({ segments: [{ first: 0, last: 99 }], size: 10 })
 */
export function splitBlocked(options: BlockedOptions): Split {
  const { segments, size, stride = 1, test = 0.1, validation = 0.1, position = 1 } = options;
  checkShares({ test, validation });
  if (!(position >= 0 && position <= 1))
    throw new RangeError(`windows: expected position to be from 0 to 1, got ${position}.`);
  const parts: Record<'train' | 'validation' | 'test', Segment[]> = { train: [], validation: [], test: [] };
  const add = (part: keyof typeof parts, first: number, count: number): number => {
    if (count > 0) parts[part].push({ first, last: first + count - 1 });
    return first + count;
  };
  for (const { first, last } of segments) {
    const rows = last - first + 1;
    const tests = Math.round(rows * test);
    const validations = Math.round((rows - tests) * validation);
    const rest = rows - tests - validations;
    const before = Math.round(rest * position);
    let at = add('train', first, before);
    if (before === 0) {
      at = add('test', at, tests);
      at = add('validation', at, validations);
    } else {
      at = add('validation', at, validations);
      at = add('test', at, tests);
    }
    add('train', at, rest - before);
  }
  return withWindows('blocked', parts, { size, stride });
}

/** Which captures train, validate and test. */
export interface Fold {
  train: readonly string[];
  validation: readonly string[];
  test: readonly string[];
}

/**
 * A leak-free split by capture: training, validation and test never share a cluster.
 *
 * @param options.captures Capture of each row, shape [N]; rows of one capture follow one another.
 * @throws {RangeError} A capture is named twice, or is not there.
 * @example splitCapture({ captures, fold: { train: ['a'], validation: ['b'], test: ['c'] }, size: 60 })
 */
export function splitCapture(options: { captures: readonly string[]; fold: Fold } & WindowOptions): Split {
  const { captures, fold, size, stride = 1 } = options;
  const named = [...fold.train, ...fold.validation, ...fold.test];
  const known = new Set(captures);
  for (const capture of named)
    if (!known.has(capture))
      throw new RangeError(`windows: expected a capture of the dataset, got “${capture}”.`);
  if (new Set(named).size !== named.length)
    throw new RangeError(`windows: expected each capture in one part, got ${named.join(', ')}.`);
  const parts = { train: [] as Segment[], validation: [] as Segment[], test: [] as Segment[] };
  for (const part of ['train', 'validation', 'test'] as const)
    for (const segment of runs(captures))
      if (fold[part].includes(captures[segment.first]!)) parts[part].push(segment);
  return withWindows('capture', parts, { size, stride });
}

function runs(values: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  values.forEach((value, row) => {
    const last = segments.at(-1);
    if (last && values[last.first] === value) last.last = row;
    else segments.push({ first: row, last: row });
  });
  return segments;
}

function withWindows(
  protocol: Split['protocol'],
  { train, validation, test }: Record<'train' | 'validation' | 'test', Segment[]>,
  options: WindowOptions,
): Split {
  return {
    protocol,
    train: slidingWindowsIn(train, options),
    validation: slidingWindowsIn(validation, options),
    test: slidingWindowsIn(test, options),
    trainRows: train,
    validationRows: validation,
    testRows: test,
  };
}

function describe(
  protocol: Split['protocol'],
  parts: Record<'train' | 'validation' | 'test', Int32Array>,
  size: number,
): Split {
  const { train, validation, test } = {
    train: parts.train.slice().sort(),
    validation: parts.validation.slice().sort(),
    test: parts.test.slice().sort(),
  };
  return {
    protocol,
    train,
    validation,
    test,
    trainRows: coveredRows(train, size),
    validationRows: coveredRows(validation, size),
    testRows: coveredRows(test, size),
  };
}

/**
 * The rows that windows cover, as the fewest runs.
 *
 * @param starts Ascending.
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

function checkShares(shares: Record<string, number>): void {
  for (const [name, share] of Object.entries(shares))
    if (!(share > 0 && share < 1))
      throw new RangeError(`windows: expected ${name} to be a share in (0, 1), got ${share}.`);
}
