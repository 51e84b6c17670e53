import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correctedTTest, pairedTTest } from '../../src/metrics/t-test.js';
import { golden } from './golden.js';

describe('pairedTTest', () => {
  it.each(golden.tests)('is SciPy’s for $a against $b', ({ a, b, t, p }) => {
    const test = pairedTTest(a, b);
    expect(test.t / t).toBeCloseTo(1, 9);
    expect(test.p / p).toBeCloseTo(1, 9);
    expect(test.freedom).toBe(a.length - 1);
  });

  it('is as sure in either direction', () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(score, score), { minLength: 2, maxLength: 12 }), (pairs) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const { p } = pairedTTest(a, b);
        expect(pairedTTest(b, a).p).toBe(p);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('finds no difference between runs that are the same to the last bit', () => {
    expect(pairedTTest([0.9, 0.8], [0.9, 0.8])).toEqual({ t: 0, freedom: 1, p: 1 });
  });

  it('says nothing of a single run', () => {
    expect(pairedTTest([0.9], [0.8]).p).toBeNaN();
    expect(pairedTTest([], []).p).toBeNaN();
  });

  it('refuses runs without a partner', () => {
    expect(() => pairedTTest([1, 2], [1])).toThrow(
      new RangeError('metrics: expected 2 paired values, got 1.'),
    );
  });
});

describe('correctedTTest', () => {
  it.each(golden.tests)('is that of Nadeau and Bengio for $a against $b', (known) => {
    const test = correctedTTest(known.a, known.b, known.testShare);
    expect(test.t / known.corrected.t).toBeCloseTo(1, 9);
    expect(test.p / known.corrected.p).toBeCloseTo(1, 9);
  });

  it('is never surer than the test that takes splits for independent', () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 2, maxLength: 12 }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (a, share) => {
          const b = a.toReversed();
          expect(correctedTTest(a, b, share).p).toBeGreaterThanOrEqual(pairedTTest(a, b).p);
        },
      ),
    );
  });
});
