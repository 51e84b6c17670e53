import { BINS, type Forest } from './forest.js';

/** Leaves of a tree that a set of bits can hold. */
const MOST_LEAVES = 32;

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
  /** 1 where some node asks a column for words. */
  readonly #asksWords: Uint8Array;
  readonly #reached: Int32Array;
  #plan: Plan;

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
    this.#reached = new Int32Array(trees.length);
    this.#plan = this.#planFor(0);
  }

  /** How rows are scored that are alike in their first columns. */
  #planFor(shared: number): Plan {
    const columns = Array.from({ length: this.#columns }, (_, f) => f);
    const rest = columns.slice(shared);
    const words = rest.filter((f) => this.#asksWords[f] === 1);
    const numbers = Int32Array.from(rest.filter((f) => this.#asksWords[f] === 0));
    const trees = this.#reached.length;
    return {
      shared,
      line: new Reach(Int32Array.from(columns.slice(0, shared)), shared, trees),
      words: new Reach(Int32Array.from(words), words.length, trees),
      missing: new Reach(numbers, Math.ceil(numbers.length / 32), trees),
      numbers,
      present: new Int32Array(numbers.length),
    };
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
    if (this.#plan.shared !== shared) this.#plan = this.#planFor(shared);
    const { line, words } = this.#plan;
    const leaves = this.#leaves;
    const firstLeaf = this.#firstLeaf;
    const reached = this.#reached;
    const bits = new Int32Array(rows.buffer, rows.byteOffset, rows.length);
    const ofLine = count === 0 ? 0 : this.#reachOf(line, rows, bits, 0);
    for (let r = 0; r < count; r++) {
      const base = r * this.#columns;
      const ofWords = this.#reachOf(words, rows, bits, base);
      this.#cutNumbers(rows, base, { ofLine, ofWords });
      let sum = 0;
      for (let t = 0; t < reached.length; t++) {
        const left = reached[t]!;
        sum += leaves[firstLeaf[t]! + 31 - Math.clz32(left & -left)]!;
      }
      out[r] = sum;
    }
    return out;
  }

  /** Place of what the values of some columns leave in reach. */
  #reachOf(reach: Reach, rows: Float32Array, bits: Int32Array, base: number): number {
    const { columns, key } = reach;
    for (let i = 0; i < columns.length; i++) key[i] = bits[base + columns[i]!]!;
    const at = reach.find();
    if (!reach.isNew) return at;
    const reached = reach.fill(at);
    for (const f of columns) {
      const value = rows[base + f]!;
      if (Number.isNaN(value)) cutAll(reached, this.#missing, f);
      else {
        this.#cutNumber(reached, f, value);
        if (this.#asksWords[f] === 1) cutAll(reached, this.#words, f * BINS + (value | 0));
      }
    }
    return at;
  }

  /** Leaves of the row at `base` that nothing cuts off. */
  #cutNumbers(
    rows: Float32Array,
    base: number,
    { ofLine, ofWords }: { ofLine: number; ofWords: number },
  ): void {
    const { line, words, missing, numbers, present } = this.#plan;
    const { key } = missing;
    key.fill(0);
    let count = 0;
    for (let i = 0; i < numbers.length; i++) {
      const f = numbers[i]!;
      const value = rows[base + f]!;
      if (Number.isNaN(value)) key[i >> 5]! |= 1 << (i & 31);
      else present[count++] = f;
    }
    const ofMissing = missing.find();
    if (missing.isNew) {
      const own = missing.fill(ofMissing);
      for (let i = 0; i < numbers.length; i++)
        if ((key[i >> 5]! >>> (i & 31)) & 1) cutAll(own, this.#missing, numbers[i]!);
    }
    const reached = this.#reached;
    const [a, b, c] = [line.reach, words.reach, missing.reach];
    for (let t = 0; t < reached.length; t++)
      reached[t] = a[ofLine + t]! & b[ofWords + t]! & c[ofMissing + t]!;
    for (let i = 0; i < count; i++) this.#cutNumber(reached, present[i]!, rows[base + present[i]!]!);
  }

  #cutNumber(reached: Int32Array, f: number, value: number): void {
    const { starts, trees, masks } = this.#numbers;
    const limits = this.#limits;
    const end = starts[f + 1]!;
    for (let k = starts[f]!; k < end && limits[k]! < value; k++) reached[trees[k]!]! &= masks[k]!;
  }
}

function cutAll(reached: Int32Array, { starts, trees, masks }: Cuts, key: number): void {
  const end = starts[key + 1]!;
  for (let k = starts[key]!; k < end; k++) reached[trees[k]!]! &= masks[k]!;
}

/** How rows are scored: by what their first columns say of all, what their words say, which numbers are missing, and the others. */
interface Plan {
  shared: number;
  line: Reach;
  words: Reach;
  missing: Reach;
  numbers: Int32Array;
  /** Those of them that a row has. */
  present: Int32Array;
}

/** Keys that are remembered. */
const PLACES = 512;

/** What some columns leave in reach, remembered by a key of their values: lines are much alike. A key takes the place of the last of its hash. */
class Reach {
  readonly columns: Int32Array;
  readonly key: Int32Array;
  /** Shape [PLACES, T]. */
  readonly reach: Int32Array;
  /** Whether the key found last has to be worked out. */
  isNew = false;
  readonly #keys: Int32Array;
  readonly #taken = new Uint8Array(PLACES);
  readonly #trees: number;

  constructor(columns: Int32Array, words: number, trees: number) {
    this.columns = columns;
    this.key = new Int32Array(words);
    this.reach = new Int32Array(PLACES * trees);
    this.#keys = new Int32Array(PLACES * words);
    this.#trees = trees;
  }

  /** Where in `reach` the key stands. */
  find(): number {
    const key = this.key;
    const keys = this.#keys;
    let hash = 0x811c9dc5;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key[i]!, 0x01000193) ^ (hash >>> 15);
    const place = (hash ^ (hash >>> 16)) & (PLACES - 1);
    const at = place * key.length;
    let same = this.#taken[place] === 1;
    for (let i = 0; same && i < key.length; i++) same = keys[at + i] === key[i];
    this.isNew = !same;
    if (!same) {
      keys.set(key, at);
      this.#taken[place] = 1;
    }
    return place * this.#trees;
  }

  /** Begins the place of a new key with everything in reach. */
  fill(at: number): Int32Array {
    return this.reach.subarray(at, at + this.#trees).fill(-1);
  }
}

/** One cut a tree. */
function joined(cuts: readonly Cut[]): readonly Cut[] {
  if (cuts.length < 2) return cuts;
  const masks = new Map<number, number>();
  for (const { tree, mask } of cuts) masks.set(tree, (masks.get(tree) ?? -1) & mask);
  return [...masks].map(([tree, mask]) => ({ limit: Number.NaN, tree, mask }));
}

interface Cut {
  limit: number;
  tree: number;
  mask: number;
}

function cutsOf(keys: readonly (readonly Cut[])[]): Cuts {
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
