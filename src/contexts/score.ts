import {
  type ClusterId,
  type ClusteringScores,
  clusteringScores,
  type SizeScores,
  scoresBySize,
} from '../metrics/clustering.js';

/** How right contexts are, over all and by the size of the true context. */
export interface ContextScores extends ClusteringScores {
  bySize: SizeScores[];
}

/**
 * Scores contexts against the true ones, over the lines that count.
 *
 * @param truth For each line of the log its true context; null for lines that do not count.
 * @param contexts Number of each line's context; what is missing stands alone.
 * @returns Exact contexts, B-cubed, ARI, V-measure and more, as `clusteringScores` has them.
 */
export function scoreContexts(
  truth: readonly (string | null)[],
  contexts: ReadonlyMap<number, number>,
): ContextScores {
  const own: ClusterId[] = [];
  const given: ClusterId[] = [];
  truth.forEach((context, line) => {
    if (context === null) return;
    own.push(context);
    given.push(contexts.get(line) ?? null);
  });
  return { ...clusteringScores(own, given), bySize: scoresBySize(own, given) };
}

/** How many labels cluster how many lines, by the mean of their contexts [K8NTEXT, Fig. 10]. */
export interface ClusteringRate {
  labels: number;
  bins: { from: number; to: number; labels: number; share: number }[];
}

/** What is asked of a context for that. */
export interface Counted {
  label: readonly number[] | null;
  lines: readonly number[];
  more?: number;
  background?: boolean;
}

/** No more of a context than that, for there are many. */
export const counted = ({ label, lines, background, more }: Counted): Counted => ({
  ...{ label, lines },
  ...(background === undefined ? {} : { background }),
  ...(more === undefined ? {} : { more }),
});

/** Where bins begin, as in the paper’s figure. */
const BINS = [1, 5, 10, 20, 50, 100] as const;

/**
 * The clustering rate of contexts, background left out.
 *
 * @example clusteringRate([{ label: [17, 0, 2, 1, 1], lines: [0, 1, 2] }]).bins[0] // { from: 1, to: 4, labels: 1, share: 1 }
 */
export function clusteringRate(contexts: Iterable<Counted>): ClusteringRate {
  const sums = new Map<string, { lines: number; contexts: number }>();
  for (const { label, lines, more = 0, background } of contexts) {
    if (!label || background) continue;
    const key = label.join(' ');
    const sum = sums.get(key) ?? { lines: 0, contexts: 0 };
    sum.lines += lines.length + more;
    sum.contexts++;
    sums.set(key, sum);
  }
  const means = [...sums.values()].map(({ lines, contexts: count }) => lines / count);
  return {
    labels: means.length,
    bins: BINS.map((from, i) => {
      const to = (BINS[i + 1] ?? Number.POSITIVE_INFINITY) - 1;
      const labels = means.filter((mean) => mean >= from && mean < to + 1).length;
      return { from, to, labels, share: means.length === 0 ? 0 : labels / means.length };
    }),
  };
}
