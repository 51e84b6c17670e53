import { randomStream } from '../random.js';
import { bootstrapInterval, resample } from './bootstrap.js';
import { count, meanF1 } from './classification.js';
import type { Interval } from './interval.js';

/** The five parts of a label, in order. */
export const PARTS = ['r', 's', 'v', 'n', 'u'] as const;

/** Scores of one level, windows or lines. */
export interface LevelScores {
  /** Samples scored. */
  n: number;
  /** Share of samples with all five label parts right. */
  exactMatch: Interval;
  /**
   * `strict`: over true and predicted classes; by window it is the paper's measure. `paper`: over those that occur in the truth, which an
   * earlier reading took for the paper's; records keep the name.
   */
  macroF1: { strict: Interval; paper: Interval };
  /** Share of samples with that one part right. */
  parts: Record<(typeof PARTS)[number], number>;
}

export interface LevelOptions {
  /** Code of each sample's true label: Σ part · K^(4 − i). Shape [n]. */
  truth: ArrayLike<number>;
  /** Code of its predicted label, shape [n]. */
  predicted: ArrayLike<number>;
  /** K, to take codes apart. */
  classes: number;
  /**
   * Samples with the same number are right or wrong together (a context): resampled as a whole. Shape [n]. Default: each sample by
   * itself, which makes intervals too narrow where samples depend on one another.
   */
  groups?: ArrayLike<number>;
  /** Root seed of the resampling. */
  seed: number | string;
  /** Default 1000. */
  resamples?: number;
  /** Default 0.95. */
  level?: number;
}

/**
 * Scores of one level, each with the interval of a cluster bootstrap over contexts.
 *
 * The intervals are for another test part of this size from the same source, not for an endless one: rare classes come and go from
 * one part to the next, and macro F1 with them.
 *
 * @throws {RangeError} `truth`, `predicted` and `groups` differ in length.
 * @example levelScores({ truth, predicted, classes: 59, groups, seed: 7 }).macroF1.strict
 */
export function levelScores(options: LevelOptions): LevelScores {
  const { truth, predicted, classes, groups, seed, resamples = 1000, level = 0.95 } = options;
  const n = truth.length;
  if (groups && groups.length !== n)
    throw new RangeError(`metrics: expected ${n} groups, one a sample, got ${groups.length}.`);
  const all = count(truth, predicted);
  const K = all.classes.length;
  const clusters = pairCounts(all.truth, all.predicted, groups);
  const sizes = clusters.map((pairs) =>
    pairs.reduce((sum, value, i) => (i % 3 === 2 ? sum + value : sum), 0),
  );
  const [hits, support, given] = [new Int32Array(K), new Int32Array(K), new Int32Array(K)];
  const draws = resample(clusters.length, { resamples, random: randomStream(seed, 'bootstrap') }, (times) => {
    for (const counts of [hits, support, given]) counts.fill(0);
    let [right, drawn] = [0, 0];
    for (let g = 0; g < times.length; g++) {
      if (times[g] === 0) continue;
      const pairs = clusters[g]!;
      drawn += times[g]! * sizes[g]!;
      for (let p = 0; p < pairs.length; p += 3) {
        const [t, q, samples] = [pairs[p]!, pairs[p + 1]!, pairs[p + 2]! * times[g]!];
        support[t]! += samples;
        given[q]! += samples;
        if (t !== q) continue;
        hits[t]! += samples;
        right += samples;
      }
    }
    return {
      exact: right / drawn,
      strict: meanF1(hits, support, given, 'union'),
      paper: meanF1(hits, support, given, 'truth'),
    };
  });
  const interval = (value: number, key: 'exact' | 'strict' | 'paper'): Interval =>
    bootstrapInterval(
      value,
      draws.map((draw) => draw[key]),
      { groups: clusters.length, unit: groups ? 'contexts' : 'samples', n, level, range: [0, 1] },
    );
  const right = all.hits.reduce((a, b) => a + b, 0);
  return {
    n,
    exactMatch: interval(n === 0 ? Number.NaN : right / n, 'exact'),
    macroF1: {
      strict: interval(meanF1(all.hits, all.support, all.given, 'union'), 'strict'),
      paper: interval(meanF1(all.hits, all.support, all.given, 'truth'), 'paper'),
    },
    parts: partAccuracies(truth, predicted, classes),
  };
}

/**
 * Share of samples with each label part right.
 *
 * @param truth Code of each sample's true label: Σ part · K^(4 − i). Shape [n].
 * @param predicted Code of its predicted label, shape [n].
 * @param classes K.
 * @returns NaN without samples.
 * @example partAccuracies([0], [1], 59) // { r: 1, s: 1, v: 1, n: 1, u: 0 }
 */
export function partAccuracies(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): LevelScores['parts'] {
  const right = PARTS.map(() => 0);
  for (let i = 0; i < truth.length; i++) {
    let [a, b] = [truth[i]!, predicted[i]!];
    for (let part = PARTS.length - 1; part >= 0; part--) {
      if (a % classes === b % classes) right[part]!++;
      a = Math.floor(a / classes);
      b = Math.floor(b / classes);
    }
  }
  return Object.fromEntries(PARTS.map((name, i) => [name, right[i]! / truth.length])) as LevelScores['parts'];
}

/** How often each (true, predicted) pair of class indices occurs in each group: flat triples. */
function pairCounts(truth: Int32Array, predicted: Int32Array, groups?: ArrayLike<number>): Int32Array[] {
  const clusters = new Map<number, Map<number, number>>();
  const wide = 2 ** 26;
  for (let i = 0; i < truth.length; i++) {
    const group = groups ? groups[i]! : i;
    let pairs = clusters.get(group);
    if (!pairs) {
      pairs = new Map();
      clusters.set(group, pairs);
    }
    const pair = truth[i]! * wide + predicted[i]!;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return Array.from(clusters.values(), (pairs) =>
    Int32Array.from([...pairs].flatMap(([pair, samples]) => [Math.floor(pair / wide), pair % wide, samples])),
  );
}
