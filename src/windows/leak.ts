import type { Segment, Split } from './split.js';

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
  verdict: 'leaks' | 'leak-free';
}

/**
 * What a split leaks, in time O(M + N).
 *
 * @param options.size W.
 * @param options.rowKeys What makes two rows equal, shape [N].
 * @param options.classes Class of each row, shape [N].
 * @example leakReport(splitPaper(starts, options), { size: 60, rowKeys, classes }).verdict // 'leaks'
 */
export function leakReport(
  split: Split,
  {
    size,
    rowKeys,
    classes,
  }: { size: number; rowKeys: ArrayLike<string | number>; classes: ArrayLike<number> },
): LeakReport {
  const inTraining = new Uint8Array(rowKeys.length);
  mark(inTraining, split.trainRows);
  const trainKeys = new Set<string | number>();
  const trainClasses = new Set<number>();
  for (let row = 0; row < inTraining.length; row++)
    if (inTraining[row]) {
      trainKeys.add(rowKeys[row]!);
      trainClasses.add(classes[row]!);
    }
  let [lines, shared, duplicates, unseenLines] = [0, 0, 0, 0];
  const unseen = new Set<number>();
  for (const { first, last } of split.testRows)
    for (let row = first; row <= last; row++) {
      lines++;
      shared += inTraining[row]!;
      if (trainKeys.has(rowKeys[row]!)) duplicates++;
      if (!trainClasses.has(classes[row]!)) {
        unseenLines++;
        unseen.add(classes[row]!);
      }
    }
  const share = (count: number, of = lines): number => (of === 0 ? 0 : count / of);
  const overlaps = nearestOverlaps(split.test, split.train, size);
  return {
    protocol: split.protocol,
    size,
    windows: { train: split.train.length, validation: split.validation.length, test: split.test.length },
    sharedLines: { count: shared, share: share(shared), of: lines },
    nearestOverlap: {
      mean: share(
        overlaps.reduce((a, b) => a + b, 0),
        overlaps.length,
      ),
      max: overlaps.reduce((a, b) => Math.max(a, b), 0),
      share: share(overlaps.filter((overlap) => overlap > 0).length, overlaps.length),
    },
    duplicateRows: { count: duplicates, share: share(duplicates) },
    unseenClasses: { classes: unseen.size, lines: unseenLines, share: share(unseenLines) },
    verdict: shared > 0 ? 'leaks' : 'leak-free',
  };
}

/** Lines that each window of `test` shares with the window of `train` nearest to it. Both ascending. */
function nearestOverlaps(test: Int32Array, train: Int32Array, size: number): Int32Array {
  let next = 0;
  return test.map((start) => {
    while (next < train.length && train[next]! < start) next++;
    const distance = Math.min(
      next < train.length ? train[next]! - start : size,
      next > 0 ? start - train[next - 1]! : size,
    );
    return Math.max(0, size - distance);
  });
}

function mark(rows: Uint8Array, segments: readonly Segment[]): void {
  for (const { first, last } of segments) rows.fill(1, first, last + 1);
}
