import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paperSize, proportions } from '../../src/dataset/paper-size.js';

const counted = [2, 3, 5, 6]
  .map((line) => ({ capture: 'a', line }))
  .concat([7, 9].map((line) => ({ capture: 'b', line })));

it('takes a run from the start of each capture, in proportion to its lines', () => {
  expect(paperSize(counted, 3)['paper-size']).toMatchObject({
    count: 3,
    ranges: [
      [2, 3],
      [7, 7],
    ],
  });
});

it('selects nothing when there are too few', () => {
  expect(paperSize(counted, 7)).toEqual({});
});

it('selects exactly so many lines', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (lengths, share) => {
      let line = 0;
      const lines = lengths.flatMap((length, i) =>
        Array.from({ length }, () => ({ capture: `c${i}`, line: line++ })),
      );
      const size = Math.max(1, Math.floor(share * lines.length));
      const { ranges } = paperSize(lines, size)['paper-size']!;
      expect(ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)).toBe(size);
    }),
  );
});

it('shares out by the largest remainders', () => {
  expect(proportions([2, 1, 1], 2)).toEqual([1, 1, 0]);
  expect(proportions([10, 6, 4], 7)).toEqual([4, 2, 1]);
});
