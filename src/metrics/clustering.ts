import { heaviestMatching } from './assignment.js';

/** The cluster of a line, as in a context's id. Null: a cluster of its own, which no other line shares. */
export type ClusterId = string | number | null;

/** Precision, recall and their harmonic mean; 0 where nothing is counted. */
export interface PrecisionRecall {
  precision: number;
  recall: number;
  f1: number;
}

/** How well lines are put together. All in [0, 1] but `ari`, which is from −0.5 to 1. */
export interface ClusteringScores {
  /** N, lines. */
  lines: number;
  /** True and given clusters, those of one line among them. */
  clusters: { truth: number; predicted: number };
  /** Clusters of two lines or more that are the same set of lines on both sides. */
  exact: PrecisionRecall;
  bCubed: PrecisionRecall;
  ceafE: PrecisionRecall;
  /** Adjusted Rand index. */
  ari: number;
  /** Share of the lines in the best one-to-one matching of clusters. */
  oneToOne: number;
  vMeasure: { homogeneity: number; completeness: number; v: number };
}

/**
 * Scores a clustering of lines as conversations are scored.
 *
 * With T(i), P(i) the true and the given cluster of line i, t, p any of them, and 2PR / (P + R) for every F1:
 *
 *     exact      P = #{p = some t, |p| ≥ 2} / #{p, |p| ≥ 2}, R likewise                        [KUMMERFELD2019]
 *     B-cubed    P = 1/N Σᵢ |T(i) ∩ P(i)| / |P(i)|, R = 1/N Σᵢ |T(i) ∩ P(i)| / |T(i)|          [BAGGA1998]
 *     CEAF-e     Φ = max over one-to-one matchings of Σ 2 |t ∩ p| / (|t| + |p|); P = Φ / #p, R = Φ / #t   [LUO2005]
 *     ARI        (Σ C(n_tp, 2) − E) / (½ (Σ C(|t|, 2) + Σ C(|p|, 2)) − E), E = Σ C(|t|, 2) Σ C(|p|, 2) / C(N, 2)   [HUBERT1985]
 *     1-to-1     max over one-to-one matchings of Σ |t ∩ p| / N                                [ELSNER2008]
 *     V          homogeneity h = 1 − H(T|P) / H(T), completeness c = 1 − H(P|T) / H(P), V = 2hc / (h + c)   [ROSENBERG2007]
 *
 * @param truth Shape [N].
 * @param predicted Shape [N].
 * @throws {RangeError} The two differ in length.
 * @example clusteringScores(['a', 'a', 'b', 'b'], [1, 1, 1, 2]).bCubed.recall // 0.75
 */
export function clusteringScores(
  truth: readonly ClusterId[],
  predicted: readonly ClusterId[],
): ClusteringScores {
  const table = crossTable(truth, predicted);
  const { n, sizes, cells } = table;
  const edges = (worth: (both: number, t: number, p: number) => number) =>
    cells.map(([t, p, both]) => [t, p, worth(both, sizes.truth[t]!, sizes.predicted[p]!)] as const);
  const similar = heaviestMatching(edges((both, t, p) => (2 * both) / (t + p)));
  return {
    lines: n,
    clusters: { truth: sizes.truth.length, predicted: sizes.predicted.length },
    exact: exactClusters(table),
    bCubed: meanOverLines(table),
    ceafE: withF1(ratio(similar, sizes.predicted.length), ratio(similar, sizes.truth.length)),
    ari: adjustedRand(table),
    oneToOne: ratio(heaviestMatching(edges((both) => both)), n),
    vMeasure: vMeasure(table),
  };
}

/** Scores of the lines whose true clusters are of some size. */
export interface SizeScores {
  /** Lines in a cluster, from and to; `to` is infinite for the last. */
  from: number;
  to: number;
  lines: number;
  clusters: number;
  /** Share of the clusters that are found whole and alone. */
  exact: number;
  bCubed: PrecisionRecall;
}

/** Where groups of sizes begin. */
const SIZES = [1, 2, 5, 10, 20, 50, 100] as const;

/**
 * Exact share and B-cubed by the size of the true cluster. Sizes that no cluster has are left out.
 *
 * @param from Where groups begin. Default 1, 2, 5, 10, 20, 50, 100 lines.
 * @throws {RangeError} The two differ in length.
 * @example scoresBySize(['a', 'b', 'b'], [1, 2, 2])[1] // { from: 2, to: 4, lines: 2, clusters: 1, exact: 1, … }
 */
