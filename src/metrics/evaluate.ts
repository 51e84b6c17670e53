import { randomStream } from '../random.js';
import { count, meanF1 } from './classification.js';
import { type Interval, quantile } from './interval.js';

/** The five parts of a label, in order. */
export const PARTS = ['r', 's', 'v', 'n', 'u'] as const;

/** Scores of one level, windows or lines. */
export interface LevelScores {
  /** Samples scored. */
  n: number;
  /** Share of samples with all five label parts right. */
  exactMatch: Interval;
  /** `strict`: over true and predicted classes; `paper`: over those that occur in the truth. */
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
  /** Samples with the same number are right or wrong together (a context): resampled as a whole. Shape [n]. */
  groups: ArrayLike<number>;
  /** Root seed of the resampling. */
  seed: number;
  /** Default 1000. */
  resamples?: number;
  /** Default 0.95. */
  level?: number;
}

/**
 * Scores of one level, each with the percentile interval of a cluster bootstrap: groups are drawn with replacement, as many as there
 * are, and scored again [EFRON1993, §8.2 and §13.3].
 *
 * @example levelScores({ truth, predicted, classes: 59, groups, seed: 7 }).macroF1.strict
 */
export function levelScores(options: LevelOptions): LevelScores {
  const { truth, predicted, classes, groups, seed, resamples = 1000, level = 0.95 } = options;
  const tally = count(truth, predicted);
  const n = truth.length;
  const clusters = clusterSamples(groups);
  const cells = clusters.map((samples) => clusterCounts(samples, truth, predicted, tally.index));
  const exact: number[] = [];
  const strict: number[] = [];
  const paper: number[] = [];
  const random = randomStream(seed, 'bootstrap');
  const size = tally.classes.length;
  const [hits, support, given] = [0, 1, 2].map(() => new Int32Array(size)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (let b = 0; b < resamples && cells.length > 0; b++) {
    for (const counts of [hits, support, given]) counts.fill(0);
    let [right, drawn] = [0, 0];
    for (let i = 0; i < cells.length; i++) {
      const { pairs, samples } = cells[random.integer(cells.length)]!;
      drawn += samples;
      for (let p = 0; p < pairs.length; p += 3) {
        const [t, q, times] = [pairs[p]!, pairs[p + 1]!, pairs[p + 2]!];
        support[t]! += times;
        given[q]! += times;
        if (t === q) {
          hits[t]! += times;
          right += times;
        }
      }
    }
    exact.push(right / drawn);
    strict.push(meanF1(hits, support, given, size, 'union'));
    paper.push(meanF1(hits, support, given, size, 'truth'));
  }
  const interval = (value: number, draws: number[]): Interval => {
    draws.sort((a, b) => a - b);
    const tail = (1 - level) / 2;
    const [low, high] =
      draws.length === 0 ? [Number.NaN, Number.NaN] : [quantile(draws, tail), quantile(draws, 1 - tail)];
    return {
      value,
      low,
      high,
      level,
      n,
      method: `bootstrap over ${clusters.length} contexts, ${resamples} resamples`,
    };
  };
  const right = tally.hits.reduce((a, b) => a + b, 0);
  const f1 = (over: 'union' | 'truth') => meanF1(tally.hits, tally.support, tally.given, size, over);
  return {
    n,
    exactMatch: interval(n === 0 ? Number.NaN : right / n, exact),
    macroF1: { strict: interval(f1('union'), strict), paper: interval(f1('truth'), paper) },
    parts: partAccuracies(truth, predicted, classes),
  };
}

/**
 * Share of samples with each label part right.
 *
 * @param classes K.
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

function clusterSamples(groups: ArrayLike<number>): number[][] {
  const clusters = new Map<number, number[]>();
  for (let i = 0; i < groups.length; i++) {
    const own = clusters.get(groups[i]!);
    if (own) own.push(i);
    else clusters.set(groups[i]!, [i]);
  }
  return [...clusters.values()];
}

/** How often each (true, predicted) pair of class indices occurs in a cluster: flat triples. */
function clusterCounts(
  samples: readonly number[],
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  index: ReadonlyMap<number, number>,
): { pairs: Int32Array; samples: number } {
  const pairs = new Map<string, [number, number, number]>();
  for (const sample of samples) {
    const t = index.get(truth[sample]!)!;
    const q = index.get(predicted[sample]!)!;
    const known = pairs.get(`${t} ${q}`);
    if (known) known[2]++;
    else pairs.set(`${t} ${q}`, [t, q, 1]);
  }
  return { pairs: Int32Array.from([...pairs.values()].flat()), samples: samples.length };
}
