import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditweaveError } from '../../src/errors.js';
import { randomStream } from '../../src/random.js';
import { slidingWindows, slidingWindowsIn } from '../../src/windows/sliding.js';
import {
  coveredRows,
  PARTS,
  segmentsOf,
  splitBlocked,
  splitCapture,
  splitPaper,
} from '../../src/windows/split.js';
import { linesInTwoParts, rowsIn, rowsOf, sequences } from './segments.js';

const size = fc.integer({ min: 1, max: 20 });
const stride = fc.integer({ min: 1, max: 5 });
const share = fc.double({ min: 0.05, max: 0.6, noNaN: true });
const position = fc.double({ min: 0, max: 1, noNaN: true });
const paper = (starts: Int32Array, size: number, seed = 7) =>
  splitPaper(starts, { size, random: randomStream(seed, 'split') });

describe('splitPaper', () => {
  it.each([
    { windows: 18419, test: 1842, validation: 1658, train: 14919 },
    { windows: 100, test: 10, validation: 9, train: 81 },
    { windows: 101, test: 11, validation: 9, train: 81 },
    { windows: 3, test: 1, validation: 1, train: 1 },
    { windows: 0, test: 0, validation: 0, train: 0 },
  ])('gives $test of $windows windows to test and $validation to validation', (expected) => {
    const split = paper(slidingWindows(expected.windows, { size: 1 }), 1);
    expect(PARTS.map((part) => split[part].length)).toEqual(PARTS.map((part) => expected[part]));
  });

  it('puts every window in exactly one part, ascending', () => {
    fc.assert(
      fc.property(sequences, size, stride, share, share, (segments, size, stride, test, validation) => {
        const starts = slidingWindowsIn(segments, { size, stride });
        const split = splitPaper(starts, { test, validation, size, random: randomStream(1, 'split') });
        expect(split.test.length).toBe(Math.ceil(starts.length * test));
        expect(split.validation.length).toBe(Math.ceil((starts.length - split.test.length) * validation));
        const all = PARTS.flatMap((part) => [...split[part]]);
        expect(all.toSorted((a, b) => a - b)).toEqual([...starts]);
        for (const part of PARTS) expect(split[part]).toEqual(split[part].toSorted());
      }),
    );
  });

  it('gives the same split for the same seed, and another for another', () => {
    const starts = slidingWindows(200, { size: 10 });
    expect(paper(starts, 10)).toEqual(paper(starts, 10));
    expect(paper(starts, 10, 8).test).not.toEqual(paper(starts, 10).test);
  });

  it('names the rows that the windows of a part cover', () => {
    const split = paper(slidingWindows(200, { size: 10, stride: 3 }), 10);
    for (const part of PARTS)
      expect(new Set(rowsIn(split[`${part}Rows`]))).toEqual(new Set(rowsOf(split[part], 10)));
  });

  it.each([0, 1, -0.1, Number.NaN])('refuses a test share of %d', (test) => {
    const random = randomStream(7, 'split');
    expect(() => splitPaper(Int32Array.of(0), { test, size: 1, random })).toThrow(
      new RangeError(`windows: expected test to be a share in (0, 1), got ${test}.`),
    );
  });
});

