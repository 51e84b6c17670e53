/**
 * Spearman's rank correlation: Pearson's of the ranks, equal values sharing their mean rank.
 *
 *     ρ = Σ (r(xᵢ) − r̄)(r(yᵢ) − r̄) / √(Σ (r(xᵢ) − r̄)² · Σ (r(yᵢ) − r̄)²)
 *
 * @param x, y Of the same samples, shape [n].
 * @returns In [−1, 1]; NaN for fewer than three samples, or when all values of one are equal.
 * @throws {RangeError} The two differ in length.
 * @example rankCorrelation([1, 2, 3], [10, 100, 1000]) // 1
 */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length)
    throw new RangeError(`metrics: expected as many values of both, got ${x.length} and ${y.length}.`);
  if (x.length < 3) return Number.NaN;
  const [a, b] = [ranks(x), ranks(y)];
  const middle = (x.length + 1) / 2;
  const product = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, value, i) => sum + (value - middle) * (q[i]! - middle), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** Ranks from 1; equal values share their mean rank. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const out = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && order[to + 1]!.value === order[from]!.value) to++;
    for (let k = from; k <= to; k++) out[order[k]!.i] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return out;
}
