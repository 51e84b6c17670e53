import { describe, expect, it } from 'vitest';
import { mean, standardDeviation } from '../../src/metrics/moments.js';
import { sampleQuantile } from '../../src/metrics/quantile.js';
import { golden } from './golden.js';

describe('standardDeviation', () => {
  it.each(golden.tests)('is NumPy’s for differences of $a and $b', ({ a, b, deviation }) => {
    const differences = a.map((value, i) => value - b[i]!);
    expect(standardDeviation(differences)).toBeCloseTo(deviation, 12);
  });

  it('is no number for a single value, and neither is a mean of none', () => {
    expect(standardDeviation([1])).toBeNaN();
    expect(standardDeviation([])).toBeNaN();
    expect(mean([])).toBeNaN();
    expect(mean([1, 3])).toBe(2);
  });
});

describe('sampleQuantile', () => {
  it('lies between two values in proportion', () => {
    expect(sampleQuantile([1, 2, 4], 0)).toBe(1);
    expect(sampleQuantile([1, 2, 4], 0.75)).toBe(3);
    expect(sampleQuantile([1, 2, 4], 1)).toBe(4);
    expect(sampleQuantile([], 0.5)).toBeNaN();
  });
});
