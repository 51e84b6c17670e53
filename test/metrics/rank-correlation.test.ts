import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../src/metrics/rank-correlation.js';

describe('the rank correlation', () => {
  it('is 1 for values that rise together, −1 for one that falls, whatever their size', () => {
    expect(rankCorrelation([1, 2, 3], [10, 100, 1000])).toBe(1);
    expect(rankCorrelation([1, 2, 3], [5, 4, -7])).toBe(-1);
  });

  it('shares ranks among equal values: here 1, 2½, 2½, 4, 5 and 2, 1, 3½, 3½, 5', () => {
    expect(rankCorrelation([1, 2, 2, 4, 5], [3, 1, 4, 4, 9])).toBeCloseTo(7.25 / 9.5, 12);
  });

  it('has no value for fewer than three samples, or without any spread', () => {
    expect(rankCorrelation([1, 2], [1, 2])).toBeNaN();
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(() => rankCorrelation([1], [])).toThrow('metrics: expected as many values of both, got 1 and 0.');
  });
});
