import type { PaperValue } from './paper-results.js';
import type { Summary } from './summarize.js';

/** How a number of the paper lies to the interval of ours: inside, or all of ours above or below it. */
export type Verdict = 'inside' | 'ours higher' | 'ours lower' | 'no interval' | 'another machine' | 'not run';

/**
 * Whether the paper's number lies in our interval; bounds do when they overlap it.
 *
 * @param measure.ofMachine Depends on the machine: cannot agree with what another measured.
 * @example verdictOf({ point, mean: 0.982 }, summary, {}) // 'inside'
 */
export function verdictOf(
  paper: PaperValue,
  ours: Summary | null,
  measure: { ofMachine?: boolean },
): Verdict {
  if (!ours || ours.n === 0) return 'not run';
  if (measure.ofMachine) return 'another machine';
  const low = paper.mean ?? paper.low ?? Number.NEGATIVE_INFINITY;
  const high = paper.mean ?? paper.high ?? Number.POSITIVE_INFINITY;
  if (!Number.isFinite(ours.low) || !Number.isFinite(ours.high))
    return ours.n > 1 && ours.mean === paper.mean ? 'inside' : 'no interval';
  if (high >= ours.low && low <= ours.high) return 'inside';
  return ours.low > high ? 'ours higher' : 'ours lower';
}

/** Ours less the paper's; for bounds less the nearer one, 0 between them. */
export function distance(paper: PaperValue, ours: number): number {
  if (paper.mean !== undefined) return ours - paper.mean;
  if (paper.low !== undefined && ours < paper.low) return ours - paper.low;
  if (paper.high !== undefined && ours > paper.high) return ours - paper.high;
  return 0;
}
