import type { RandomStream } from '../random.js';
import { percentileInterval, resample } from './bootstrap.js';
import type { Interval } from './interval.js';
import { pairedDifferences } from './t-test.js';
import { wilsonInterval } from './wilson.js';

export interface SuperiorityOptions {
  /** Whether a[i] and b[i] are of the same run. */
  paired: boolean;
  /** Decides the resamples. */
  random: RandomStream;
  /** Default 10 000. */
  resamples?: number;
  /** Default 0.95. */
  level?: number;
}

/**
 * How probable it is that a run of A is better than one of B, ties counted half [AGARWAL2021, Mann and Whitney's U as a share]:
 *
 *     P(A > B) = mean of [a > b] + [a = b] / 2     over pairs of the same run, or over all pairs where runs are not paired
 *
 * with the percentiles of a bootstrap that draws runs; where all draws agree, as when A wins every time, Wilson's interval.
 *
 * @returns NaN without runs.
 * @throws {RangeError} Paired runs differ in number.
 * @example superiority([0.93, 0.92], [0.91, 0.93], { paired: true, random: randomStream(1, 'superiority') }).value // 0.5
 */
export function superiority(
  a: readonly number[],
  b: readonly number[],
  { paired, random, resamples = 10_000, level = 0.95 }: SuperiorityOptions,
): Interval {
  const n = Math.min(a.length, b.length);
  if (paired) {
    const wins = pairedDifferences(a, b).map(win);
    const draws = resample(n, { resamples, random }, (times) => weightedMean(wins, times));
    return intervalOf(weightedMean(wins), draws, { n, unit: 'pairs of runs', level });
  }
  const wins = a.map((value) => b.map((other) => win(value - other)));
  const share = (over: ArrayLike<number> | undefined, under: ArrayLike<number> | undefined) =>
    weightedMean(
      wins.map((row) => weightedMean(row, under)),
      over,
    );
  const draws =
    n === 0
      ? []
      : Array.from({ length: resamples }, () => share(drawn(a.length, random), drawn(b.length, random)));
  return intervalOf(share(undefined, undefined), draws, { n, unit: 'runs of each', level });
}

const win = (difference: number): number => (difference > 0 ? 1 : difference === 0 ? 0.5 : 0);

function weightedMean(values: readonly number[], times?: ArrayLike<number>): number {
  let [sum, n] = [0, 0];
  values.forEach((value, i) => {
    sum += value * (times?.[i] ?? 1);
    n += times?.[i] ?? 1;
  });
  return sum / n;
}

function drawn(groups: number, random: RandomStream): Int32Array {
  return resample(groups, { resamples: 1, random }, (times) => times.slice())[0]!;
}

function intervalOf(
  value: number,
  draws: readonly number[],
  options: { n: number; unit: string; level: number },
): Interval {
  const agree = draws.every((draw) => draw === draws[0]);
  return agree && (value === 0 || value === 1)
    ? wilsonInterval(value, options)
    : percentileInterval(value, draws, options);
}
