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
 * The class that is most frequent in training among the samples that look the same; on a tie the smallest. What one gets from one line
 * alone, however good the model.
 *
 * @param train What the training samples look like, and their classes.
 * @param keys What each sample to predict looks like, shape [n].
 * @param fallback Class of a sample that looks like none in training, shape [n].
 * @returns Shape [n].
 * @throws {RangeError} Two lists that belong together differ in length.
 * @example tupleBaseline({ keys: ['a', 'a', 'a'], classes: [1, 2, 2] }, ['a', 'b'], [7, 8]) // Int32Array [2, 8]
 */
export function tupleBaseline(
  train: { keys: ArrayLike<string>; classes: ArrayLike<number> },
  keys: ArrayLike<string>,
  fallback: ArrayLike<number>,
): Int32Array {
  checkLengths(train.keys, train.classes);
  checkLengths(keys, fallback);
  const alike = new Map<string, number[]>();
  for (let i = 0; i < train.keys.length; i++) {
    const classes = alike.get(train.keys[i]!);
    if (classes) classes.push(train.classes[i]!);
    else alike.set(train.keys[i]!, [train.classes[i]!]);
  }
  const most = new Map(Array.from(alike, ([key, classes]) => [key, majorityBaseline(classes, 1)[0]!]));
  return Int32Array.from(fallback, (own, i) => most.get(keys[i]!) ?? own);
}

/**
 * The TRUE class of the line before, for every line: what one would get who knew each answer one line late. No labeller can have
 * that; it tells how much of a score is due to lines of one context following one another. The first line of a sequence, which has none
 * before it, says its own action.
 *
 * @param truth True classes in the order of the log, shape [N].
 * @param own Class of each line's own action, shape [N].
 * @param sequence Name of each line's sequence, a capture, shape [N]. Default: all are of one.
 * @returns Shape [N].
 * @throws {RangeError} The lists differ in length.
 * @example previousLineBaseline([1, 1, 2], [5, 6, 7]) // Int32Array [5, 1, 1]
 */
export function previousLineBaseline(
  truth: ArrayLike<number>,
  own: ArrayLike<number>,
  sequence?: ArrayLike<string>,
): Int32Array {
  checkLengths(truth, own);
  if (sequence) checkLengths(truth, sequence);
  return Int32Array.from(truth, (_, i) =>
    i === 0 || sequence?.[i] !== sequence?.[i - 1] ? own[i]! : truth[i - 1]!,
  );
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

function checkLengths(a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  if (a.length !== b.length) throw new RangeError(`metrics: expected ${a.length} items, got ${b.length}.`);
}
