import { symmetricQuantile } from './quantile.js';

/**
 * The quantile of Student's t distribution, by bisection of its distribution function.
 *
 * @param probability In (0, 1).
 * @param freedom Degrees of freedom, above 0.
 * @throws {RangeError} Either is out of its range.
 * @example studentQuantile(0.975, 10) // 2.2281
 */
export function studentQuantile(probability: number, freedom: number): number {
  if (!(freedom > 0)) throw new RangeError(`metrics: expected freedom above 0, got ${freedom}.`);
  return symmetricQuantile((t) => studentDistribution(t, freedom), probability);
}

/** Share of Student's t distribution below t ≥ 0: 1 − I(ν / (ν + t²); ν/2, 1/2) / 2 [DLMF, 8.17]. */
export function studentDistribution(t: number, freedom: number): number {
  return 1 - studentTails(t, freedom) / 2;
}

/** Share of Student's t distribution beyond −|t| and |t|: the two-sided p-value of t. */
export function studentTails(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The regularized incomplete beta function, by its continued fraction [DLMF, 8.17.22]. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2)
    ? (front * continuedFraction(x, a, b)) / a
    : 1 - (front * continuedFraction(1 - x, b, a)) / b;
}

/** Lentz's evaluation of the fraction. */
function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 1000; m++) {
    let change = 1;
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      change = c * d;
      result *= change;
    }
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return result;
}

/** ln Γ(x), x > 0, by Stirling's series above 10 [DLMF, 5.11]. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 10) shift -= Math.log(y++);
  const z = 1 / (y * y);
  const series = (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z / 1680))) / y;
  return shift + (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
}
