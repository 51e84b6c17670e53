import { type Measure, PAPER_MEASURE, sameMeasure } from '../../../comparison/run-set.js';
import type { StudyView } from '../view.js';

/** Stem of a chart's files: by the study's own measure the bare name, by the paper's with that said. */
export function chartName(name: string, { study }: Pick<StudyView, 'study'>, measure: Measure): string {
  const own = sameMeasure(measure, study.report);
  return !own && sameMeasure(measure, PAPER_MEASURE) ? `paper-${name}` : name;
}
