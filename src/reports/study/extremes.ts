import type { Measure } from '../../comparison/run-set.js';
import { rankedOf } from '../../comparison/two-measures.js';
import { score } from '../format.js';
import type { StudyView } from './view.js';

/** Where each protocol is highest, for readers who do not see a chart. */
export function highestOf(view: StudyView, measure?: Measure): string {
  const parts = view.series.flatMap(({ protocol, name }) => {
    const [best] = rankedOf(view, protocol, measure);
    return best ? [`${name}: ${score(best.score.mean)} at ${best.cell.name}`] : [];
  });
  return `Highest: ${parts.join('; ')}.`;
}
