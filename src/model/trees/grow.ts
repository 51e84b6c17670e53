import type { BinnedRows } from './bins.js';
import { BINS, type Forest } from './forest.js';

/** How one tree grows. */
export interface GrowOptions {
  /** Most leaves. */
  leaves: number;
  /** λ, what is added to a leaf's second derivatives. */
  l2: number;
  /** Least sum of second derivatives in a leaf. */
  minHessian: number;
  /** Least gain of a split. */
  minGain: number;
  /** Added to the second derivatives of a word when words are put in order, so that rare ones stand in the middle. */
  wordSmooth: number;
  /** What leaves are multiplied by. */
  rate: number;
}

/** The best way to cut a leaf, or null. */
export interface Cut {
  gain: number;
  column: number;
  /** Numbers: the last bin that goes left. Words: which bins go left, as 64 bits. */
  bin: number;
  words: readonly [number, number] | null;
  missingLeft: boolean;
}

/** Above every value that a row can hold. */
const MAX_FLOAT = 3.4028234663852886e38;

interface Leaf {
  /** Its rows lie from `from` up to `to` in the order. */
  from: number;
  to: number;
  gradient: number;
  hessian: number;
  histogram: Float64Array;
  cut: Cut | null;
}

/**
 * Grows one regression tree, the leaf with the largest gain first, from histograms of first and second derivatives.
 *
 *     leaf value = −rate · G / (H + λ),   gain = G_l² / (H_l + λ) + G_r² / (H_r + λ) − G² / (H + λ)        [CHEN2016]
 *
 * The histogram of the larger of two new leaves is its parent's less that of the smaller [KE2017]. A cut of words is one of their order by
 * G / (H + smooth) [FISHER1958].
 *
 * @param data.rows Rows that take part, shape [n].
 * @param data.columns Columns that take part, ascending.
 * @param gradient First and second derivatives, shape [R].
 */
export function growTree(
  { binned, rows, columns }: { binned: BinnedRows; rows: Int32Array; columns: Int32Array },
  { gradient, hessian }: { gradient: Float64Array; hessian: Float64Array },
  options: GrowOptions,
): Forest {
  const order = rows.slice();
  const spare = new Int32Array(rows.length);
  const [g, h] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  const size = columns.length * BINS * 2;
  const free: Float64Array[] = [];
  const take = (): Float64Array => free.pop() ?? new Float64Array(size);
  const fill = (from: number, to: number): Float64Array =>
    fillHistogram(take().fill(0), { binned, columns, order, from, to, gradient, hessian, g, h });
  const open = (from: number, to: number, histogram: Float64Array): Leaf => {
    let [sumG, sumH] = [0, 0];
    for (let b = 0; b < BINS; b++) {
      sumG += histogram[2 * b]!;
      sumH += histogram[2 * b + 1]!;
    }
    const leaf: Leaf = { from, to, gradient: sumG, hessian: sumH, histogram, cut: null };
    leaf.cut = bestCut(leaf, { binned, columns }, options);
    return leaf;
  };
  const nodes: { cut: Cut; left: number; right: number }[] = [];
  const leaves: Leaf[] = [open(0, order.length, fill(0, order.length))];
  /** Where each leaf hangs: node and side. */
  const hangs: ([number, 'left' | 'right'] | null)[] = [null];
  while (leaves.length < options.leaves) {
    let best = -1;
    leaves.forEach((leaf, i) => {
      if (leaf.cut && (best < 0 || leaf.cut.gain > leaves[best]!.cut!.gain)) best = i;
    });
    if (best < 0) break;
    const leaf = leaves[best]!;
    const cut = leaf.cut!;
    const middle = partition(order, spare, leaf, binned, cut);
    const n = nodes.push({ cut, left: 0, right: 0 }) - 1;
    const hung = hangs[best]!;
    if (hung) nodes[hung[0]]![hung[1]] = n;
    const smallLeft = middle - leaf.from <= leaf.to - middle;
    const small = smallLeft ? fill(leaf.from, middle) : fill(middle, leaf.to);
    for (let i = 0; i < size; i++) leaf.histogram[i]! -= small[i]!;
    const large = leaf.histogram;
    leaves[best] = open(leaf.from, middle, smallLeft ? small : large);
    hangs[best] = [n, 'left'];
    leaves.push(open(middle, leaf.to, smallLeft ? large : small));
    hangs.push([n, 'right']);
  }
  hangs.forEach((hung, i) => {
    if (hung) nodes[hung[0]]![hung[1]] = -1 - i;
  });
  return {
    root: Int32Array.of(nodes.length > 0 ? 0 : -1),
    column: Int32Array.from(nodes, ({ cut }) => cut.column),
    threshold: Float32Array.from(nodes, ({ cut }) =>
      cut.words ? Number.NaN : (binned.limits[cut.column]![cut.bin - 1] ?? MAX_FLOAT),
    ),
    words: Uint32Array.from(nodes.flatMap(({ cut }) => (cut.words ? codesOf(cut.words) : [0, 0]))),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    missing: Uint8Array.from(nodes, ({ cut }) => (cut.missingLeft ? 1 : 0)),
    leaf: Float32Array.from(leaves, (leaf) => (-options.rate * leaf.gradient) / (leaf.hessian + options.l2)),
  };
}