export function scoresBySize(
  truth: readonly ClusterId[],
  predicted: readonly ClusterId[],
  from: readonly number[] = SIZES,
): SizeScores[] {
  const { sizes, cells } = crossTable(truth, predicted);
  const groups = from.map((first, i) => ({
    ...{ from: first, to: (from[i + 1] ?? Number.POSITIVE_INFINITY) - 1, lines: 0, clusters: 0 },
    ...{ whole: 0, precision: 0, recall: 0 },
  }));
  const groupOf = (size: number) => groups.findLast((group) => group.from <= size);
  for (const size of sizes.truth) {
    const group = groupOf(size);
    if (!group) continue;
    group.clusters++;
    group.lines += size;
  }
  for (const [t, p, both] of cells) {
    const group = groupOf(sizes.truth[t]!);
    if (!group) continue;
    group.precision += (both * both) / sizes.predicted[p]!;
    group.recall += (both * both) / sizes.truth[t]!;
    if (both === sizes.truth[t] && both === sizes.predicted[p]) group.whole++;
  }
  return groups
    .filter(({ clusters }) => clusters > 0)
    .map(({ whole, precision, recall, ...group }) => ({
      ...group,
      exact: whole / group.clusters,
      bCubed: withF1(precision / group.lines, recall / group.lines),
    }));
}

/** How many lines each pair of clusters shares; pairs that share none are left out. */
interface CrossTable {
  n: number;
  sizes: { truth: number[]; predicted: number[] };
  cells: (readonly [truth: number, predicted: number, both: number])[];
}

function crossTable(truth: readonly ClusterId[], predicted: readonly ClusterId[]): CrossTable {
  if (truth.length !== predicted.length)
    throw new RangeError(`metrics: expected ${truth.length} clusters, one a line, got ${predicted.length}.`);
  const [t, p] = [numbered(truth), numbered(predicted)];
  const both = new Map<number, number>();
  const width = p.sizes.length;
  for (let i = 0; i < truth.length; i++) {
    const key = t.ids[i]! * width + p.ids[i]!;
    both.set(key, (both.get(key) ?? 0) + 1);
  }
  return {
    n: truth.length,
    sizes: { truth: t.sizes, predicted: p.sizes },
    cells: Array.from(both, ([key, count]) => [Math.floor(key / width), key % width, count] as const),
  };
}

function numbered(names: readonly ClusterId[]): { ids: Int32Array; sizes: number[] } {
  const known = new Map<ClusterId, number>();
  const sizes: number[] = [];
  const ids = Int32Array.from(names, (name) => {
    const id = (name === null ? undefined : known.get(name)) ?? sizes.push(0) - 1;
    if (name !== null) known.set(name, id);
    sizes[id]!++;
    return id;
  });
  return { ids, sizes };
}

function exactClusters({ sizes, cells }: CrossTable): PrecisionRecall {
  const several = (own: readonly number[]): number => own.filter((size) => size > 1).length;
  const same = cells.filter(
    ([t, p, both]) => both > 1 && both === sizes.truth[t] && both === sizes.predicted[p],
  ).length;
  return withF1(ratio(same, several(sizes.predicted)), ratio(same, several(sizes.truth)));
}

function meanOverLines({ n, sizes, cells }: CrossTable): PrecisionRecall {
  let [precision, recall] = [0, 0];
  for (const [t, p, both] of cells) {
    precision += (both * both) / sizes.predicted[p]!;
    recall += (both * both) / sizes.truth[t]!;
  }
  return withF1(ratio(precision, n), ratio(recall, n));
}

function adjustedRand({ n, sizes, cells }: CrossTable): number {
  const pairs = (counts: readonly number[]): number =>
    counts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const together = pairs(cells.map(([, , both]) => both));
  const [t, p] = [pairs(sizes.truth), pairs(sizes.predicted)];
  const chance = n < 2 ? 0 : (t * p) / ((n * (n - 1)) / 2);
  const most = (t + p) / 2;
  return most === chance ? 1 : (together - chance) / (most - chance);
}

function vMeasure({ n, sizes, cells }: CrossTable): ClusteringScores['vMeasure'] {
  const entropy = (counts: readonly number[]): number =>
    counts.reduce((sum, count) => sum - (count / n) * Math.log(count / n), 0);
  const [t, p] = [entropy(sizes.truth), entropy(sizes.predicted)];
  const joint = entropy(cells.map(([, , both]) => both));
  const homogeneity = t === 0 ? 1 : 1 - (joint - p) / t;
  const completeness = p === 0 ? 1 : 1 - (joint - t) / p;
  return { homogeneity, completeness, v: withF1(homogeneity, completeness).f1 };
}

function withF1(precision: number, recall: number): PrecisionRecall {
  const sum = precision + recall;
  return { precision, recall, f1: sum === 0 ? 0 : (2 * precision * recall) / sum };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
