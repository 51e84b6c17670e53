import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slidingWindows } from '../../src/windows/sliding.js';
import { classCounts, classWeights } from '../../src/windows/weights.js';
import { golden } from '../metrics/golden.js';
import { rowsOf } from './segments.js';

describe('classCounts', () => {
  it('counts a line once for each window that holds it', () => {
    expect(classCounts(Int32Array.of(0, 1), 2, [5, 5, 6])).toEqual(
      new Map([
        [5, 3],
        [6, 1],
      ]),
    );
  });

  it('leaves out classes that no window holds', () => {
    expect(classCounts(Int32Array.of(0), 2, [5, 5, 6])).toEqual(new Map([[5, 2]]));
  });

  it('counts what the windows laid side by side hold', () => {
    const classes = fc.array(fc.nat(6), { minLength: 1, maxLength: 80 });
    const [size, stride] = [fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 })];
    fc.assert(
      fc.property(classes, size, stride, (classes, size, stride) => {
        const starts = slidingWindows(classes.length, { size, stride });
        const expected = new Map<number, number>();
        for (const row of rowsOf(starts, size))
          expected.set(classes[row]!, (expected.get(classes[row]!) ?? 0) + 1);
        expect(classCounts(starts, size, classes)).toEqual(expected);
      }),
    );
  });
});

describe('classWeights', () => {
  it('gives rare classes more weight, so that each class counts the same', () => {
    const counts = new Map([
      [5, 3],
      [6, 1],
    ]);
    const weights = classWeights(counts);
    expect([...weights]).toEqual([
      [5, 4 / 6],
      [6, 2],
    ]);
    expect(weights.get(5)! * 3).toBe(weights.get(6)! * 1);
  });

  it('is scikit-learn’s “balanced”', () => {
    for (const { truth, weights } of golden.cases) {
      const counts = classCounts(slidingWindows(truth.length, { size: 1 }), 1, truth);
      for (const [name, weight] of classWeights(counts)) expect(weight).toBeCloseTo(weights[name]!, 12);
    }
  });

  it('has nothing to weigh without counts', () => {
    expect(classWeights(new Map())).toEqual(new Map());
  });
});