describe('splitBlocked', () => {
  const hundred = [{ first: 0, last: 99 }];

  it('cuts a sequence into training, validation and test, in this order', () => {
    expect(splitBlocked({ segments: hundred, size: 9 })).toEqual({
      protocol: 'blocked',
      train: slidingWindows(81, { size: 9 }),
      validation: Int32Array.of(81),
      test: Int32Array.of(90, 91),
      trainRows: [{ first: 0, last: 80 }],
      validationRows: [{ first: 81, last: 89 }],
      testRows: [{ first: 90, last: 99 }],
    });
  });

  it('puts the validation part after a test part that begins the sequence', () => {
    const { testRows, validationRows, trainRows } = splitBlocked({ segments: hundred, size: 9, position: 0 });
    expect(testRows).toEqual([{ first: 0, last: 9 }]);
    expect(validationRows).toEqual([{ first: 10, last: 18 }]);
    expect(trainRows).toEqual([{ first: 19, last: 99 }]);
  });

  it('trains on both sides of a test part in the middle', () => {
    const split = splitBlocked({ segments: hundred, size: 9, position: 0.5 });
    expect(split.trainRows).toEqual([
      { first: 0, last: 35 },
      { first: 55, last: 99 },
    ]);
    expect(split.validationRows).toEqual([{ first: 36, last: 44 }]);
    expect(split.testRows).toEqual([{ first: 45, last: 54 }]);
  });

  it('cuts every sequence by itself', () => {
    const segments = [...hundred, { first: 100, last: 149 }];
    const split = splitBlocked({ segments, size: 2 });
    expect(split.testRows).toEqual([
      { first: 90, last: 99 },
      { first: 145, last: 149 },
    ]);
  });

  it('shares no line between parts, wherever the test part lies', () => {
    fc.assert(
      fc.property(
        sequences,
        size,
        stride,
        share,
        share,
        position,
        (segments, size, stride, test, validation, position) => {
          const split = splitBlocked({ segments, size, stride, test, validation, position });
          expect(linesInTwoParts(split, size)).toBe(0);
        },
      ),
    );
  });

  it('keeps every window within one sequence and one part', () => {
    fc.assert(
      fc.property(sequences, size, position, (segments, size, position) => {
        const split = splitBlocked({ segments, size, position });
        for (const part of PARTS)
          for (const start of split[part]) {
            const end = start + size - 1;
            expect(segments.some(({ first, last }) => first <= start && end <= last)).toBe(true);
            expect(split[`${part}Rows`].some(({ first, last }) => first <= start && end <= last)).toBe(true);
          }
      }),
    );
  });

  it('leaves out no row when windows are one line', () => {
    fc.assert(
      fc.property(sequences, share, share, position, (segments, test, validation, position) => {
        const split = splitBlocked({ segments, size: 1, test, validation, position });
        const all = PARTS.flatMap((part) => rowsIn(split[`${part}Rows`]));
        expect(all.toSorted((a, b) => a - b)).toEqual(rowsIn(segments));
      }),
    );
  });

  it('tests each row once over the k positions of a contiguous k-fold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10 }), fc.integer({ min: 2, max: 20 }), (k, rows) => {
        const segments = [{ first: 0, last: k * rows - 1 }];
        const tested = Array.from({ length: k }, (_, i) =>
          rowsIn(splitBlocked({ segments, size: 1, test: 1 / k, position: i / (k - 1) }).testRows),
        );
        expect(tested.flat()).toEqual(rowsIn(segments));
      }),
    );
  });

  it('gives no window to a part that is shorter than one', () => {
    const split = splitBlocked({ segments: hundred, size: 60 });
    expect(PARTS.map((part) => split[part].length)).toEqual([22, 0, 0]);
    expect(split.testRows).toEqual([]);
  });

  it('refuses a position outside the sequence', () => {
    expect(() => splitBlocked({ segments: hundred, size: 9, position: 1.5 })).toThrow(
      new RangeError('windows: expected position to be from 0 to 1, got 1.5.'),
    );
  });
});

describe('splitCapture', () => {
  const captures = ['a', 'a', 'a', 'b', 'b', 'c', 'c', 'c', 'd', 'd'];
  const fold = { train: ['a', 'd'], validation: ['b'], test: ['c'] };

  it('gives whole captures to a part', () => {
    expect(splitCapture({ captures, fold, size: 2 })).toEqual({
      protocol: 'capture',
      train: Int32Array.of(0, 1, 8),
      validation: Int32Array.of(3),
      test: Int32Array.of(5, 6),
      trainRows: [
        { first: 0, last: 2 },
        { first: 8, last: 9 },
      ],
      validationRows: [{ first: 3, last: 4 }],
      testRows: [{ first: 5, last: 7 }],
    });
  });

  it('leaves out captures that the fold does not name', () => {
    const split = splitCapture({ captures, fold: { ...fold, train: ['a'] }, size: 2 });
    expect(split.trainRows).toEqual([{ first: 0, last: 2 }]);
  });

  it('shares no line between parts and crosses no border', () => {
    fc.assert(
      fc.property(sequences, size, stride, (segments, size, stride) => {
        const captures = segments.flatMap(({ first, last }, i) =>
          new Array<string>(last - first + 1).fill(String(i)),
        );
        const named = segments.map((_, i) => String(i));
        const fold = { test: named.slice(0, 1), validation: named.slice(1, 2), train: named.slice(2) };
        const split = splitCapture({ captures, fold, size, stride });
        expect(linesInTwoParts(split, size)).toBe(0);
        for (const part of PARTS)
          for (const start of split[part]) expect(captures[start]).toBe(captures[start + size - 1]);
      }),
    );
  });

  it('refuses a capture that is not there', () => {
    const split = () => splitCapture({ captures, fold: { ...fold, test: ['e'] }, size: 2 });
    expect(split).toThrow(AuditweaveError);
    expect(split).toThrow('windows: expected the test captures to be in the dataset, got “e”.');
  });

  it('refuses a capture in two parts', () => {
    expect(() => splitCapture({ captures, fold: { ...fold, test: ['a'] }, size: 2 })).toThrow(
      'windows: expected a capture once in a fold, got “a” in train and test.',
    );
  });
});

describe('coveredRows', () => {
  it('joins windows that overlap or touch', () => {
    expect(coveredRows(Int32Array.of(0, 2, 3, 9), 3)).toEqual([
      { first: 0, last: 5 },
      { first: 9, last: 11 },
    ]);
    expect(coveredRows(new Int32Array(0), 3)).toEqual([]);
  });
});

describe('segmentsOf', () => {
  it('starts a new run wherever the value changes', () => {
    expect(segmentsOf(['a', 'b', 'b', 'a'])).toEqual([
      { first: 0, last: 0 },
      { first: 1, last: 2 },
      { first: 3, last: 3 },
    ]);
  });
});
