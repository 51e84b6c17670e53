import { randomStream } from '../../random.js';
import type { Weights } from '../weights.js';
import { type BinnedRows, binRows, type ColumnKind } from './bins.js';
import { type Forest, forestOf, forestTensors, joinForests, scoreRows } from './forest.js';
import { type GrowOptions, growTree } from './grow.js';

/** How trees are boosted. */
export interface BoostOptions extends GrowOptions {
  /** Share of the columns that each tree sees, in (0, 1]. */
  columnShare: number;
  /** Share of the groups that each tree sees, in (0, 1]. */
  groupShare: number;
  /** The same of groups that are right already, q_right ≥ 0.98, which count for more instead. */
  sureShare: number;
  /** Root seed; tree t draws from `tree/<t>`. */
  seed: number;
}

/** Rows in groups, of which one a group is right. */
export interface GroupedRows {
  /** Values, NaN where missing. Shape [R, F]. */
  rows: Float32Array;
  kinds: readonly ColumnKind[];
  /** First row of each group, and R at the end. Shape [G + 1]. */
  starts: Int32Array;
  /** The right row of each group. Shape [G]. */
  right: Int32Array;
  /** Weight of each group. Default 1. Shape [G]. */
  weights?: Float32Array;
}

/** From which q of the right row on a group is sure. */
const SURE = 0.98;

export const BOOST_DEFAULTS: BoostOptions = {
  leaves: 31,
  rate: 0.12,
  l2: 1,
  minHessian: 0.2,
  minGain: 1e-6,
  wordSmooth: 5,
  columnShare: 0.5,
  groupShare: 0.7,
  sureShare: 0.1,
  seed: 0,
};

/**
 * Boosts regression trees under a softmax over the rows of each group.
 *
 *     q_i = e^{f(x_i)} / Σ_{j in group} e^{f(x_j)},   loss = −Σ log q_right,   g_i = q_i − [i right],   h_i = 2 q_i (1 − q_i)
 *
 * [FRIEDMAN2001], a part of the groups a tree [KE2017]. The same rows, options and seed give the same trees to the last bit, also when a training goes on from its tensors.
 *
 * @example
 * const boosting = new Boosting(groups, { ...BOOST_DEFAULTS, seed: 7 });
 * for (let t = 0; t < 100; t++) boosting.step();
 * boosting.forest // 100 trees
 */
export class Boosting {
  readonly #data: GroupedRows;
  readonly #options: BoostOptions;
  readonly #binned: BinnedRows;
  readonly #scores: Float64Array;
  readonly #gradient: Float64Array;
  readonly #hessian: Float64Array;
  #trees: Forest[] = [];

  constructor(data: GroupedRows, options: BoostOptions) {
    this.#data = data;
    this.#options = options;
    this.#binned = binRows(data.rows, data.kinds);
    const { count } = this.#binned;
    this.#scores = new Float64Array(count);
    this.#gradient = new Float64Array(count);
    this.#hessian = new Float64Array(count);
  }

  /** T, trees so far. */
  get trees(): number {
    return this.#trees.length;
  }

  get forest(): Forest {
    return joinForests(this.#trees);
  }

  /**
   * Grows one more tree.
   *
   * @param rate What its leaves are multiplied by. Default: as in the options.
   * @returns The mean loss before it.
   */
  step(rate = this.#options.rate): number {
    const { starts, right } = this.#data;
    const { columnShare, groupShare, sureShare, seed } = this.#options;
    const loss = derive(this.#scores, this.#data, this.#gradient, this.#hessian);
    const random = randomStream(seed, `tree/${this.#trees.length}`);
    const rows: number[] = [];
    for (let group = 0; group < right.length; group++) {
      const sure = -this.#gradient[right[group]!]! < 1 - SURE;
      if (random.next() >= (sure ? sureShare : groupShare)) continue;
      const factor = sure ? groupShare / sureShare : 1;
      for (let row = starts[group]!; row < starts[group + 1]!; row++) {
        this.#gradient[row]! *= factor;
        this.#hessian[row]! *= factor;
        rows.push(row);
      }
    }
    const all = this.#data.kinds.length;
    const columns = random
      .permutation(all)
      .subarray(0, Math.max(1, Math.round(columnShare * all)))
      .sort();
    const tree = growTree(
      { binned: this.#binned, rows: Int32Array.from(rows), columns },
      { gradient: this.#gradient, hessian: this.#hessian },
      { ...this.#options, rate },
    );
    this.#add(tree);
    return loss;
  }

  #add(tree: Forest): void {
    this.#trees.push(tree);
    const added = scoreRows(
      tree,
      this.#data.rows,
      { columns: this.#data.kinds.length },
      new Float64Array(this.#scores.length),
    );
    for (let i = 0; i < added.length; i++) this.#scores[i]! += added[i]!;
  }

  /** Everything that a later process needs to go on. */
  tensors(): Weights {
    return forestTensors(this.forest);
  }

  /** Goes on from trees that were grown on the same rows, or starts over from none. */
  assign(tensors: Weights): void {
    const forest = forestOf(tensors, this.#data.kinds.length);
    this.#trees = [];
    this.#scores.fill(0);
    for (const tree of treesOf(forest)) this.#add(tree);
  }
}

/** Derivatives of the loss at the scores; gives the mean loss. */
export function derive(
  scores: Float64Array,
  { starts, right, weights }: Pick<GroupedRows, 'starts' | 'right' | 'weights'>,
  gradient: Float64Array,
  hessian: Float64Array,
): number {
  let loss = 0;
  let total = 0;
  for (let group = 0; group < right.length; group++) {
    const [from, to] = [starts[group]!, starts[group + 1]!];
    const weight = weights?.[group] ?? 1;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) most = Math.max(most, scores[i]!);
    let sum = 0;
    for (let i = from; i < to; i++) sum += Math.exp(scores[i]! - most);
    for (let i = from; i < to; i++) {
      const q = Math.exp(scores[i]! - most) / sum;
      gradient[i] = weight * (q - (i === right[group] ? 1 : 0));
      hessian[i] = weight * 2 * Math.max(q * (1 - q), 1e-6);
    }
    loss -= weight * (scores[right[group]!]! - most - Math.log(sum));
    total += weight;
  }
  return total === 0 ? 0 : loss / total;
}

/** Each tree of a forest by itself. */
export function treesOf(forest: Forest): Forest[] {
  const { root } = forest;
  return Array.from(root, (start, t) => {
    const nodes: number[] = [];
    const leaves: number[] = [];
    const visit = (to: number): void => {
      if (to < 0) leaves.push(-1 - to);
      else {
        nodes.push(to);
        visit(forest.left[to]!);
        visit(forest.right[to]!);
      }
    };
    visit(root[t]!);
    const [first, last] = [Math.min(...nodes, forest.column.length), Math.max(...nodes, -1) + 1];
    const [firstLeaf, lastLeaf] = [Math.min(...leaves), Math.max(...leaves) + 1];
    const moved = (to: number): number => (to < 0 ? to + firstLeaf : to - first);
    return {
      root: Int32Array.of(moved(start)),
      column: forest.column.slice(first, last),
      threshold: forest.threshold.slice(first, last),
      words: forest.words.slice(2 * first, 2 * last),
      left: forest.left.slice(first, last).map(moved),
      right: forest.right.slice(first, last).map(moved),
      missing: forest.missing.slice(first, last),
      leaf: forest.leaf.slice(firstLeaf, lastLeaf),
    };
  });
}
