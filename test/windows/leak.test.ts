import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/random.js';
import { leakReport } from '../../src/windows/leak.js';
import { slidingWindows, slidingWindowsIn } from '../../src/windows/sliding.js';
import { type Split, splitBlocked, splitPaper } from '../../src/windows/split.js';
import { rowsOf, sequences } from './segments.js';

const size = fc.integer({ min: 2, max: 15 });
const distinct = (rows: number) => Int32Array.from({ length: rows }, (_, row) => row);
const shuffled = (starts: Int32Array, size: number): Split =>
  splitPaper(starts, { size, random: randomStream(7, 'split') });

/** The report from sets of lines: slow, and plainly right. */
function bySets(split: Split, size: number, keys: ArrayLike<number>, classes: ArrayLike<number>) {
  const [train, test] = [split.train, split.test].map((starts) => new Set(rowsOf(starts, size)));
  const trainKeys = new Set([...train!].map((row) => keys[row]));
  const trainClasses = new Set([...train!].map((row) => classes[row]));
  const unseen = [...test!].filter((row) => !trainClasses.has(classes[row]!));
  const overlaps = [...split.test].map((start) =>
    Math.max(0, ...[...split.train].map((other) => size - Math.abs(start - other))),
  );
  return {
    sharedLines: [...test!].filter((row) => train!.has(row)).length,
    of: test!.size,
    duplicates: [...test!].filter((row) => trainKeys.has(keys[row]!)).length,
    unseenLines: unseen.length,
    unseenClasses: new Set(unseen.map((row) => classes[row])).size,
    max: Math.max(0, ...overlaps),
    sum: overlaps.reduce((a, b) => a + b, 0),
    touching: overlaps.filter((overlap) => overlap > 0).length,
  };
}

describe('leakReport', () => {
  it('tells what a split shares, line by line', () => {
    const split: Split = {
      protocol: 'paper',
      train: Int32Array.of(0, 1),
      validation: new Int32Array(0),
      test: Int32Array.of(2, 6),
      trainRows: [{ first: 0, last: 3 }],
      validationRows: [],
      testRows: [
        { first: 2, last: 4 },
        { first: 6, last: 8 },
      ],
    };
    const rowKeys = ['a', 'b', 'c', 'd', 'a', '-', 'e', 'f', 'b'];
    const classes = [1, 1, 2, 2, 3, 0, 3, 4, 1];
    expect(leakReport(split, { size: 3, rowKeys, classes })).toEqual({
      protocol: 'paper',
      size: 3,
      windows: { train: 2, validation: 0, test: 2 },
      sharedLines: { count: 2, share: 1 / 3, of: 6 },
      nearestOverlap: { mean: 1, max: 2, share: 0.5 },
      duplicateRows: { count: 4, share: 2 / 3 },
      unseenClasses: { classes: 2, lines: 3, share: 0.5 },
      verdict: 'leaks',
    });
  });

  it('says that a shuffled split over sliding windows shares its lines', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 100, max: 300 }), (size, rows) => {
        const split = shuffled(slidingWindows(rows, { size }), size);
        const report = leakReport(split, { size, rowKeys: distinct(rows), classes: distinct(rows) });
        expect(report.verdict).toBe('leaks');
        expect(report.sharedLines.share).toBeGreaterThan(0.5);
      }),
    );
  });

  it('says that a blocked split shares nothing', () => {
    fc.assert(
      fc.property(sequences, size, fc.double({ min: 0, max: 1, noNaN: true }), (segments, size, position) => {
        const rows = segments.at(-1)!.last + 1;
        const split = splitBlocked({ segments, size, position });
        expect(leakReport(split, { size, rowKeys: distinct(rows), classes: distinct(rows) })).toMatchObject({
          sharedLines: { count: 0, share: 0 },
          nearestOverlap: { mean: 0, max: 0, share: 0 },
          duplicateRows: { count: 0, share: 0 },
          verdict: 'leak-free',
        });
      }),
    );
  });

  it('counts what sets of lines count', () => {
    const noise = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 480, maxLength: 480 });
    fc.assert(
      fc.property(sequences, size, fc.integer({ min: 1, max: 5 }), noise, (segments, size, stride, noise) => {
        const rows = segments.at(-1)!.last + 1;
        const [rowKeys, classes] = [noise.slice(0, rows), noise.slice(0, rows).map((n) => n % 4)];
        const split = shuffled(slidingWindowsIn(segments, { size, stride }), size);
        const report = leakReport(split, { size, rowKeys, classes });
        const expected = bySets(split, size, rowKeys, classes);
        expect({
          sharedLines: report.sharedLines.count,
          of: report.sharedLines.of,
          duplicates: report.duplicateRows.count,
          unseenLines: report.unseenClasses.lines,
          unseenClasses: report.unseenClasses.classes,
          max: report.nearestOverlap.max,
          sum: Math.round(report.nearestOverlap.mean * split.test.length),
          touching: Math.round(report.nearestOverlap.share * split.test.length),
        }).toEqual(expected);
      }),
    );
  });

  it('calls a test line that is validated on a leak too', () => {
    const rows = [{ first: 0, last: 1 }];
    const none = new Int32Array(0);
    const split: Split = {
      protocol: 'blocked',
      train: none,
      validation: Int32Array.of(0),
      test: Int32Array.of(0),
      trainRows: [],
      validationRows: rows,
      testRows: rows,
    };
    const report = leakReport(split, { size: 2, rowKeys: [1, 2], classes: [1, 1] });
    expect(report.verdict).toBe('leaks');
    expect(report.sharedLines.count).toBe(0);
  });

  it('has no shares to tell of a split without test windows', () => {
    const split = splitBlocked({ segments: [{ first: 0, last: 9 }], size: 9 });
    const report = leakReport(split, { size: 9, rowKeys: distinct(10), classes: distinct(10) });
    expect(report.sharedLines).toEqual({ count: 0, share: 0, of: 0 });
  });

  it('refuses keys, classes and windows of different logs', () => {
    const split = splitBlocked({ segments: [{ first: 0, last: 99 }], size: 2 });
    expect(() => leakReport(split, { size: 2, rowKeys: distinct(100), classes: distinct(99) })).toThrow(
      new RangeError('windows: expected 100 classes, one a row, got 99.'),
    );
    expect(() => leakReport(split, { size: 2, rowKeys: distinct(50), classes: distinct(50) })).toThrow(
      new RangeError('windows: expected rows below 50, got row 80.'),
    );
  });
});

describe('shuffled windows over dependent lines are too optimistic', () => {
  const [rows, size, classes] = [4000, 20, 10];
  const random = randomStream(7, 'labels');
  // Labels that nothing can predict: whoever does better than chance has seen the answers.
  const truth = Int32Array.from({ length: rows }, () => random.integer(classes));
  const segments = [{ first: 0, last: rows - 1 }];

  /** Accuracy of a model that knows training lines by heart, and answers 0 for others. */
  function memorizer({ trainRows, testRows }: Split): number {
    const known = new Set(trainRows.flatMap(({ first, last }) => range(first, last)));
    const tested = testRows.flatMap(({ first, last }) => range(first, last));
    return tested.filter((row) => (known.has(row) ? truth[row]! : 0) === truth[row]).length / tested.length;
  }
  const range = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i);

  it('scores a model that knows its lines by heart near 1 when shuffled', () => {
    expect(memorizer(shuffled(slidingWindows(rows, { size }), size))).toBeGreaterThan(0.99);
  });

  it('scores the same model at chance when blocked', () => {
    expect(memorizer(splitBlocked({ segments, size }))).toBeLessThan(0.2);
  });
});
