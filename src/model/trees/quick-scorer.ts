import { BINS, type Forest } from './forest.js';

/** Leaves of a tree that a set of bits can hold. */
const MOST_LEAVES = 32;
/** Columns that are looked at together: a line has few of the relations that there are. */
const BLOCK = 8;

/** Which leaves of which trees are out of reach when a node sends a row to the right: `trees[k]` keeps the bits of `masks[k]`. */
interface Cuts {
  /** First cut of each key, and their number at the end. */
  starts: Int32Array;
  trees: Int32Array;
  masks: Int32Array;
}

/**
 * Scores the rows of one line after another: node by node of a column, instead of tree by tree [LUCCHESE2015]. A tree's leaf is the first that
 * no node cuts off, so that there is nothing to branch on. The sums are those of `scoreRows` to the last bit.
 *
 * @example
 * const scorer = QuickScorer.of(forest, WIDTH)!;
 * scorer.score(rows, { count: 7, shared: 18 }, out);
 */
export class QuickScorer {
  readonly #columns: number;
  readonly #leaves: Float32Array;
  readonly #firstLeaf: Int32Array;
  /** Cuts of numbers by column, the smallest threshold first; those of what is missing by column; those of words by column and code. */
  readonly #limits: Float32Array;
  readonly #numbers: Cuts;
  readonly #missing: Cuts;
  readonly #words: Cuts;
  /** What is cut off when all columns of a block are missing. */
  readonly #blocks: Cuts;
  /** 1 where some node asks a column for words. */
  readonly #asksWords: Uint8Array;
  readonly #shared: Int32Array;
  readonly #reached: Int32Array;

  /** @returns Null where a tree has more than 32 leaves. */
  static of(forest: Forest, columns: number): QuickScorer | null {
    const trees = Array.from(forest.root, (root) => leavesOf(forest, root));
    return trees.every((tree) => tree.leaves.length <= MOST_LEAVES)
      ? new QuickScorer(forest, trees, columns)
      : null;
  }

  private constructor(forest: Forest, trees: readonly Tree[], columns: number) {
    this.#columns = columns;
    this.#leaves = Float32Array.from(trees.flatMap(({ leaves }) => leaves));
    this.#firstLeaf = new Int32Array(trees.length);
    this.#asksWords = new Uint8Array(columns);
    const numbers: Cut[][] = Array.from({ length: columns }, () => []);
    const missing: Cut[][] = Array.from({ length: columns }, () => []);
    const words: Cut[][] = Array.from({ length: columns * BINS }, () => []);
    let next = 0;
    trees.forEach(({ leaves, nodes }, tree) => {
      this.#firstLeaf[tree] = next;
      next += leaves.length;
      for (const { node, mask } of nodes) {
        const column = forest.column[node]!;
        const limit = forest.threshold[node]!;
        const cut = { limit, tree, mask };
        if (forest.missing[node] !== 1) missing[column]!.push(cut);
        if (!Number.isNaN(limit)) {
          numbers[column]!.push(cut);
          continue;
        }
        this.#asksWords[column] = 1;
        for (let code = 0; code < BINS; code++)
          if (((forest.words[2 * node + (code >> 5)]! >>> (code & 31)) & 1) === 0)
            words[column * BINS + code]!.push(cut);
      }
    });
    for (const own of numbers) own.sort((a, b) => a.limit - b.limit);
    this.#limits = Float32Array.from(numbers.flat(), ({ limit }) => limit);
    this.#numbers = cutsOf(numbers);
    this.#missing = cutsOf(missing.map(joined));
    this.#words = cutsOf(words.map(joined));
    const blocks = Array.from({ length: Math.ceil(columns / BLOCK) }, (_, i) =>
      missing.slice(i * BLOCK, (i + 1) * BLOCK),
    );
    this.#blocks = cutsOf(blocks.map((own) => joined(own.flat())));
    this.#shared = new Int32Array(trees.length);
    this.#reached = new Int32Array(trees.length);
  }

