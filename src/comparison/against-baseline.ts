import { samePoint } from '../studies/point.js';

import { type Comparison, compareWithBaseline } from './compare.js';
import type { Measure } from './run-set.js';
import type { Cell, StudySummary } from './summarize.js';

/** A value of a study against its baseline, under one protocol. */
export interface Compared {
  cell: Cell;
  comparison: Comparison;
  /** Runs that both have. */
  pairs: number;
  /** Value less baseline, with the interval that suits the protocol. NaN when they are not compared. */
  mean: number;
  low: number;
  high: number;
  /** Whether it leaves out a column that holds nothing: its difference is noise. */
  control: boolean;
  verdict: 'better' | 'worse' | 'no difference shown' | 'too few runs' | 'not compared';
}

/**
 * Compares every value with the study's baseline.
 *
 * @param measure Default the study's own.
 */
export function compareAll(summary: StudySummary, measure: Measure = summary.study.report): Compared[] {
  const { study, cells } = summary;
  const { interval } = study.report;
  const { metric, level } = measure;
  const others = study.points.filter(({ point }) => study.baseline && !samePoint(point, study.baseline));
  return compareWithBaseline(summary, { metric, level, confidence: interval }).flatMap((comparison, i) => {
    const { point } = others[i % others.length]!;
    const cell = cells.find((one) => one.protocol === comparison.protocol && samePoint(one.point, point));
    if (!cell || cell.done.length === 0) return [];
    const { result } = comparison;
    const bounds = result && (result.corrected ?? result.difference);
    return [
      {
        cell,
        comparison,
        pairs: result?.seeds.length ?? 0,
        mean: bounds?.value ?? Number.NaN,
        low: bounds?.low ?? Number.NaN,
        high: bounds?.high ?? Number.NaN,
        control: (study.controls ?? []).some((name) => samePoint(point, { 'features.exclude': [name] })),
        verdict: verdictOf(comparison, 1 - interval),
      },
    ];
  });
}

/** The greatest difference that leaving out a column makes that holds nothing; null where none was. */
export function noiseOf(compared: readonly Compared[]): number | null {
  const controls = compared.filter(({ control, mean }) => control && Number.isFinite(mean));
  return controls.length === 0 ? null : Math.max(...controls.map(({ mean }) => Math.abs(mean)));
}

function verdictOf({ result }: Comparison, alpha: number): Compared['verdict'] {
  if (result === null) return 'not compared';
  if (result.holm === null) return 'too few runs';
  if (result.holm > alpha) return 'no difference shown';
  return (result.corrected ?? result.difference).value > 0 ? 'better' : 'worse';
}
