import { MismatchError } from '../../errors.js';
import type { Weights } from '../weights.js';

/** Bins a column may have: one for what is missing, and 63 more. */
export const BINS = 64;

/**
 * Regression trees one after another, as flat arrays: node n of all trees together asks whether column `column[n]` is at most
 * `threshold[n]` (a number) or among the words of `words[2n]`, `words[2n + 1]` (bit c of 64 for code c), and goes on at `left[n]` or
 * `right[n]`; −1 − l stands for leaf l.
 */
export interface Forest {
  /** First node of each tree, or −1 − l where a tree is one leaf. Shape [T]. */
  root: Int32Array;
  column: Int32Array;
  /** NaN where a node asks for words. */
  threshold: Float32Array;
  words: Uint32Array;
  left: Int32Array;
  right: Int32Array;
  /** 1 where a missing value goes left. */
  missing: Uint8Array;
  leaf: Float32Array;
}

/**
 * The sum of the leaves that a row falls into.
 *
 *     f(x) = Σₜ leaf(t, x)
 *
 * @param rows Values, NaN where missing; a word as its code, NaN when it is none of those known. Shape [R, F].
 * @param options.count R, rows to score. Default: all that `rows` holds.
 * @param out Where the sums go, shape [R].
 * @example scoreRows(forest, Float32Array.of(1, Number.NaN), { columns: 2 }, new Float64Array(1))
 */
export function scoreRows(
  forest: Forest,
  rows: Float32Array,
  { columns, count = rows.length / columns }: { columns: number; count?: number },
  out: Float64Array,
): Float64Array {
  const { root, column, threshold, words, left, right, missing, leaf } = forest;
  for (let r = 0; r < count; r++) {
    const base = r * columns;
    let sum = 0;
    for (let t = 0; t < root.length; t++) {
      let n = root[t]!;
      while (n >= 0) {
        const value = rows[base + column[n]!]!;
        const limit = threshold[n]!;
        // NaN compares as false; only then is it asked what is missing, the value or the number.
        if (value <= limit) n = left[n]!;
        else if (value > limit) n = right[n]!;
        else n = goesLeft(value, n, words, missing) ? left[n]! : right[n]!;
      }
      sum += leaf[-1 - n]!;
    }
    out[r] = sum;
  }
  return out;
}

function goesLeft(value: number, n: number, words: Uint32Array, missing: Uint8Array): boolean {
  if (Number.isNaN(value)) return missing[n] === 1;
  const code = value | 0;
  return ((words[2 * n + (code >> 5)]! >>> (code & 31)) & 1) === 1;
}

const PARTS = ['root', 'column', 'threshold', 'words', 'left', 'right', 'missing', 'leaf'] as const;

/**
 * A forest as named tensors, all finite: a node that asks for words has threshold 0 and some word. Integers fit a float32 to the last bit; sets of words are four numbers of 16 bits a node.
 *
 * @example encodeSafetensors(forestTensors(forest))
 */
export function forestTensors(forest: Forest): Weights {
  const nodes = forest.column.length;
  const halves = new Float32Array(nodes * 4);
  forest.words.forEach((word, i) => {
    halves[2 * i] = word & 0xffff;
    halves[2 * i + 1] = word >>> 16;
  });
  const flat = (data: ArrayLike<number>) => ({ shape: [data.length], data: Float32Array.from(data) });
  return Object.fromEntries(
    PARTS.map((part) => [
      `trees/${part}`,
      part === 'words'
        ? { shape: [nodes, 4], data: halves }
        : flat(
            part === 'threshold'
              ? forest.threshold.map((value) => (Number.isNaN(value) ? 0 : value))
              : forest[part],
          ),
    ]),
  );
}

/** Questions that one row may be asked by all trees together. */
const MOST_QUESTIONS = 1_000_000;

/**
 * The forest of named tensors, the inverse of `forestTensors`.
 *
 * @param file Named in errors.
 * @throws {MismatchError} A tensor is missing or not finite, or they do not fit each other, or a row would be asked too much.
 */
