/**
 * Where a distribution symmetric about 0 reaches a probability, by bisection.
 *
 * @param distribution Share below x ≥ 0; continuous, ascending.
 * @param probability In (0, 1).
 * @throws {RangeError} It is not.
 */
export function symmetricQuantile(distribution: (x: number) => number, probability: number): number {
  if (!(probability > 0 && probability < 1))
    throw new RangeError(`metrics: expected a probability in (0, 1), got ${probability}.`);
  if (probability === 0.5) return 0;
  if (probability < 0.5) return -symmetricQuantile(distribution, 1 - probability);
  let low = 0;
  let high = 1;
  while (distribution(high) < probability) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (distribution(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The value below which a share of a sample lies, between two values in proportion: NumPy's default.
 *
 * @param sorted Ascending.
 * @param share In [0, 1].
 * @returns NaN without values.
 * @example sampleQuantile([1, 2, 4], 0.75) // 3
 */
export function sampleQuantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}
