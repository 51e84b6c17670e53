import { type Cell, type Summary, scoreOf } from '../../comparison/summarize.js';
import type { Protocol } from '../../runs/record.js';
import { score } from '../format.js';
import type { StudyView } from './view.js';

export interface ScoredCell {
  cell: Cell;
  score: Summary;
}

/** The values of a protocol that have a score, the highest first. */
export function rankedOf(view: StudyView, protocol: Protocol): ScoredCell[] {
  return view.cells
    .filter((cell) => cell.protocol === protocol)
    .map((cell) => ({ cell, score: scoreOf(view, cell) }))
    .filter(({ score: { mean } }) => Number.isFinite(mean))
    .sort((a, b) => b.score.mean - a.score.mean);
}

/** Where each protocol is highest, for readers who do not see a chart. */
export function highestOf(view: StudyView): string {
  const parts = view.series.flatMap(({ protocol, name }) => {
    const [best] = rankedOf(view, protocol);
    return best ? [`${name}: ${score(best.score.mean)} at ${best.cell.name}`] : [];
  });
  return `Highest: ${parts.join('; ')}.`;
}
