import { mean, standardDeviation } from './moments.js';
import { studentQuantile } from './student.js';
import { pairedDifferences } from './t-test.js';

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
 * @param values One a run.
 * @param level As in 0.95, the default.
 * @returns Bounds are NaN for fewer than two values.
 * @example meanInterval([0.91, 0.93, 0.92])
 */
export function meanInterval(values: readonly number[], level = 0.95): Interval {
  return { ...nadeauBengioInterval(values, 0, level), method: 'Student t over runs' };
}

/**
 * Mean difference of paired runs, a − b, with Student's interval over the pairs: 0 outside of it speaks for a difference.
 *
 * @param a One value a run.
 * @param b Of the same runs (same seed, same split) with the other setting.
 * @throws {RangeError} The two differ in length.
 * @example pairedDifference([0.93, 0.92], [0.91, 0.91]).value // 0.015
 */
export function pairedDifference(a: readonly number[], b: readonly number[], level = 0.95): Interval {
  return {
    ...meanInterval(pairedDifferences(a, b), level),
    method: 'Student t over paired differences',
  };
}

/**
 * Mean over n random splits of the same rows. Their scores depend on one another, since splits share training rows, so the variance
 * of the mean is not s²/n but
 *
 *     s² · (1/n + n_test / n_train)        [NADEAU2003]
 *
 * @param values One a split; or a difference of two settings on the same split.
 * @param testShare n_test / n_train, as in 0.1 / 0.9.
 * @param level As in 0.95, the default.
 * @returns Bounds are NaN for fewer than two values.
 * @example nadeauBengioInterval([0.91, 0.93, 0.92], 0.1 / 0.9)
 */
export function nadeauBengioInterval(values: readonly number[], testShare: number, level = 0.95): Interval {
  const value = mean(values);
  const n = values.length;
  const half =
    n < 2
      ? Number.NaN
      : studentQuantile(0.5 + level / 2, n - 1) * standardDeviation(values) * Math.sqrt(1 / n + testShare);
  return { value, low: value - half, high: value + half, level, n, method: 'Nadeau–Bengio corrected t' };
}

/**
 * Adjusted p-values that keep the chance of any false finding among m tests at the level of one [HOLM1979]:
 *
 *     p̃(i) = max over j ≤ i of min(1, (m − j + 1) · p(j)),   p(1) ≤ … ≤ p(m)
 *
 * @param pValues In [0, 1], in any order.
 * @returns In the order given.
 * @throws {RangeError} A value is not in [0, 1].
 * @example holm([0.01, 0.04]) // [0.02, 0.04]
 */
export function holm(pValues: readonly number[]): number[] {
  for (const p of pValues)
    if (!(p >= 0 && p <= 1)) throw new RangeError(`metrics: expected a p-value in [0, 1], got ${p}.`);
  const order = pValues.map((p, i) => [p, i] as const).sort(([a], [b]) => a - b);
  const adjusted = new Array<number>(pValues.length);
  let most = 0;
  order.forEach(([p, i], rank) => {
    most = Math.max(most, Math.min(1, p * (pValues.length - rank)));
    adjusted[i] = most;
  });
  return adjusted;
}
