import { BitSets, GROUP } from './bit-sets.js';
import { BINS, type Forest } from './forest.js';

/** Patterns of missing values whose leaves are remembered. */
const PLACES = 512;

/** Sets beside those of values and patterns: of all leaves, of a line, of a row. */
const OWN = 3;

/**
 * Scores rows column by column instead of tree by tree [LUCCHESE2015]. A node that sends a row to the right cuts off the leaves to its left;
 * the first leaf of a tree that no node cuts off is the row's, so that there is nothing to branch on. What all nodes of a column leave in reach
 * is known for each value that they tell apart, as a set of leaves: a row reaches what some sets have in common. The sums are those of
 * `scoreRows` to the last bit.
 *
 * @example
 * const scorer = QuickScorer.of(forest, WIDTH)!;
 * scorer.score(rows, { count: 7, shared: 18 }, out);
 */
export class QuickScorer {
  readonly #width: number;
  /** Columns that some node asks. Shape [A], as the two below. */
  readonly #columns: Int32Array;
  /** Address of a column's sets: of what is missing, then those of its values: of words one a code; of numbers one a limit that they are above. */
  readonly #addresses: Int32Array;
  readonly #isWords: Uint8Array;
  /** Where the limits of a column's numbers begin, the smallest first, and their number at the end. Shape [A + 1]. */
  readonly #starts: Int32Array;
  readonly #limits: Float32Array;
  /** Of each tree its leaves, and what some nodes leave in reach of them. */
  readonly #sets: BitSets;
  readonly #bytes: number;
  /** Numbers of sets: all leaves; those that a line reaches; those of a row; and the first of those that patterns of missing values leave. */
  readonly #full: number;
  readonly #line: number;
  readonly #row: number;
  readonly #memory: number;
  readonly #patterns: Patterns;

  /** @returns Null where a tree has more than 64 leaves, or there is no tree, or sets would take too much memory. */
  static of(forest: Forest, columns: number): QuickScorer | null {
    const trees: Tree[] = [];
    for (const root of forest.root) {
      const tree = treeOf(forest, root);
      if (!tree) return null;
      trees.push(tree);
    }
    const asked = askedOf(forest, columns);
    const known = asked.reduce((sum, { values }) => sum + 1 + values, 0);
    const count = known + OWN + PLACES;
    const sets = BitSets.of({ count, groups: trees.length, most: asked.length + 2 });
    return sets && new QuickScorer(forest, { trees, asked, sets, known }, columns);
  }

