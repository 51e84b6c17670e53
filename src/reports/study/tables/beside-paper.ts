import type { PaperMeasure, PaperResult, PaperValue } from '../../../comparison/paper-results.js';
import { MEASURES, type Measure } from '../measure.js';
import type { Summary } from '../statistics.js';

/** How a number of the paper lies to ours. */
export type Verdict = 'inside' | 'outside' | 'no interval' | 'another machine' | 'not run';

/**
 * Whether the paper's number lies in our interval; bounds do when they overlap it.
 *
 * @example verdictOf({ mean: 0.982, … }, summary, MEASURES.macroF1) // 'inside'
 */
export function verdictOf(paper: PaperValue, ours: Summary | null, measure: Measure): Verdict {
  if (!ours || ours.n === 0) return 'not run';
  if (measure.ofMachine) return 'another machine';
  const low = paper.mean ?? paper.low ?? Number.NEGATIVE_INFINITY;
  const high = paper.mean ?? paper.high ?? Number.POSITIVE_INFINITY;
  if (!Number.isFinite(ours.low) || !Number.isFinite(ours.high))
    return ours.n > 1 && ours.mean === paper.mean ? 'inside' : 'no interval';
  return high >= ours.low && low <= ours.high ? 'inside' : 'outside';
}

/** Ours less the paper's; for bounds less the nearer one, 0 between them. */
export function distance(paper: PaperValue, ours: number): number {
  if (paper.mean !== undefined) return ours - paper.mean;
  if (paper.low !== undefined && ours < paper.low) return ours - paper.low;
  if (paper.high !== undefined && ours > paper.high) return ours - paper.high;
  return 0;
}

/** A number of the paper as its tables print it: `0.9820 ± 0.0082`, `0.65–0.70`, `≈ 718,000`. */
export function paperText(paper: PaperValue, text: (value: number) => string): string {
  const about = paper.about ? '≈ ' : '';
  if (paper.mean !== undefined)
    return `${about}${text(paper.mean)}${paper.sd === undefined ? '' : ` ± ${text(paper.sd)}`}`;
  if (paper.low !== undefined && paper.high !== undefined)
    return `${about}${text(paper.low)}–${text(paper.high)}`;
  return paper.low === undefined
    ? `at most ${text(paper.high ?? Number.NaN)}`
    : `at least ${text(paper.low)}`;
}

/** The measures of a result that trials have too. */
export function sharedMeasures(result: PaperResult): { theirs: PaperMeasure; ours: Measure }[] {
  return result.measures.flatMap((theirs) => {
    const ours = MEASURES[theirs.name];
    return ours && theirs.values.length > 0 ? [{ theirs, ours }] : [];
  });
}
