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
 * Mean F1 over classes,
 *
 *     (1 / |C|) Σ F1(c),   c ∈ C
 *
 * @param truth True class of each sample, shape [n].
 * @param predicted Predicted class, shape [n].
 * @param options.over `union`: the classes that are true or predicted, as scikit-learn's default (strict: a class made up by the
 * model costs), and as the paper's public code asks for [K8NTEXT, §6.1.3]; `truth`: only those that occur in the truth, kinder to rare
 * classes that are predicted where they are not.
 * @returns NaN without samples.
 * @throws {RangeError} The two differ in length.
 * @example macroF1([1, 1, 2], [1, 2, 3], { over: 'union' }) // (2/3 + 0 + 0) / 3
 */
export function macroF1(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { over }: { over: 'union' | 'truth' },
): number {
  const { hits, support, given } = count(truth, predicted);
  return meanF1(hits, support, given, over);
}

/** Mean F1 from counts, each of shape [K]; shared with the bootstrap, which resamples the counts. */
export function meanF1(
  hits: Int32Array,
  support: Int32Array,
  given: Int32Array,
  over: 'union' | 'truth',
): number {
  let sum = 0;
  let n = 0;
  for (let k = 0; k < hits.length; k++) {
    if (over === 'truth' ? support[k] === 0 : support[k]! + given[k]! === 0) continue;
    sum += (2 * hits[k]!) / (support[k]! + given[k]!);
    n++;
  }
  return n === 0 ? Number.NaN : sum / n;
}

/**
 * Share of samples that are right.
 *
 * @returns NaN without samples.
 * @throws {RangeError} The two differ in length.
 * @example accuracy([1, 1, 2, 2], [1, 1, 2, 1]) // 0.75
 */
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
 * @throws {RangeError} The two differ in length.
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

/** What is counted of each class. */
export interface Counts {
  /** The classes that are true or predicted, ascending, shape [K]. */
  classes: number[];
  /** Right, true and given samples of each class, shape [K]. */
  hits: Int32Array;
  support: Int32Array;
  given: Int32Array;
  /** Index among `classes` of each sample's true and predicted class, shape [n]. */
  truth: Int32Array;
  predicted: Int32Array;
}

/** Counts the samples of each class. */
export function count(truth: ArrayLike<number>, predicted: ArrayLike<number>): Counts {
  checkLengths(truth, predicted);
  const seen = new Set<number>();
  for (const side of [truth, predicted]) for (let i = 0; i < side.length; i++) seen.add(side[i]!);
  const classes = [...seen].sort((a, b) => a - b);
  const index = new Map(classes.map((name, k) => [name, k]));
  const [trueIndex, givenIndex] = [truth, predicted].map((side) =>
    Int32Array.from(side, (name) => index.get(name)!),
  );
  const counts: Counts = {
    classes,
    hits: new Int32Array(classes.length),
    support: new Int32Array(classes.length),
    given: new Int32Array(classes.length),
    truth: trueIndex!,
    predicted: givenIndex!,
  };
  for (let i = 0; i < truth.length; i++) {
    const [t, q] = [counts.truth[i]!, counts.predicted[i]!];
    counts.support[t]!++;
    counts.given[q]!++;
    if (t === q) counts.hits[t]!++;
  }
  return counts;
}

function checkLengths(truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
  if (truth.length !== predicted.length)
    throw new RangeError(`metrics: expected ${truth.length} predictions, got ${predicted.length}.`);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