/** Bits of bins to bits of codes: bin 1 holds code 0. */
function codesOf([low, high]: readonly [number, number]): [number, number] {
  return [((low >>> 1) | (high << 31)) >>> 0, high >>> 1];
}

function fillHistogram(
  out: Float64Array,
  at: {
    binned: BinnedRows;
    columns: Int32Array;
    order: Int32Array;
    from: number;
    to: number;
    gradient: Float64Array;
    hessian: Float64Array;
    g: Float64Array;
    h: Float64Array;
  },
): Float64Array {
  const { order, from, to, g, h } = at;
  for (let i = from; i < to; i++) {
    g[i] = at.gradient[order[i]!]!;
    h[i] = at.hessian[order[i]!]!;
  }
  const { bins, count } = at.binned;
  for (let k = 0; k < at.columns.length; k++) {
    const column = at.columns[k]! * count;
    const base = k * BINS;
    for (let i = from; i < to; i++) {
      const slot = (base + bins[column + order[i]!]!) << 1;
      out[slot]! += g[i]!;
      out[slot + 1]! += h[i]!;
    }
  }
  return out;
}

function bestCut(
  leaf: Leaf,
  { binned, columns }: { binned: BinnedRows; columns: Int32Array },
  options: GrowOptions,
): Cut | null {
  const { l2, minHessian } = options;
  const { gradient: G, hessian: H, histogram } = leaf;
  const whole = (G * G) / (H + l2);
  let best: Cut | null = null;
  let most = options.minGain;
  if (H < 2 * minHessian) return null;
  for (let k = 0; k < columns.length; k++) {
    const column = columns[k]!;
    const base = k * BINS * 2;
    const words = binned.kinds[column] === 'word';
    const last = words ? BINS - 1 : binned.limits[column]!.length + 1;
    const bins = words ? wordOrder(histogram, base, options.wordSmooth) : null;
    const [missingG, missingH] = [histogram[base]!, histogram[base + 1]!];
    let [g, h] = [0, 0];
    for (let i = 0; i < (bins ? bins.length - 1 : last - (missingH > 0 ? 0 : 1)); i++) {
      const b = bins ? bins[i]! : i + 1;
      g += histogram[base + 2 * b]!;
      h += histogram[base + 2 * b + 1]!;
      for (let side = missingH > 0 ? 0 : 1; side < 2; side++) {
        // Side 0: what is missing goes left.
        const [gl, hl] = side === 0 ? [g + missingG, h + missingH] : [g, h];
        const [gr, hr] = [G - gl, H - hl];
        if (hl < minHessian || hr < minHessian) continue;
        const gain = (gl * gl) / (hl + l2) + (gr * gr) / (hr + l2) - whole;
        if (gain > most) {
          most = gain;
          best = { gain, column, bin: b, words: bins ? bits(bins, i) : null, missingLeft: side === 0 };
        }
      }
    }
  }
  return best;
}

/** Bins of words that occur, by their mean derivative. */
function wordOrder(histogram: Float64Array, base: number, smooth: number): number[] {
  const score = (b: number): number => histogram[base + 2 * b]! / (histogram[base + 2 * b + 1]! + smooth);
  const bins: number[] = [];
  for (let b = 1; b < BINS; b++) if (histogram[base + 2 * b + 1]! > 1e-9) bins.push(b);
  return bins.sort((a, b) => score(a) - score(b) || a - b);
}

function bits(bins: readonly number[], last: number): [number, number] {
  const set: [number, number] = [0, 0];
  for (let i = 0; i <= last; i++) set[bins[i]! >> 5]! |= 1 << (bins[i]! & 31);
  return [set[0] >>> 0, set[1] >>> 0];
}

/** Puts the rows of a leaf that go left first, both sides in their order; gives where the right ones begin. */
function partition(order: Int32Array, spare: Int32Array, leaf: Leaf, binned: BinnedRows, cut: Cut): number {
  const base = cut.column * binned.count;
  let [left, right] = [leaf.from, 0];
  for (let i = leaf.from; i < leaf.to; i++) {
    const row = order[i]!;
    if (binGoesLeft(binned.bins[base + row]!, cut)) order[left++] = row;
    else spare[right++] = row;
  }
  order.set(spare.subarray(0, right), left);
  return left;
}

function binGoesLeft(bin: number, { words, bin: last, missingLeft }: Cut): boolean {
  if (bin === 0) return missingLeft;
  return words ? ((words[bin >> 5]! >>> (bin & 31)) & 1) === 1 : bin <= last;
}
