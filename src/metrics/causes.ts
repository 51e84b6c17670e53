import { randomStream } from '../random.js';
import { bootstrapInterval, resample } from './bootstrap.js';
import { accuracy, macroF1 } from './classification.js';
import { type ClusteringScores, clusteringScores, type SizeScores, scoresBySize } from './clustering.js';
import type { Interval } from './interval.js';
import { surestSteps } from './surest.js';

/** What is known and what was said of the causes of lines. Line numbers are any, as long as both use the same. */
export interface CauseLines {
  /** The line that caused each, its own of a triggering event; null for nobody. Shape [N]. */
  truth: readonly (number | null)[];
  said: readonly (number | null)[];
  /** Code of each line's true and said label. Shape [N]. */
  labels: { truth: ArrayLike<number>; said: ArrayLike<number> };
  /** Probability of what was said, in [0, 1]. Shape [N]. Without it there is no risk. */
  confidence?: ArrayLike<number> | undefined;
}

/** How many of the lines that are answered are wrong. */
export interface RiskAt {
  /** Share of the lines that are answered: those of this confidence or more. */
  coverage: number;
  confidence: number;
  /** Share of them whose cause is wrong. */
  risk: number;
}

/** How right causes are, by line and as contexts. */
export interface CauseScores {
  /** N. */
  lines: number;
  /** Shares of the lines whose label, and whose cause, is right. */
  label: number;
  trigger: number;
  /** Over true and said classes, and over true ones. */
  macroF1: { strict: number; truth: number };
  /** Over the lines that somebody caused; what is said to be nobody's stands alone. */
  contexts: ClusteringScores & { bySize: SizeScores[] };
  /** Where confidences are known, from every line answered on. */
  risk: RiskAt[];
}

/** Shares of the lines at which risk is told. */
const COVERAGES = [1, 0.99, 0.98, 0.95, 0.9, 0.8] as const;

/**
 * Scores causes: right labels, right triggers, contexts as conversations are scored, risk against coverage.
 *
 * @example causeScores({ truth: [0, 0], said: [0, null], labels: { truth: [5, 5], said: [5, 7] } }).trigger // 0.5
 */
export function causeScores({ truth, said, labels, confidence }: CauseLines): CauseScores {
  const right = truth.map((cause, i) => cause === said[i]);
  const caused = truth.flatMap((cause, i) => (cause === null ? [] : [i]));
  const own = caused.map((i) => truth[i]!);
  const given = caused.map((i) => said[i]!);
  return {
    lines: truth.length,
    label: accuracy(labels.truth, labels.said),
    trigger: share(right.filter(Boolean).length, right.length),
    macroF1: {
      strict: macroF1(labels.truth, labels.said, { over: 'union' }),
      truth: macroF1(labels.truth, labels.said, { over: 'truth' }),
    },
    contexts: { ...clusteringScores(own, given), bySize: scoresBySize(own, given) },
    risk: confidence ? riskAt(right, confidence, COVERAGES) : [],
  };
}

/**
 * The share of lines that are right, with the interval of a bootstrap over contexts, whose lines are right or wrong together [EFRON1993, ch. 8].
 *
 * @param contexts Of each line; one of its own where it is null.
 * @param options.resamples Default 1000.
 * @example rightShare([true, true, false], ['a', 'a', 'b'], { seed: 7 }).value // 2 / 3
 */
export function rightShare(
  right: readonly boolean[],
  contexts: readonly (string | number | null)[],
  { seed, resamples = 1000 }: { seed: number; resamples?: number },
): Interval {
  const groups = new Map<string | number, [hits: number, lines: number]>();
  right.forEach((own, i) => {
    const key = contexts[i] ?? `line ${i}`;
    const [hits, lines] = groups.get(key) ?? [0, 0];
    groups.set(key, [hits + Number(own), lines + 1]);
  });
  const all = [...groups.values()];
  const draws = resample(all.length, { resamples, random: randomStream(seed, 'bootstrap') }, (times) => {
    let [hits, lines] = [0, 0];
    for (let g = 0; g < all.length; g++) {
      hits += times[g]! * all[g]![0];
      lines += times[g]! * all[g]![1];
    }
    return share(hits, lines);
  });
  const value = share(right.filter(Boolean).length, right.length);
  const of = { groups: all.length, unit: 'contexts', n: right.length, range: [0, 1] as [number, number] };
  return bootstrapInterval(value, draws, of);
}

/**
 * Risk when the least sure lines are not answered. Lines of one confidence are answered together.
 *
 * @param coverages Least shares to be answered.
 * @example riskAt([true, false], [0.9, 0.4], [0.5]) // [{ coverage: 0.5, confidence: 0.9, risk: 0 }]
 */
export function riskAt(
  right: readonly boolean[],
  confidence: ArrayLike<number>,
  coverages: readonly number[],
): RiskAt[] {
  const steps = riskSteps(right, confidence);
  return coverages.flatMap((least) => steps.find(({ coverage }) => coverage >= least - 1e-12) ?? []);
}

/**
 * The least confidence from which on at most a share of the answers is wrong; where no confidence does, that of the least risk.
 *
 * @returns 0 where all may be answered.
 * @example thresholdFor([true, false, true], [0.9, 0.4, 0.8], 0.1) // 0.8
 */
export function thresholdFor(right: readonly boolean[], confidence: ArrayLike<number>, risk: number): number {
  const steps = riskSteps(right, confidence);
  const last = steps.at(-1);
  if (!last || last.risk <= risk) return 0;
  const fits = steps.findLast((step) => step.risk <= risk);
  if (fits) return fits.confidence;
  return steps.reduce((best, step) => (step.risk <= best.risk ? step : best)).confidence;
}

/** Risk at every confidence that occurs, the surest first. */
const riskSteps = (right: readonly boolean[], confidence: ArrayLike<number>): RiskAt[] =>
  surestSteps(right, confidence).map(({ confidence: own, count, wrong }) => ({
    coverage: share(count, right.length),
    confidence: own,
    risk: share(wrong, count),
  }));

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
