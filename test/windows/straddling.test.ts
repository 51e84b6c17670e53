import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leakReport } from '../../src/windows/leak.js';
import { leakWord } from '../../src/windows/leak-word.js';
import { splitBlocked } from '../../src/windows/split.js';
import { straddlingRows } from '../../src/windows/straddling.js';

const parts = (train: [number, number], validation: [number, number], test: [number, number]) => {
  const rows = ([first, last]: [number, number]) => [{ first, last }];
  return { trainRows: rows(train), validationRows: rows(validation), testRows: rows(test) };
};

describe('contexts that straddle', () => {
  it('are those of test rows of which training or validation has other rows', () => {
    const contexts = ['a', 'b', 'c', 'a', 'd', 'b', null, 'c', 'e'];
    const split = parts([0, 1], [2, 3], [4, 8]);
    expect([...straddlingRows(split, contexts)]).toEqual([0, 0, 0, 0, 0, 1, 0, 1, 0]);
  });

  it('are none where no context is known', () => {
    expect([...straddlingRows(parts([0, 1], [2, 2], [3, 4]), [null, null, null, null, null])]).toEqual(
      Array(5).fill(0),
    );
  });

  it('are counted in the leak report of a split that shares no line', () => {
    const split = splitBlocked({ segments: [{ first: 0, last: 19 }], size: 2, test: 0.2, validation: 0.2 });
    const contexts = Array.from({ length: 20 }, (_, row) => (row === 0 || row === 17 ? 'long' : `c${row}`));
    const classes = new Int32Array(20);
    const leak = leakReport(split, { size: 2, rowKeys: classes, classes, contexts });
    expect(leak.verdict).toBe('leak-free');
    expect(leak.straddling).toEqual({ contexts: 1, lines: 1, share: 0.25 });
    const uncounted = leakReport(split, { size: 2, rowKeys: classes, classes });
    expect(uncounted).not.toHaveProperty('straddling');
    expect(
      [leak, uncounted, { ...leak, straddling: { contexts: 0, lines: 0, share: 0 } }].map(leakWord),
    ).toEqual(['shares no line', 'shares no line', 'leak-free']);
    expect(leakWord({ verdict: 'leak-free', protocol: 'capture' })).toBe('leak-free');
    expect(leakWord({ verdict: 'leaks', protocol: 'paper' })).toBe('leaks');
  });
});

describe('a gap beside the test part', () => {
  it('keeps training and validation so far away, and changes nothing else', () => {
    fc.assert(
      fc.property(
        fc.record({
          length: fc.integer({ min: 60, max: 200 }),
          size: fc.integer({ min: 1, max: 6 }),
          gap: fc.integer({ min: 0, max: 12 }),
          position: fc.constantFrom(0, 0.3, 1),
        }),
        ({ length, size, gap, position }) => {
          const segments = [
            { first: 0, last: length - 1 },
            { first: length, last: 2 * length - 1 },
          ];
          const [near, apart] = [0, gap].map((of) => splitBlocked({ segments, size, position, gap: of }));
          expect(apart!.testRows).toEqual(near!.testRows);
          const capture = (row: number): number => Math.floor(row / length);
          for (const { first, last } of [...apart!.trainRows, ...apart!.validationRows])
            for (const test of apart!.testRows)
              if (capture(first) === capture(test.first))
                expect(last < test.first - gap || first > test.last + gap).toBe(true);
          const before = new Set(near!.train);
          for (const start of apart!.train) expect(before.has(start)).toBe(true);
        },
      ),
    );
  });
});
