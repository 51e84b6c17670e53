import type { Segment } from './sliding.js';
import type { Split } from './split.js';
import { straddlingRows } from './straddling.js';

/** What the test part shares with the training part. Shares are in [0, 1]. */
export interface LeakReport {
  protocol: Split['protocol'];
  /** W, lines a window. */
  size: number;
  /** Windows of each part. */
  windows: { train: number; validation: number; test: number };
  /** Lines of the test windows that are in a training window too, out of `of`. */
  sharedLines: { count: number; share: number; of: number };
  /** Lines (0 … W) that a test window has in common with its nearest training window; `share`: test windows with at least one. */
  nearestOverlap: { mean: number; max: number; share: number };
  /** Test lines whose encoded row occurs in training. Not a leak by itself: logs repeat. */
  duplicateRows: { count: number; share: number };
  /** Classes of the test part that training never saw, and their lines. */
  unseenClasses: { classes: number; lines: number; share: number };
  /**
   * Contexts of test lines of which training or validation has other lines, and those test lines. Records of an older version do not
   * have it.
   */
  straddling?: { contexts: number; lines: number; share: number };
  /** `leak-free`: no line of a test window is in a training or validation window. Contexts may straddle all the same. */
  verdict: 'leaks' | 'leak-free';
}

export interface LeakOptions {
  /** W. */
  size: number;
  /** What makes two rows equal, shape [N]. */
  rowKeys: ArrayLike<string | number>;
  /** Class of each row, shape [N]. */
  classes: ArrayLike<number>;
  /** Context of each row, null where it is not known, shape [N]. Default: none is known, and none is counted. */
  contexts?: readonly (string | null)[];
}

/**
 * What a split leaks, in time O(M + N).
 *
 * The window of training nearest to a test window at row a starts at row b with |a − b| least; they share max(0, W − |a − b|) lines.
 *
 * @throws {RangeError} `rowKeys` and `classes` differ in length, or a window ends after the last row.
 * @example leakReport(splitPaper(starts, options), { size: 60, rowKeys, classes }).verdict // 'leaks'
 */
export function leakReport(split: Split, { size, rowKeys, classes, contexts }: LeakOptions): LeakReport {
  const rows = rowKeys.length;
  if (classes.length !== rows)
    throw new RangeError(`windows: expected ${rows} classes, one a row, got ${classes.length}.`);
  const training = marked(split.trainRows, rows);
  const validation = marked(split.validationRows, rows);
  const keys = new Set<string | number>();
  const taught = new Set<number>();
  for (let row = 0; row < rows; row++)
    if (training[row]) {
      keys.add(rowKeys[row]!);
      taught.add(classes[row]!);
    }
  let [lines, shared, validated, duplicates, unseenLines] = [0, 0, 0, 0, 0];
  const unseen = new Set<number>();
  const tested = marked(split.testRows, rows);
  for (let row = 0; row < rows; row++) {
    if (!tested[row]) continue;
    lines++;
    shared += training[row]!;
    validated += validation[row]!;
    if (keys.has(rowKeys[row]!)) duplicates++;
    if (!taught.has(classes[row]!)) {
      unseenLines++;
      unseen.add(classes[row]!);
    }
  }
  const share = (count: number, of = lines): number => (of === 0 ? 0 : count / of);
  const overlaps = nearestOverlaps(split.test, split.train, size);
  const sum = overlaps.reduce((a, b) => a + b, 0);
  return {
    protocol: split.protocol,
    size,
    windows: { train: split.train.length, validation: split.validation.length, test: split.test.length },
    sharedLines: { count: shared, share: share(shared), of: lines },
    nearestOverlap: {
      mean: share(sum, overlaps.length),
      max: overlaps.reduce((a, b) => Math.max(a, b), 0),
      share: share(overlaps.filter((overlap) => overlap > 0).length, overlaps.length),
    },
    duplicateRows: { count: duplicates, share: share(duplicates) },
    unseenClasses: { classes: unseen.size, lines: unseenLines, share: share(unseenLines) },
    ...(contexts ? { straddling: straddlingOf(split, contexts, lines) } : {}),
    verdict: shared + validated > 0 ? 'leaks' : 'leak-free',
  };
}

function straddlingOf(split: Split, contexts: readonly (string | null)[], of: number) {
  const straddling = straddlingRows(split, contexts);
  const names = new Set(contexts.filter((_, row) => straddling[row]));
  const lines = straddling.reduce((a, b) => a + b, 0);
  return { contexts: names.size, lines, share: of === 0 ? 0 : lines / of };
}

/** Lines that each window of `test` shares with the window of `train` nearest to it. Both ascending. */
function nearestOverlaps(test: Int32Array, train: Int32Array, size: number): Int32Array {
  let next = 0;
  return test.map((start) => {
    while (next < train.length && train[next]! < start) next++;
    const after = next < train.length ? train[next]! - start : size;
    const before = next > 0 ? start - train[next - 1]! : size;
    return Math.max(0, size - Math.min(after, before));
  });
}

/** 1 at each row of the segments, shape [N]. */
function marked(segments: readonly Segment[], rows: number): Uint8Array {
  const marks = new Uint8Array(rows);
  for (const { first, last } of segments) {
    if (last >= rows) throw new RangeError(`windows: expected rows below ${rows}, got row ${last}.`);
    marks.fill(1, first, last + 1);
  }
  return marks;
}
