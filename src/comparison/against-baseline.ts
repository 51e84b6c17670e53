import type { Protocol } from '../runs/record.js';
import { samePoint } from '../studies/point.js';

import { type Comparison, compareWithBaseline } from './compare.js';
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
  verdict: 'better' | 'worse' | 'no difference shown' | 'too few runs' | 'not compared';
}

/** Compares every value with the study's baseline, once for all that a page says of it. */
export function compareAll(summary: StudySummary): Compared[] {
  const { study, cells } = summary;
  const { metric, level, interval } = study.report;
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
        verdict: verdictOf(comparison, 1 - interval),
      },
    ];
  });
}

/** Those of one protocol; none when there is no baseline or nothing to compare. */
export function compareWithReference(
  { compared }: { compared: readonly Compared[] },
  protocol: Protocol,
): Compared[] {
  return compared.filter(({ cell }) => cell.protocol === protocol);
}

function verdictOf({ result }: Comparison, alpha: number): Compared['verdict'] {
  if (result === null) return 'not compared';
  if (result.holm === null) return 'too few runs';
  if (result.holm > alpha) return 'no difference shown';
  return (result.corrected ?? result.difference).value > 0 ? 'better' : 'worse';
}