  private constructor(
    forest: Forest,
    {
      trees,
      asked,
      sets,
      known,
    }: { trees: readonly Tree[]; asked: readonly Asked[]; sets: BitSets; known: number },
    width: number,
  ) {
    this.#width = width;
    this.#sets = sets;
    this.#bytes = 4 * sets.length;
    this.#columns = Int32Array.from(asked, ({ column }) => column);
    this.#isWords = Uint8Array.from(asked, ({ isWords }) => (isWords ? 1 : 0));
    this.#limits = Float32Array.from(asked.flatMap(({ limits }) => limits));
    this.#starts = new Int32Array(asked.length + 1);
    asked.forEach(({ limits }, i) => {
      this.#starts[i + 1] = this.#starts[i]! + limits.length;
    });
    this.#addresses = Int32Array.from(asked, ({ first }) => first * this.#bytes);
    [this.#full, this.#line, this.#row, this.#memory] = [known, known + 1, known + 2, known + OWN];
    this.#patterns = new Patterns(Math.ceil(asked.length / 32));
    trees.forEach(({ leaves }, tree) => void sets.numbers.set(leaves, tree * GROUP));
    this.#cut(forest, trees, new Map(asked.map((own, i) => [own.column, { ...own, i }])));
  }

  /** Takes from each set the leaves that nodes cut off. */
  #cut(forest: Forest, trees: readonly Tree[], columns: ReadonlyMap<number, Asked & { i: number }>): void {
    const { words, length } = this.#sets;
    trees.forEach(({ cuts }, tree) => {
      for (const { node, half, mask } of cuts) {
        const { first, isWords, i } = columns.get(forest.column[node]!)!;
        const take = (set: number): void => {
          words[set * length + 2 * tree + half]! &= mask;
        };
        if (forest.missing[node] !== 1) take(first);
        // Those of larger limits take over what smaller ones cut, below.
        if (!isWords) take(first + 1 + this.#below(i, forest.threshold[node]!));
        else
          for (let code = 0; code < BINS; code++) if (!goesLeft(forest, node, code)) take(first + 1 + code);
      }
    });
    for (const { first, values, isWords } of columns.values())
      for (let at = (first + 2) * length; !isWords && at < (first + 1 + values) * length; at++)
        words[at]! &= words[at - length]!;
  }

  /**
   * @param rows Shape [R, F], as `scoreRows` takes them; words as codes from 0 to 63.
   * @param options.count R.
   * @param options.shared Columns, from the first on, in which all rows are alike.
   * @param out Where the sums go, shape [R].
   */
  score(
    rows: Float32Array,
    { count, shared }: { count: number; shared: number },
    out: Float64Array,
  ): Float64Array {
    const sets = this.#sets;
    const all = this.#columns.length;
    let ofLine = 0;
    while (ofLine < all && this.#columns[ofLine]! < shared) ofLine++;
    if (count > 0) sets.common(this.#line, 0, this.#list(rows, 0, 0, ofLine));
    for (let r = 0; r < count; r++) {
      const to = this.#list(rows, r * this.#width, ofLine, all);
      sets.list[to] = this.#line * this.#bytes;
      sets.common(this.#row, 0, to + 1);
      out[r] = sets.sum(this.#row);
    }
    return out;
  }

  /** Lists the sets of some columns' values in the row at `base`; gives their number. */
  #list(rows: Float32Array, base: number, from: number, to: number): number {
    const { list } = this.#sets;
    const columns = this.#columns;
    const addresses = this.#addresses;
    const isWords = this.#isWords;
    const { key } = this.#patterns;
    const bytes = this.#bytes;
    key.fill(0);
    let listed = 0;
    for (let i = from; i < to; ) {
      const word = i >> 5;
      const end = Math.min(to, (word + 1) << 5);
      // Most columns of most rows are missing.
      let missing = 0;
      for (; i < end; i++) {
        const value = rows[base + columns[i]!]!;
        if (Number.isNaN(value)) missing |= 1 << (i & 31);
        else if (isWords[i] === 1) list[listed++] = addresses[i]! + (1 + (value & (BINS - 1))) * bytes;
        else {
          const cut = this.#below(i, value);
          if (cut > 0) list[listed++] = addresses[i]! + cut * bytes;
        }
      }
      key[word] = missing;
    }
    list[listed] = this.#missing(listed) * bytes;
    return listed + 1;
  }

  /** How many limits of the i-th column are below a value. */
  #below(i: number, value: number): number {
    const limits = this.#limits;
    const start = this.#starts[i]!;
    let from = start;
    let to = this.#starts[i + 1]!;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (limits[middle]! < value) from = middle + 1;
      else to = middle;
    }
    return from - start;
  }

  /** Number of the set that missing values leave in reach. @param from Where the list is free. */
  #missing(from: number): number {
    const set = this.#memory + this.#patterns.find();
    if (!this.#patterns.isNew) return set;
    const { key } = this.#patterns;
    const { list } = this.#sets;
    list[from] = this.#full * this.#bytes;
    let to = from + 1;
    for (let i = 0; i < this.#columns.length; i++)
      if ((key[i >> 5]! >>> (i & 31)) & 1) list[to++] = this.#addresses[i]!;
    this.#sets.common(set, from, to);
    return set;
  }
}

/** A column that nodes ask. */
interface Asked {
  column: number;
  /** Its first set. */
  first: number;
  /** Values that nodes tell apart. */
  values: number;
  isWords: boolean;
  limits: number[];
}

function askedOf({ column, threshold }: Forest, columns: number): Asked[] {
  const limits = Array.from({ length: columns }, () => new Set<number>());
  column.forEach((f, node) => void limits[f]!.add(threshold[node]!));
  let next = 0;
  return limits.flatMap((own, f): Asked[] => {
    if (own.size === 0) return [];
    const isWords = own.has(Number.NaN);
    const values = isWords ? BINS : own.size;
    const first = next;
    next += 1 + values;
    return [{ column: f, first, values, isWords, limits: isWords ? [] : [...own].sort((a, b) => a - b) }];
  });
}

function goesLeft({ threshold, words }: Forest, node: number, code: number): boolean {
  const limit = threshold[node]!;
  if (!Number.isNaN(limit)) return code <= limit;
  return ((words[2 * node + (code >> 5)]! >>> (code & 31)) & 1) === 1;
}

/** Patterns of bits, each with a place; one takes the place of the last of its hash. */
class Patterns {
  /** The pattern to find. */
  readonly key: Int32Array;
  /** Whether the one found last has its place anew. */
  isNew = false;
  readonly #keys: Int32Array;
  readonly #taken = new Uint8Array(PLACES);

  constructor(words: number) {
    this.key = new Int32Array(words);
    this.#keys = new Int32Array(PLACES * words);
  }

  /** Place of the pattern. */
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
    return place;
  }
}

/** A tree's leaves from left to right, and what is left of each half of them when a node sends a row to the right. */
interface Tree {
  leaves: number[];
  cuts: { node: number; half: number; mask: number }[];
}

/** A tree as sets need it; null where it has more than 64 leaves, or questions one after another. */
function treeOf({ left, right, leaf }: Forest, root: number): Tree | null {
  const tree: Tree = { leaves: [], cuts: [] };
  const walk = (at: number, depth: number): boolean => {
    if (at < 0) return tree.leaves.push(leaf[-1 - at]!) <= GROUP;
    if (depth === GROUP) return false;
    const from = tree.leaves.length;
    if (!walk(left[at]!, depth + 1)) return false;
    const to = tree.leaves.length;
    for (let half = from >> 5; half << 5 < to; half++) {
      let cut = 0;
      for (let i = Math.max(from, half << 5); i < Math.min(to, (half + 1) << 5); i++) cut |= 1 << (i & 31);
      tree.cuts.push({ node: at, half, mask: ~cut });
    }
    return walk(right[at]!, depth + 1);
  };
  return walk(root, 0) ? tree : null;
}
