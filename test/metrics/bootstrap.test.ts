import { describe, expect, it } from 'vitest';
import {
  bootstrapInterval,
  bootstrapMean,
  percentileInterval,
  resample,
} from '../../src/metrics/bootstrap.js';
import { standardDeviation } from '../../src/metrics/moments.js';
import { randomStream } from '../../src/random.js';
import { golden } from './golden.js';

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

  it('is Wilson’s where all draws are right, or all wrong', () => {
    const options = { groups: 100, unit: 'contexts', n: 700, range: [0, 1] as const };
    expect(bootstrapInterval(1, [1, 1, 1], options)).toEqual({
      value: 1,
      low: expect.closeTo(0.963, 3),
      high: 1,
      level: 0.95,
      n: 700,
      method: 'Wilson over 100 contexts',
    });
    expect(bootstrapInterval(0, [0, 0, 0], options)).toMatchObject({
      low: 0,
      high: expect.closeTo(0.037, 3),
    });
    expect(bootstrapInterval(1, [1, 0.9, 1], options).method).toContain('cluster bootstrap');
  });
});

describe('bootstrapMean', () => {
  it.each(golden.bootstrap)('has the percentiles of all draws there are, for $values', (known) => {
    const { values, level } = known;
    const interval = bootstrapMean(values, { random: randomStream(7, 'runs'), resamples: 20_000, level });
    expect(interval).toMatchObject({
      level,
      n: values.length,
      method: `bootstrap percentiles over ${values.length} runs, 20000 resamples`,
    });
    expect(interval.value).toBeCloseTo(known.value, 12);
    const off = standardDeviation(values) / 20;
    expect(Math.abs(interval.low - known.low)).toBeLessThan(off);
    expect(Math.abs(interval.high - known.high)).toBeLessThan(off);
  });

  it('has no bounds for a single run', () => {
    const interval = bootstrapMean([0.9], { random: randomStream(7, 'runs') });
    expect(interval).toMatchObject({ value: 0.9, low: Number.NaN, high: Number.NaN, n: 1 });
  });
});

describe('percentileInterval', () => {
  it('is the middle of the draws', () => {
    const draws = Array.from({ length: 101 }, (_, i) => 100 - i);
    expect(percentileInterval(50, draws, { n: 9, unit: 'runs', level: 0.9 })).toEqual({
      value: 50,
      low: expect.closeTo(5, 9),
      high: expect.closeTo(95, 9),
      level: 0.9,
      n: 9,
      method: 'bootstrap percentiles over 9 runs, 101 resamples',
    });
  });
});
