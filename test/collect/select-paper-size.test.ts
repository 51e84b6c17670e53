import { expect, it } from 'vitest';
import { paperSize } from '../../src/collect/selection.js';

it('selects exactly so many lines, capture after capture', () => {
  const counted = [2, 3, 5]
    .map((line) => ({ capture: 'a', line }))
    .concat([7, 9].map((line) => ({ capture: 'b', line })));
  expect(paperSize(counted, 4)['paper-size']).toMatchObject({
    count: 4,
    ranges: [
      [2, 5],
      [7, 7],
    ],
  });
});

it('selects nothing when there are too few', () => {
  expect(paperSize([{ capture: 'a', line: 0 }], 2)).toEqual({});
});
