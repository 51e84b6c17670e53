import { BINS } from './forest.js';

/** What a column holds: numbers in an order, or codes of words from 0 to 62. */
export type ColumnKind = 'number' | 'word';

/** Rows by columns, as boosting reads them: values replaced by their bins, 0 for what is missing. */
export interface BinnedRows {
  /** R. */
  count: number;
  kinds: readonly ColumnKind[];
  /** Bin of each value, column after column. Shape [F, R]. */
  bins: Uint8Array;
  /** The largest value that goes into each bin of a column of numbers, bin 1 first. Shape [F][≤ 62]. */
  limits: Float32Array[];
}

/**
 * Sorts values into at most 63 bins of about as many values each.
 *
 * @param rows Values, NaN where missing. Shape [R, F].
 * @param kinds Shape [F].
 * @param sample Most rows that limits are taken from, evenly over all. Default 50,000.
 * @throws {RangeError} `rows` does not hold whole rows, or a word's code is above 62.
 * @example binRows(Float32Array.of(1, 2, 3), ['number']).limits // [[1.5, 2.5]]
 */
export function binRows(rows: Float32Array, kinds: readonly ColumnKind[], sample = 50_000): BinnedRows {
  const columns = kinds.length;
  const count = rows.length / columns;
  if (!Number.isInteger(count)) throw new RangeError(`trees: expected rows of ${columns} values.`);
  const limits = kinds.map((kind, f) =>
    kind === 'word' ? new Float32Array(0) : limitsOf(rows, f, columns, count, sample),
  );
  const bins = new Uint8Array(columns * count);
  kinds.forEach((kind, f) => {
    const own = limits[f]!;
    for (let r = 0; r < count; r++) {
      const value = rows[r * columns + f]!;
      if (Number.isNaN(value)) continue;
      if (kind === 'word' && !(value >= 0 && value < BINS - 1))
        throw new RangeError(`trees: expected codes of words from 0 to ${BINS - 2}, got ${value}.`);
      bins[f * count + r] = kind === 'word' ? 1 + value : 1 + place(own, value);
    }
  });
  return { count, kinds, bins, limits };
}

/** The first limit that is not below a value. */
function place(limits: Float32Array, value: number): number {
  let [low, high] = [0, limits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (limits[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function limitsOf(
  rows: Float32Array,
  f: number,
  columns: number,
  count: number,
  sample: number,
): Float32Array {
  const step = Math.max(1, Math.floor(count / sample));
  const values: number[] = [];
  for (let r = 0; r < count; r += step) {
    const value = rows[r * columns + f]!;
    if (!Number.isNaN(value)) values.push(value);
  }
  const sorted = Float32Array.from(values).sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const most = BINS - 2;
  if (distinct.length <= most)
    return Float32Array.from(distinct.subarray(1), (value, i) => between(distinct[i]!, value));
  const limits: number[] = [];
  for (let k = 1; k <= most; k++) {
    const at = Math.floor((k * sorted.length) / (most + 1));
    const [below, above] = [sorted[at - 1]!, sorted[at]!];
    const limit = below === above ? below : between(below, above);
    if (limits.at(-1) !== limit) limits.push(limit);
  }
  return Float32Array.from(limits);
}

/** A float32 from `below` on, and below `above`. */
function between(below: number, above: number): number {
  const middle = Math.fround(below / 2 + above / 2);
  return middle < above ? middle : below;
}
