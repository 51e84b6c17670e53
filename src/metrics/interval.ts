import { studentQuantile } from './student.js';

/** A value with the interval that holds it at confidence `level`. */
export interface Interval {
  value: number;
  low: number;
  high: number;
  /** As in 0.95. */
  level: number;
  /** Samples, or runs. */
  n: number;
  /** How the interval was found. */
  method: string;
}

/**
 * Mean of independent runs with Student's interval.
 *
 *     x̄ ± t(1 − α/2, n − 1) · s / √n
 *
 * @returns Bounds are NaN for fewer than two values.
 * @example meanInterval([0.91, 0.93, 0.92])
 */
export function meanInterval(values: readonly number[], level = 0.95): Interval {
  const { mean, deviation } = moments(values);
  const n = values.length;
  const half = n < 2 ? Number.NaN : (studentQuantile(0.5 + level / 2, n - 1) * deviation) / Math.sqrt(n);
  return { value: mean, low: mean - half, high: mean + half, level, n, method: 'Student t over runs' };
}

/**
 * Mean difference of paired runs, a − b, with Student's interval over the pairs.
 *
 * @throws {RangeError} The two differ in length.
 */
export function pairedDifference(a: readonly number[], b: readonly number[], level = 0.95): Interval {
  if (a.length !== b.length)
    throw new RangeError(`metrics: expected ${a.length} paired values, got ${b.length}.`);
  return {
    ...meanInterval(
      a.map((value, i) => value - b[i]!),
      level,
    ),
    method: 'Student t over paired differences',
  };
}

/**
 * Mean over resampled splits that overlap: the variance is corrected for the training rows that splits share.
 *
 *     s² · (1/n + n_test / n_train)                                [NADEAU2003]
 *
 * @param testShare n_test / n_train.
 */
export function nadeauBengioInterval(values: readonly number[], testShare: number, level = 0.95): Interval {
  const { mean, deviation } = moments(values);
  const n = values.length;
  const half =
    n < 2 ? Number.NaN : studentQuantile(0.5 + level / 2, n - 1) * deviation * Math.sqrt(1 / n + testShare);
  return { value: mean, low: mean - half, high: mean + half, level, n, method: 'Nadeau–Bengio corrected t' };
}

/**
 * Adjusted p-values that keep the chance of any false finding at the level of one test [HOLM1979].
 *
 * @example holm([0.01, 0.04]) // [0.02, 0.04]
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, i) => [p, i] as const).sort(([a], [b]) => a - b);
  const adjusted = new Array<number>(pValues.length);
  let most = 0;
  order.forEach(([p, i], rank) => {
    most = Math.max(most, Math.min(1, p * (pValues.length - rank)));
    adjusted[i] = most;
  });
  return adjusted;
}

/** The value below which a share of sorted values lies, by linear interpolation. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
