import type { RandomStream } from '../random.js';
import type { Interval } from './interval.js';
import { studentQuantile } from './student.js';

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
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / (draws.length - 1);
  const half =
    groups < 2 || draws.length < 2
      ? Number.NaN
      : studentQuantile(0.5 + level / 2, groups - 1) * Math.sqrt(variance);
  return {
    value,
    low: Math.max(least, value - half),
    high: Math.min(greatest, value + half),
    level,
    n,
    method: `cluster bootstrap over ${groups} ${unit}, ${draws.length} resamples`,
  };
}
