import { meanInterval, nadeauBengioInterval } from '../../metrics/interval.js';
import { mean, standardDeviation } from '../../metrics/moments.js';

/** Something measured in each run of a cell. */
export interface Summary {
  n: number;
  mean: number;
  /** Standard deviation over runs; NaN for fewer than two. */
  sd: number;
  /** Bounds of the mean; NaN for fewer than two runs. */
  low: number;
  high: number;
  /** How they were found. */
  method: string;
  values: readonly number[];
}

export interface SummaryOptions {
  /** Of the interval, as in 0.95. */
  level: number;
  /** n_test / n_train where every run draws its own test windows; null where all have the same test part. */
  testShare: number | null;
  /** Least and greatest value that there can be. Default none. */
  bounds?: readonly [number, number];
}

/**
 * Mean, standard deviation and interval of values, one a run.
 *
 * @example summarise([0.91, 0.93], { level: 0.95, testShare: null }).mean // 0.92
 */
export function summarise(values: readonly number[], options: SummaryOptions): Summary {
  const { level, testShare, bounds: [least, most] = [-Infinity, Infinity] } = options;
  const { low, high, method } =
    testShare === null ? meanInterval(values, level) : nadeauBengioInterval(values, testShare, level);
  return {
    n: values.length,
    mean: mean(values),
    sd: standardDeviation(values),
    low: Math.max(least, low),
    high: Math.min(most, high),
    method,
    values,
  };
}
