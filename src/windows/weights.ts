/**
 * How often each class appears over all windows: the paper's class weight [K8NTEXT, §6.5.2]. A line counts once for each window that
 * holds it.
 *
 * @param starts First rows of the windows, shape [M].
 * @param size W.
 * @param classes Class of each row, shape [N].
 * @returns Appearances by class, in order of the rows; Σ = M · W.
 * @example classCounts(Int32Array.of(0, 1), 2, [5, 5, 6]) // Map { 5 => 3, 6 => 1 }
 */
export function classCounts(
  starts: Int32Array,
  size: number,
  classes: ArrayLike<number>,
): Map<number, number> {
  const change = new Int32Array(classes.length + 1);
  for (const start of starts) {
    change[start]!++;
    change[start + size]!--;
  }
  const counts = new Map<number, number>();
  let windows = 0;
  for (let row = 0; row < classes.length; row++) {
    windows += change[row]!;
    if (windows > 0) counts.set(classes[row]!, (counts.get(classes[row]!) ?? 0) + windows);
  }
  return counts;
}

/**
 * Weights that make every class count the same, as scikit-learn's “balanced”:
 *
 *     w(k) = Σ counts / (K · count(k))
 *
 * for the K classes that have a count.
 *
 * @param counts Appearances of each class.
 * @example classWeights(new Map([[5, 3], [6, 1]])) // Map { 5 => 0.667, 6 => 2 }
 */
export function classWeights(counts: ReadonlyMap<number, number>): Map<number, number> {
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  return new Map([...counts].map(([key, count]) => [key, total / (counts.size * count)]));
}
