import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { superiority } from '../../src/metrics/superiority.js';
import { randomStream } from '../../src/random.js';
import { golden } from './golden.js';

const options = (paired: boolean, resamples = 2000) => ({
  paired,
  resamples,
  random: randomStream(7, 'superiority'),
});

describe('superiority', () => {
  it.each(golden.superiority)('is SciPy’s U as a share, of $a over $b', ({ a, b, unpaired, paired }) => {
    expect(superiority(a, b, options(false)).value).toBeCloseTo(unpaired, 12);
    expect(superiority(a, b, options(true)).value).toBeCloseTo(paired, 12);
  });

  it('counts a tie half', () => {
    expect(superiority([1, 2], [1, 1], options(true)).value).toBe(0.75);
    expect(superiority([1], [1], options(false)).value).toBe(0.5);
  });

  it('of A and of B add up to 1, within intervals that hold them', () => {
    const run = fc.constantFrom(0.7, 0.8, 0.9);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(run, run), { minLength: 2, maxLength: 8 }),
        fc.boolean(),
        (pairs, paired) => {
          const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
          const there = superiority(a, b, options(paired, 200));
          const back = superiority(b, a, options(paired, 200));
          expect(there.value + back.value).toBeCloseTo(1, 12);
          expect(there.low).toBeLessThanOrEqual(there.value + 1e-12);
          expect(there.high).toBeGreaterThanOrEqual(there.value - 1e-12);
          expect(there.low).toBeGreaterThanOrEqual(0);
          expect(there.high).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('of five wins in five is not certain', () => {
    const a = [0.91, 0.92, 0.93, 0.94, 0.95];
    const b = a.map((value) => value - 0.2);
    for (const [paired, unit] of [
      [true, 'pairs of runs'],
      [false, 'runs of each'],
    ] as const)
      expect(superiority(a, b, options(paired))).toEqual({
        value: 1,
        low: expect.closeTo(0.5655, 4),
        high: 1,
        level: 0.95,
        n: 5,
        method: `Wilson over 5 ${unit}`,
      });
    expect(superiority(b, a, options(true))).toMatchObject({
      value: 0,
      low: 0,
      high: expect.closeTo(0.4345, 4),
    });
  });

  it('takes runs of different number where they are not paired', () => {
    expect(superiority([3, 1], [2, 0, 0], options(false))).toMatchObject({
      value: expect.closeTo(5 / 6, 12),
      n: 2,
      method: 'bootstrap percentiles over 2 runs of each, 2000 resamples',
    });
    expect(() => superiority([3, 1], [2], options(true))).toThrow(
      'metrics: expected 2 paired values, got 1.',
    );
  });

  it('has no value without runs and no bounds for one', () => {
    expect(superiority([], [], options(true))).toMatchObject({ value: Number.NaN, low: Number.NaN });
    expect(superiority([], [1], options(false)).value).toBeNaN();
    expect(superiority([1], [0], options(true))).toMatchObject({
      value: 1,
      low: Number.NaN,
      high: Number.NaN,
    });
  });

  it('is the same for the same seed', () => {
    const draw = () => superiority([0.9, 0.8, 0.7], [0.8, 0.8, 0.8], options(false));
    expect(draw()).toEqual(draw());
  });
});
