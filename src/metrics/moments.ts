/** Mean of values; NaN without any. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/**
 * Standard deviation of a sample,
 *
 *     s = √(Σ (xᵢ − x̄)² / (n − 1))
 *
 * @returns NaN for fewer than two values.
 * @example standardDeviation([1, 3]) // 1.414
 */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return Math.sqrt(squares / Math.max(0, values.length - 1));
}