  /**
   * @param rows Shape [R, F], as `scoreRows` takes them.
   * @param options.count R.
   * @param options.shared Columns, from the first on, in which all rows are alike.
   * @param out Where the sums go, shape [R].
   */
  score(
    rows: Float32Array,
    { count, shared }: { count: number; shared: number },
    out: Float64Array,
  ): Float64Array {
    const leaves = this.#leaves;
    const firstLeaf = this.#firstLeaf;
    const reached = this.#reached;
    this.#shared.fill(-1);
    this.#cut(this.#shared, rows, 0, shared, 0);
    for (let r = 0; r < count; r++) {
      reached.set(this.#shared);
      this.#cut(reached, rows, shared, this.#columns, r * this.#columns);
      let sum = 0;
      for (let t = 0; t < reached.length; t++) {
        const bits = reached[t]!;
        sum += leaves[firstLeaf[t]! + 31 - Math.clz32(bits & -bits)]!;
      }
      out[r] = sum;
    }
    return out;
  }

  /** Cuts off what the columns of a row from `from` up to `to` do not reach. */
  #cut(reached: Int32Array, rows: Float32Array, from: number, to: number, base: number): void {
    const { starts, trees, masks } = this.#numbers;
    const limits = this.#limits;
    for (let f = from; f < to; f++) {
      const value = rows[base + f]!;
      if (Number.isNaN(value)) {
        if (f % BLOCK === 0 && f + BLOCK <= to && allMissing(rows, base + f)) {
          cutAll(reached, this.#blocks, f / BLOCK);
          f += BLOCK - 1;
        } else cutAll(reached, this.#missing, f);
        continue;
      }
      const end = starts[f + 1]!;
      for (let k = starts[f]!; k < end && limits[k]! < value; k++) reached[trees[k]!]! &= masks[k]!;
      if (this.#asksWords[f] === 1) cutAll(reached, this.#words, f * BINS + (value | 0));
    }
  }
}

function cutAll(reached: Int32Array, { starts, trees, masks }: Cuts, key: number): void {
  const end = starts[key + 1]!;
  for (let k = starts[key]!; k < end; k++) reached[trees[k]!]! &= masks[k]!;
}

function allMissing(rows: Float32Array, from: number): boolean {
  for (let i = from; i < from + BLOCK; i++) if (!Number.isNaN(rows[i]!)) return false;
  return true;
}

/** One cut a tree. */
function joined(cuts: readonly Cut[]): Cut[] {
  const masks = new Map<number, number>();
  for (const { tree, mask } of cuts) masks.set(tree, (masks.get(tree) ?? -1) & mask);
  return [...masks].map(([tree, mask]) => ({ limit: Number.NaN, tree, mask }));
}

interface Cut {
  limit: number;
  tree: number;
  mask: number;
}

function cutsOf(keys: readonly Cut[][]): Cuts {
  const starts = new Int32Array(keys.length + 1);
  keys.forEach((own, key) => {
    starts[key + 1] = starts[key]! + own.length;
  });
  const all = keys.flat();
  return {
    starts,
    trees: Int32Array.from(all, ({ tree }) => tree),
    masks: Int32Array.from(all, ({ mask }) => mask),
  };
}

/** A tree's leaves from left to right, and what is left of them when a node sends a row to the right. */
interface Tree {
  leaves: number[];
  nodes: { node: number; mask: number }[];
}

function leavesOf({ left, right, leaf }: Forest, root: number): Tree {
  const tree: Tree = { leaves: [], nodes: [] };
  const walk = (at: number): void => {
    if (at < 0) {
      tree.leaves.push(leaf[-1 - at]!);
      return;
    }
    const from = tree.leaves.length;
    walk(left[at]!);
    let cut = 0;
    for (let i = from; i < tree.leaves.length; i++) cut |= 1 << (i & 31);
    tree.nodes.push({ node: at, mask: ~cut });
    walk(right[at]!);
  };
  walk(root);
  return tree;
}
