import { surestSteps } from './surest.js';

/** Samples of about the same confidence. */
export interface ReliabilityBin {
  /** Confidence from, and to (the last bin's end is in it). */
  from: number;
  to: number;
  n: number;
  /** Mean confidence, and share that is right. */
  confidence: number;
  right: number;
}

/** How well a model's confidence tells right from wrong. */
export interface Calibration {
  n: number;
  /** Expected calibration error. */
  ece: number;
  /** Of the given label. */
  brier: number;
  /** Without those that are empty, ascending. */
  bins: ReliabilityBin[];
  /** What is right among the share of samples that one is surest of. */
  abstention: { coverage: number; least: number; right: number }[];
}

/** Shares of the samples that are kept when a model may abstain. */
const COVERAGES = [1, 0.95, 0.9, 0.8, 0.7, 0.5] as const;

/**
 * Calibration of a confidence in the label that was given,
 *
 *     ECE = Σ_bins n_b / n · |right_b − confidence_b|        [GUO2017]
 *     Brier = 1/n Σ (confidence − right)²                    [BRIER1950]
 *
 * in bins of equal width; and what is right when the least sure samples are left out (all of equal confidence together, so that a coverage
 * may come out greater than asked).
 *
 * @param confidence In [0, 1], shape [n].
 * @param right Whether the label is, shape [n].
 * @param options.bins Default 10.
 * @throws {RangeError} The two differ in length.
 * @example calibration([0.9, 0.6], [true, false]).brier // 0.185
 */
export function calibration(
  confidence: ArrayLike<number>,
  right: ArrayLike<boolean | number>,
  { bins = 10 }: { bins?: number } = {},
): Calibration {
  const n = confidence.length;
  if (right.length !== n) throw new RangeError(`metrics: expected ${n} verdicts, got ${right.length}.`);
  const sums = Array.from({ length: bins }, () => ({ n: 0, confidence: 0, right: 0 }));
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const sum = sums[Math.min(bins - 1, Math.floor(confidence[i]! * bins))]!;
    sum.n++;
    sum.confidence += confidence[i]!;
    sum.right += Number(right[i]);
    squares += (confidence[i]! - Number(right[i])) ** 2;
  }
  const full = sums.flatMap((sum, b) =>
    sum.n === 0
      ? []
      : [
          {
            ...{ from: b / bins, to: (b + 1) / bins, n: sum.n },
            ...{ confidence: sum.confidence / sum.n, right: sum.right / sum.n },
          },
        ],
  );
  return {
    n,
    ece: full.reduce((sum, bin) => sum + (bin.n / n) * Math.abs(bin.right - bin.confidence), 0),
    brier: squares / n,
    bins: full,
    abstention: abstention(confidence, right),
  };
}

function abstention(confidence: ArrayLike<number>, right: ArrayLike<boolean | number>) {
  const n = confidence.length;
  const steps = surestSteps(right, confidence);
  return COVERAGES.flatMap((asked) => {
    const step = steps.find(({ count }) => count >= Math.ceil(n * asked));
    if (!step) return [];
    const { confidence: least, count, wrong } = step;
    return [{ coverage: count / n, least, right: (count - wrong) / count }];
  });
}
