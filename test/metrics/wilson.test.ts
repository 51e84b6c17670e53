import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile, wilsonInterval } from '../../src/metrics/wilson.js';
import { golden } from './golden.js';

describe('normalQuantile', () => {
  it.each(golden.normal)('is SciPy’s at $probability', ({ probability, quantile }) => {
    expect(normalQuantile(probability) / quantile).toBeCloseTo(1, 10);
  });
});

describe('wilsonInterval', () => {
  it.each(golden.wilson)('is SciPy’s for $hits of $n', ({ hits, n, level, low, high }) => {
    const interval = wilsonInterval(hits / n, { n, unit: 'contexts', level });
    expect(interval).toMatchObject({ value: hits / n, level, n, method: `Wilson over ${n} contexts` });
    expect(interval.low).toBeCloseTo(low, 10);
    expect(interval.high).toBeCloseTo(high, 10);
  });

  it('holds its value and stays within 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.nat(500), (n, hits) => {
        const share = Math.min(hits, n) / n;
        const { low, high } = wilsonInterval(share, { n, unit: 'lines' });
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(share);
        expect(high).toBeGreaterThanOrEqual(share);
        expect(high).toBeLessThanOrEqual(1);
        expect(high - low).toBeGreaterThan(0);
      }),
    );
  });

  it('has no bounds for a single sample', () => {
    expect(wilsonInterval(1, { n: 1, unit: 'runs' })).toMatchObject({ low: Number.NaN, high: Number.NaN });
  });
});
