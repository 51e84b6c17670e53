import type { Interval } from './interval.js';
import { symmetricQuantile } from './quantile.js';

/**
 * Wilson's interval of a share [WILSON1927],
 *
 *     (p + z²/2n ± z · √(p (1 − p) / n + z²/4n²)) / (1 + z²/n),   z = Φ⁻¹(1 − α/2)
 *
 * which has a width at 0 and at 1 too, where resampling has none.
 *
 * @param share p, in [0, 1].
 * @param options.n Independent samples.
 * @param options.unit What they are, in the plural.
 * @param options.level Default 0.95.
 * @returns Bounds are NaN for fewer than two samples.
 * @example wilsonInterval(1, { n: 100, unit: 'contexts' }).low // 0.963
 */
export function wilsonInterval(
  share: number,
  { n, unit, level = 0.95 }: { n: number; unit: string; level?: number },
): Interval {
  const z = normalQuantile(0.5 + level / 2);
  const weight = 1 + z ** 2 / n;
  const centre = (share + z ** 2 / (2 * n)) / weight;
  const half = (z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))) / weight;
  const bounds = n < 2 ? { low: Number.NaN, high: Number.NaN } : { low: centre - half, high: centre + half };
  // Exactly so, whatever rounding says.
  if (n >= 2 && share === 0) bounds.low = 0;
  if (n >= 2 && share === 1) bounds.high = 1;
  return { value: share, ...bounds, level, n, method: `Wilson over ${n} ${unit}` };
}

/**
 * The quantile of the normal distribution.
 *
 * @throws {RangeError} The probability is not in (0, 1).
 * @example normalQuantile(0.975) // 1.96
 */
export function normalQuantile(probability: number): number {
  return symmetricQuantile(normalDistribution, probability);
}

/** Φ(x) = 1/2 + φ(x) · Σ x^(2k+1) / (1 · 3 · … · (2k + 1)) [DLMF, 7.6.2]. */
function normalDistribution(x: number): number {
  let [term, sum] = [x, 0];
  for (let k = 1; sum + term !== sum; k++) {
    sum += term;
    term *= (x * x) / (2 * k + 1);
  }
  return 0.5 + (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
