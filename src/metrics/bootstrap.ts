import type { RandomStream } from '../random.js';
import type { Interval } from './interval.js';
import { mean, standardDeviation } from './moments.js';
import { sampleQuantile } from './quantile.js';
import { studentQuantile } from './student.js';
import { wilsonInterval } from './wilson.js';

export interface ResampleOptions {
  /** How many times the groups are drawn anew. */
  resamples: number;
  /** Decides which are drawn. */
  random: RandomStream;
}

/**
 * Draws groups with replacement, as many as there are, again and again: a cluster bootstrap [EFRON1993, ch. 8].
 *
 * @param groups G.
 * @param score Is given how often each group was drawn, shape [G], Σ = G; the same array each time.
 * @returns What `score` said of each draw.
 * @example resample(3, { resamples: 1000, random: randomStream(7, 'bootstrap') }, (times) => mean(times))
 */
export function resample<T>(
  groups: number,
  { resamples, random }: ResampleOptions,
  score: (times: Int32Array) => T,
): T[] {
  const times = new Int32Array(groups);
  return Array.from({ length: groups === 0 ? 0 : resamples }, () => {
    times.fill(0);
    for (let i = 0; i < groups; i++) times[random.integer(groups)]!++;
    return score(times);
  });
}

export interface BootstrapOptions {
  /** G, groups that were drawn from. */
  groups: number;
  /** What a group is, in the plural. */
  unit: string;
  /** Samples scored. */
  n: number;
  /** Default 0.95. */
  level?: number;
  /** Least and greatest value the score can have. Default none. */
  range?: readonly [number, number];
}

/**
 * The interval of a score whose standard error is that of its resampled values,
 *
 *     value ± t(1 − α/2, G − 1) · sd(draws)        [EFRON1993, ch. 6 and 12]
 *
 * and not the draws' percentiles: macro F1 is lower in a draw than in the sample, since a class that is drawn only as a wrong
 * prediction scores 0, so that percentiles can leave out the very value they are for.
 *
 * Where every draw of a share (`range` from 0) says the same 0 or 1, all samples are wrong or right and resampling knows no doubt: then it is Wilson's interval over
 * the groups.
 *
 * @param value The score of the samples themselves.
 * @param draws Its resampled values.
 * @returns Bounds are NaN for fewer than two groups.
 * @example bootstrapInterval(0.9, draws, { groups: 120, unit: 'contexts', n: 600, range: [0, 1] })
 */
export function bootstrapInterval(
  value: number,
  draws: readonly number[],
  { groups, unit, n, level = 0.95, range: [least, greatest] = [-Infinity, Infinity] }: BootstrapOptions,
): Interval {
  if (least === 0 && groups >= 2 && (value === 0 || value === 1) && draws.every((draw) => draw === value))
    return { ...wilsonInterval(value, { n: groups, unit, level }), n };
  const half =
    groups < 2 || draws.length < 2
      ? Number.NaN
      : studentQuantile(0.5 + level / 2, groups - 1) * standardDeviation(draws);
  return {
    value,
    low: Math.max(least, value - half),
    high: Math.min(greatest, value + half),
    level,
    n,
    method: `cluster bootstrap over ${groups} ${unit}, ${draws.length} resamples`,
  };
}

/**
 * The interval of the middle draws, their percentiles α/2 and 1 − α/2 [EFRON1993, ch. 13].
 *
 * @param value Of the sample itself.
 * @param draws Resampled values.
 * @param options.n Runs, or other units, drawn from; `unit` is what they are, in the plural.
 * @returns Bounds are NaN for fewer than two units.
 * @example percentileInterval(0.9, draws, { n: 20, unit: 'runs' })
 */
export function percentileInterval(
  value: number,
  draws: readonly number[],
  { n, unit, level = 0.95 }: { n: number; unit: string; level?: number },
): Interval {
  const sorted = Float64Array.from(draws).sort();
  const bound = (share: number): number => (n < 2 ? Number.NaN : sampleQuantile(sorted, share));
  return {
    value,
    low: bound(0.5 - level / 2),
    high: bound(0.5 + level / 2),
    level,
    n,
    method: `bootstrap percentiles over ${n} ${unit}, ${draws.length} resamples`,
  };
}

/**
 * Mean of runs with the interval of a bootstrap that draws runs: no normal distribution is assumed, but of few runs it is too narrow
 * (n runs: by about √((n − 1)/n), and t's heavier tails are missing). Beside Student's it tells whether the runs are lopsided.
 *
 * @param values One a run.
 * @param options.random Decides which are drawn.
 * @param options.resamples Default 10 000.
 * @returns Bounds are NaN for fewer than two runs.
 * @example bootstrapMean([0.91, 0.93, 0.92], { random: randomStream(7, 'runs') })
 */
export function bootstrapMean(
  values: readonly number[],
  { random, resamples = 10_000, level = 0.95 }: { random: RandomStream; resamples?: number; level?: number },
): Interval {
  const n = values.length;
  const draws = resample(n, { resamples, random }, (times) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[i]! * times[i]!;
    return sum / n;
  });
  return percentileInterval(mean(values), draws, { n, unit: 'runs', level });
}
