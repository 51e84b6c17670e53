import { describe, expect, it } from 'vitest';
import { bootstrapInterval, resample } from '../../src/metrics/bootstrap.js';
import { randomStream } from '../../src/random.js';

const options = (resamples: number) => ({ resamples, random: randomStream(7, 'bootstrap') });

describe('resample', () => {
  it('draws as many groups as there are, with replacement', () => {
    const sums = resample(5, options(200), (times) => times.reduce((a, b) => a + b, 0));
    expect(sums).toEqual(new Array(200).fill(5));
    const most = resample(5, options(200), (times) => Math.max(...times));
    expect(Math.max(...most)).toBeGreaterThan(1);
  });

  it('draws the same for the same seed', () => {
    const draw = () => resample(9, options(20), (times) => times.join());
    expect(draw()).toEqual(draw());
  });

  it('draws nothing from no groups', () => {
    expect(resample(0, options(20), () => 1)).toEqual([]);
  });
});

describe('bootstrapInterval', () => {
  it('has the standard error of a mean that theory gives', () => {
    const random = randomStream(7, 'values');
    const values = Array.from({ length: 400 }, () => random.next());
    const draws = resample(
      values.length,
      options(2000),
      (times) => values.reduce((sum, value, i) => sum + value * times[i]!, 0) / values.length,
    );
    const { low, high } = bootstrapInterval(0.5, draws, { groups: 400, unit: 'values', n: 400 });
    expect((high - low) / 2 / 1.966).toBeCloseTo(Math.sqrt(1 / 12 / 400), 3);
  });

  it('holds its value and stays within its range', () => {
    const interval = bootstrapInterval(0.99, [0.8, 0.9, 0.95], {
      groups: 3,
      unit: 'contexts',
      n: 30,
      range: [0, 1],
    });
    expect(interval).toEqual({
      value: 0.99,
      low: expect.closeTo(0.99 - 4.302652729749464 * 0.07637626158259735, 9),
      high: 1,
      level: 0.95,
      n: 30,
      method: 'cluster bootstrap over 3 contexts, 3 resamples',
    });
  });

  it('has no bounds for a single group', () => {
    const interval = bootstrapInterval(0.9, [0.9, 0.9], { groups: 1, unit: 'contexts', n: 4, range: [0, 1] });
    expect(interval).toMatchObject({ value: 0.9, low: Number.NaN, high: Number.NaN });
  });
});
