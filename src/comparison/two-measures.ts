import type { Protocol } from '../runs/record.js';
import type { Compared } from './against-baseline.js';
import { type Measure, secondMeasure } from './run-set.js';
import { type Cell, type StudySummary, type Summary, scoreOf } from './summarize.js';

/** A value of a study with its score. */
export interface ScoredCell {
  cell: Cell;
  score: Summary;
}

/** The values of a protocol that have a score, the highest first. */
export function rankedOf(
  summary: StudySummary,
  protocol: Protocol,
  measure: Measure = summary.study.report,
): ScoredCell[] {
  return summary.cells
    .filter((cell) => cell.protocol === protocol)
    .map((cell) => ({ cell, score: scoreOf(summary, cell, measure) }))
    .filter(({ score: { mean } }) => Number.isFinite(mean))
    .sort((a, b) => b.score.mean - a.score.mean);
}

/** What a second measure says of where a protocol is highest and lowest. */
export interface SecondOpinion {
  measure: Measure;
  highest: ScoredCell;
  lowest: ScoredCell;
  /**
   * `same` ends; `other` ends; `reversed` when the value that is highest by the first measure is below the one that is lowest there.
   */
  says: 'same' | 'other' | 'reversed';
}

/**
 * Asks a second measure where a protocol is highest and lowest: a claim that holds for one measure alone is a claim about the measure.
 *
 * @returns Null with fewer than two values that have scores.
 * @example secondOpinion(summary, 'blocked')?.says // 'reversed'
 */
export function secondOpinion(summary: StudySummary, protocol: Protocol): SecondOpinion | null {
  const ranked = rankedOf(summary, protocol);
  const measure = secondMeasure(summary.study.report);
  const second = rankedOf(summary, protocol, measure);
  if (ranked.length < 2 || second.length < 2) return null;
  const [highest, lowest] = [second[0]!, second.at(-1)!];
  const [best, worst] = [ranked[0]!.cell, ranked.at(-1)!.cell];
  const mean = (cell: Cell): number => scoreOf(summary, cell, measure).mean;
  const same = highest.cell === best && lowest.cell === worst;
  const says = same ? 'same' : mean(best) < mean(worst) ? 'reversed' : 'other';
  return { measure, highest, lowest, says };
}

/** A value that two measures put on different sides of the baseline, at least one of them beyond chance. */
export interface Disagreement {
  first: Compared;
  second: Compared;
}

/** The values that one measure has above the baseline and another below it, where one of the two is sure of it. */
export function disagreements(first: readonly Compared[], second: readonly Compared[]): Disagreement[] {
  const sure = ({ verdict }: Compared): boolean => verdict === 'better' || verdict === 'worse';
  return first.flatMap((one) => {
    const other = second.find(({ cell }) => cell === one.cell);
    const opposed = other && one.mean * other.mean < 0 && (sure(one) || sure(other));
    return opposed ? [{ first: one, second: other }] : [];
  });
}
