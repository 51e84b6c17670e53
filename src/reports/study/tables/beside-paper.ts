import type { PaperMeasure, PaperResult, PaperValue } from '../../../comparison/paper-results.js';
import { QUANTITIES, type Quantity } from '../quantity.js';

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
export function sharedMeasures(result: PaperResult): { theirs: PaperMeasure; ours: Quantity }[] {
  return result.measures.flatMap((theirs) => {
    const ours = QUANTITIES[theirs.name];
    return ours && theirs.values.length > 0 ? [{ theirs, ours }] : [];
  });
}
