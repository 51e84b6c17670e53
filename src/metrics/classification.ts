/** How well one class was found. */
export interface ClassScore {
  class: number;
  precision: number;
  recall: number;
  /** Harmonic mean of precision and recall; 0 when both are 0. */
  f1: number;
  /** Samples of the class. */
  support: number;
  /** Samples given this class. */
  predicted: number;
}

/**
 * Precision, recall and F1 of every class that is true or predicted at least once, ascending by class.
 *
 *     P = TP / predicted,   R = TP / support,   F1 = 2 TP / (predicted + support)        [SOKOLOVA2009]
 *
 * @param truth True class of each sample, shape [n].
 * @param predicted Predicted class, shape [n].
 * @throws {RangeError} The two differ in length.
 * @example classScores([1, 1, 2], [1, 2, 2])[0] // { class: 1, precision: 1, recall: 0.5, f1: 0.667, support: 2, predicted: 1 }
 */
export function classScores(truth: ArrayLike<number>, predicted: ArrayLike<number>): ClassScore[] {
  const { classes, hits, support, given } = count(truth, predicted);
  return classes.map((name, k) => ({
    class: name,
    precision: ratio(hits[k]!, given[k]!),
    recall: ratio(hits[k]!, support[k]!),
    f1: ratio(2 * hits[k]!, given[k]! + support[k]!),
    support: support[k]!,
    predicted: given[k]!,
  }));
}

/**
 * Mean F1 over classes.
 *
 * @param options.over `union`: the classes that are true or predicted, as scikit-learn's default (strict: a class made up by the
 * model costs); `truth`: only those that occur in the truth, our reading of the paper's “adapted version” [K8NTEXT, §6.1.3].
 * @returns NaN without samples.
 * @example macroF1([1, 1, 2], [1, 2, 3], { over: 'union' }) // (2/3 + 0 + 0) / 3
 */
export function macroF1(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { over }: { over: 'union' | 'truth' },
): number {
  const { classes, hits, support, given } = count(truth, predicted);
  return meanF1(hits, support, given, classes.length, over);
}

/** Mean F1 from counts a class; shared with the bootstrap, which resamples the counts. */
export function meanF1(
  hits: ArrayLike<number>,
  support: ArrayLike<number>,
  given: ArrayLike<number>,
  classes: number,
  over: 'union' | 'truth',
): number {
  let sum = 0;
  let n = 0;
  for (let k = 0; k < classes; k++) {
    if (over === 'truth' ? support[k] === 0 : support[k]! + given[k]! === 0) continue;
    sum += (2 * hits[k]!) / (support[k]! + given[k]!);
    n++;
  }
  return n === 0 ? Number.NaN : sum / n;
}

/** Share of samples that are right. NaN without samples. */
export function accuracy(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkLengths(truth, predicted);
  let right = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) right++;
  return truth.length === 0 ? Number.NaN : right / truth.length;
}

/** How often a class was taken for another (or for itself). */
export interface ConfusionCell {
  truth: number;
  predicted: number;
  count: number;
}

/**
 * The cells of the confusion matrix that are not empty, most frequent first.
 *
 * @example confusion([1, 1, 2], [1, 2, 2]) // [{ truth: 1, predicted: 1, count: 1 }, …]
 */
export function confusion(truth: ArrayLike<number>, predicted: ArrayLike<number>): ConfusionCell[] {
  checkLengths(truth, predicted);
  const cells = new Map<string, ConfusionCell>();
  for (let i = 0; i < truth.length; i++) {
    const key = `${truth[i]} ${predicted[i]}`;
    const cell = cells.get(key) ?? { truth: truth[i]!, predicted: predicted[i]!, count: 0 };
    cell.count++;
    cells.set(key, cell);
  }
  return [...cells.values()].sort(
    (a, b) => b.count - a.count || a.truth - b.truth || a.predicted - b.predicted,
  );
}

/** Classes by ascending number, and the samples of each: right, true, predicted. */
export function count(truth: ArrayLike<number>, predicted: ArrayLike<number>) {
  checkLengths(truth, predicted);
  const classes = [...new Set([...Array.from(truth), ...Array.from(predicted)])].sort((a, b) => a - b);
  const index = new Map(classes.map((name, k) => [name, k]));
  const [hits, support, given] = [0, 1, 2].map(() => new Int32Array(classes.length)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (let i = 0; i < truth.length; i++) {
    const k = index.get(truth[i]!)!;
    support[k]!++;
    given[index.get(predicted[i]!)!]!++;
    if (truth[i] === predicted[i]) hits[k]!++;
  }
  return { classes, index, hits, support, given };
}

function checkLengths(truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
  if (truth.length !== predicted.length)
    throw new RangeError(`metrics: expected ${truth.length} predictions, got ${predicted.length}.`);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