export function forestOf(tensors: Weights, columns: number, file?: string): Forest {
  const refuse = (expected: string, got: string): never => {
    const place = file === undefined ? {} : { file };
    throw new MismatchError(
      { folder: 'model', ...place, expected, got },
      { hint: 'copy the model again, or train it again.' },
    );
  };
  const of = (part: string): Float32Array => {
    const data = tensors[`trees/${part}`]?.data;
    if (!data) return refuse(`tensor trees/${part}`, 'none');
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    return wrong < 0 ? data : refuse(`tensor trees/${part} to be finite`, `${data[wrong]} at ${wrong}`);
  };
  const whole = (part: string): Float32Array => {
    const data = of(part);
    const wrong = data.findIndex((value) => !Number.isInteger(value) || Math.abs(value) > 2 ** 24);
    return wrong < 0 ? data : refuse(`tensor trees/${part} of integers`, `${data[wrong]} at ${wrong}`);
  };
  const halves = whole('words');
  const words = Uint32Array.from({ length: halves.length / 2 }, (_, i) =>
    Math.trunc(halves[2 * i]! + halves[2 * i + 1]! * 65_536),
  );
  const forest: Forest = {
    root: Int32Array.from(whole('root')),
    column: Int32Array.from(whole('column')),
    threshold: of('threshold').map((value, n) => (words[2 * n] || words[2 * n + 1] ? Number.NaN : value)),
    words,
    left: Int32Array.from(whole('left')),
    right: Int32Array.from(whole('right')),
    missing: Uint8Array.from(whole('missing')),
    leaf: of('leaf').slice(),
  };
  if (!isSound(forest, columns)) refuse(`trees over ${columns} columns whose nodes lead to leaves`, 'others');
  const asked = questionsOf(forest);
  if (asked > MOST_QUESTIONS)
    refuse(`trees that ask a row at most ${MOST_QUESTIONS} times`, `${asked} times`);
  return forest;
}

/** Whether every walk ends: a node leads on to later nodes or to a leaf. */
function isSound(forest: Forest, columns: number): boolean {
  const nodes = forest.column.length;
  const { leaf } = forest;
  const leads = (from: number, to: number): boolean =>
    to < 0 ? -1 - to < leaf.length : to > from && to < nodes;
  return (
    [forest.threshold, forest.left, forest.right, forest.missing].every(({ length }) => length === nodes) &&
    forest.words.length === 2 * nodes &&
    forest.root.every((to) => leads(-1, to)) &&
    forest.left.every((to, n) => leads(n, to)) &&
    forest.right.every((to, n) => leads(n, to)) &&
    forest.column.every((column) => column >= 0 && column < columns)
  );
}

/** The most questions that one row is asked: the depths of all trees, added up. */
function questionsOf({ root, left, right }: Forest): number {
  const depth = new Int32Array(left.length);
  const of = (to: number): number => (to < 0 ? 0 : depth[to]!);
  for (let n = left.length - 1; n >= 0; n--) depth[n] = 1 + Math.max(of(left[n]!), of(right[n]!));
  return root.reduce((sum, to) => sum + 1 + of(to), 0);
}

/** Puts forests one after another. */
export function joinForests(forests: readonly Forest[]): Forest {
  const joined = {
    ...{ root: [] as number[], column: [] as number[], threshold: [] as number[], words: [] as number[] },
    ...{ left: [] as number[], right: [] as number[], missing: [] as number[], leaf: [] as number[] },
  };
  for (const forest of forests) {
    const [nodes, leaves] = [joined.column.length, joined.leaf.length];
    const moved = (to: number): number => (to < 0 ? to - leaves : to + nodes);
    for (const part of PARTS)
      for (const value of forest[part])
        joined[part].push(part === 'root' || part === 'left' || part === 'right' ? moved(value) : value);
  }
  return {
    root: Int32Array.from(joined.root),
    column: Int32Array.from(joined.column),
    threshold: Float32Array.from(joined.threshold),
    words: Uint32Array.from(joined.words),
    left: Int32Array.from(joined.left),
    right: Int32Array.from(joined.right),
    missing: Uint8Array.from(joined.missing),
    leaf: Float32Array.from(joined.leaf),
  };
}
