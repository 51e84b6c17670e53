/**
 * The class that is most frequent in training, for every sample; on a tie the smallest.
 *
 * @param train Classes of the training rows; without any, 0 is predicted.
 * @param n Samples to predict.
 * @returns Shape [n].
 * @example majorityBaseline([1, 2, 2], 2) // Int32Array [2, 2]
 */
export function majorityBaseline(train: ArrayLike<number>, n: number): Int32Array {
  const counts = new Map<number, number>();
  for (let i = 0; i < train.length; i++) counts.set(train[i]!, (counts.get(train[i]!) ?? 0) + 1);
  const [best = 0] = [...counts].sort(([a, m], [b, k]) => k - m || a - b)[0] ?? [];
  return new Int32Array(n).fill(best);
}

/**
 * The TRUE class of the line before, for every line: what one would get who knew each answer one line late. No labeller can have
 * that; it tells how much of a score is due to lines of one context following one another. The first line has its own.
 *
 * @param truth True classes in the order of the log, shape [N].
 * @returns Shape [N].
 * @example previousLineBaseline([1, 1, 2]) // Int32Array [1, 1, 1]
 */
export function previousLineBaseline(truth: ArrayLike<number>): Int32Array {
  return Int32Array.from(truth, (_, i) => truth[Math.max(0, i - 1)]!);
}

/**
 * The label of the line's own action: what the line says of itself, without any context.
 *
 * @param own Class of each line's own action, shape [N].
 * @returns A copy, shape [N].
 * @example ownActionBaseline([3, 1]) // Int32Array [3, 1]
 */
export function ownActionBaseline(own: ArrayLike<number>): Int32Array {
  return Int32Array.from(own);
}
