import { mean, standardDeviation } from './moments.js';
import { studentTails } from './student.js';

/** A test of whether a mean is 0. */
export interface TTest {
  t: number;
  /** Degrees of freedom. */
  freedom: number;
  /** Two-sided. NaN for fewer than two values. */
  p: number;
}

/**
 * Student's test of paired runs: are a and b the same on average?
 *
 *     t = d̄ / (s / √n),   d = a − b
 *
 * @param a One value a run.
 * @param b Of the same runs with the other setting.
 * @throws {RangeError} The two differ in length.
 * @example pairedTTest([0.93, 0.92, 0.95], [0.91, 0.91, 0.92]).p // 0.07
 */
export function pairedTTest(a: readonly number[], b: readonly number[]): TTest {
  return correctedTTest(a, b, 0);
}

/**
 * The test of paired random splits of the same rows, whose variance is greater than it looks: the corrected resampled t test [NADEAU2003]
 *
 *     t = d̄ / (s · √(1/n + n_test / n_train))
 *
 * @param testShare n_test / n_train, as in 0.1 / 0.9.
 * @throws {RangeError} The two differ in length.
 * @example correctedTTest([0.93, 0.92, 0.95], [0.91, 0.91, 0.92], 0.1 / 0.9).p // 0.1
 */
export function correctedTTest(a: readonly number[], b: readonly number[], testShare: number): TTest {
  const differences = pairedDifferences(a, b);
  const n = differences.length;
  const centre = mean(differences);
  const freedom = n - 1;
  if (n < 2) return { t: Number.NaN, freedom, p: Number.NaN };
  const deviation = standardDeviation(differences);
  // Runs that are equal to the last bit.
  if (centre === 0 && deviation === 0) return { t: 0, freedom, p: 1 };
  const t = centre / (deviation * Math.sqrt(1 / n + testShare));
  return { t, freedom, p: studentTails(t, freedom) };
}

/**
 * Differences of paired runs, a − b.
 *
 * @throws {RangeError} The two differ in length.
 */
export function pairedDifferences(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length)
    throw new RangeError(`metrics: expected ${a.length} paired values, got ${b.length}.`);
  return a.map((value, i) => value - b[i]!);
}
