import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slidingWindows, slidingWindowsIn } from '../../src/windows/sliding.js';
import { sequences } from './segments.js';

const size = fc.integer({ min: 1, max: 30 });
const stride = fc.integer({ min: 1, max: 12 });

describe('slidingWindows', () => {
  it.each([
    { rows: 5, size: 3, stride: 1, starts: [0, 1, 2] },
    { rows: 5, size: 3, stride: 2, starts: [0, 2] },
    { rows: 6, size: 3, stride: 2, starts: [0, 2] },
    { rows: 3, size: 3, stride: 9, starts: [0] },
    { rows: 2, size: 3, stride: 1, starts: [] },
    { rows: 0, size: 1, stride: 1, starts: [] },
  ])('finds $starts in $rows rows with windows of $size, every $stride', ({ rows, starts, ...options }) => {
    expect([...slidingWindows(rows, options)]).toEqual(starts);
  });

  it('slides by one line unless told otherwise', () => {
    expect([...slidingWindows(4, { size: 2 })]).toEqual([0, 1, 2]);
  });

  it('ends within the rows, with no room for another window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), size, stride, (rows, size, stride) => {
        const starts = slidingWindows(rows, { size, stride });
        const last = starts.at(-1) ?? -stride;
        expect(last + size).toBeLessThanOrEqual(Math.max(rows, size - stride));
        expect(last + stride + size).toBeGreaterThan(rows);
      }),
    );
  });

  it.each([
    [{ size: 0 }, 'windows: expected size to be a positive integer, got 0.'],
    [{ size: 1.5 }, 'windows: expected size to be a positive integer, got 1.5.'],
    [{ size: 3, stride: -1 }, 'windows: expected stride to be a positive integer, got -1.'],
    [{ size: 3, stride: Number.NaN }, 'windows: expected stride to be a positive integer, got NaN.'],
  ])('refuses %o', (options, message) => {
    expect(() => slidingWindows(10, options)).toThrow(new RangeError(message));
  });
});

describe('slidingWindowsIn', () => {
  it('begins each sequence with a window of its own', () => {
    const segments = [
      { first: 0, last: 2 },
      { first: 3, last: 6 },
    ];
    expect([...slidingWindowsIn(segments, { size: 3, stride: 2 })]).toEqual([0, 3]);
    expect([...slidingWindowsIn(segments, { size: 3 })]).toEqual([0, 3, 4]);
  });

  it('never crosses the border of a sequence', () => {
    fc.assert(
      fc.property(sequences, size, stride, (segments, size, stride) => {
        for (const start of slidingWindowsIn(segments, { size, stride }))
          expect(segments.some(({ first, last }) => first <= start && start + size - 1 <= last)).toBe(true);
      }),
    );
  });

  it('finds in one sequence what slidingWindows finds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), size, stride, (rows, size, stride) => {
        expect(slidingWindowsIn([{ first: 0, last: rows - 1 }], { size, stride })).toEqual(
          slidingWindows(rows, { size, stride }),
        );
      }),
    );
  });
});
