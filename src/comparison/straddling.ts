import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rankCorrelation } from '../metrics/rank-correlation.js';
import type { LeakReport, Protocol } from '../runs/record.js';
import type { Point } from '../studies/record.js';
import { cellOf, type StudySummary, scoreOf } from './summarize.js';

/** How much of a test part belongs to contexts of which training or validation has other lines. */
export interface StraddlingPoint {
  point: Point;
  protocol: Protocol;
  /** Test lines. */
  of: number;
  straddling: NonNullable<LeakReport['straddling']>;
}

/** `straddling.json`: counted of the splits of studies whose records are older than that count; no training. */
export interface StraddlingRecord {
  schema: 1;
  dataset: { name: string; selection: string; sha256: string };
  /** By name of the study's folder. */
  studies: { study: string; points: StraddlingPoint[] }[];
}

/** Its name among the folders of studies. */
export const STRADDLING = 'straddling.json';

/**
 * What was counted of the splits of the studies in a folder.
 *
 * @returns Null where nothing was.
 */
export function readStraddling(dir: string): StraddlingRecord | null {
  const file = join(dir, STRADDLING);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StraddlingRecord) : null;
}

/** A split with what models score there, by line; null where no trial of it has ended. */
export interface StraddlingScore extends StraddlingPoint {
  study: string;
  exactMatch: number | null;
  strict: number | null;
}

/**
 * What was counted, beside the scores of the same points.
 *
 * @param studies Summaries by name of the study's folder.
 */
export function straddlingScores(
  record: StraddlingRecord,
  studies: ReadonlyMap<string, StudySummary>,
): StraddlingScore[] {
  return record.studies.flatMap(({ study, points }) =>
    points.map((one) => {
      const summary = studies.get(study);
      const cell = summary && cellOf(summary, one.point, one.protocol);
      const mean = (metric: 'exactMatch' | 'macroF1.strict'): number | null =>
        cell && cell.done.length > 0 ? scoreOf(summary, cell, { metric, level: 'lines' }).mean : null;
      return { study, ...one, exactMatch: mean('exactMatch'), strict: mean('macroF1.strict') };
    }),
  );
}

/** How far the share of lines in contexts that straddle orders the scores of a study's points. */
export interface StraddlingOrder {
  study: string;
  protocol: Protocol;
  points: number;
  least: number;
  most: number;
  /** Spearman's rank correlation of share and score. */
  exactMatch: number;
  strict: number;
}

/** Points of a study from which on a rank correlation says anything. */
const FEWEST = 5;

/** The order of each study and protocol whose points differ in that share, and have scores. */
export function straddlingOrder(scores: readonly StraddlingScore[]): StraddlingOrder[] {
  const groups = new Map<string, StraddlingScore[]>();
  for (const one of scores) {
    const name = `${one.study} ${one.protocol}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups.values()].flatMap((own) => {
    const shares = own.map(({ straddling }) => straddling.share);
    const [least, most] = [Math.min(...shares), Math.max(...shares)];
    const scored = own.every(({ exactMatch, strict }) => exactMatch !== null && strict !== null);
    if (own.length < FEWEST || least === most || !scored) return [];
    const { study, protocol } = own[0]!;
    const order = (measure: 'exactMatch' | 'strict'): number =>
      rankCorrelation(
        shares,
        own.map((one) => one[measure]!),
      );
    return [
      {
        ...{ study, protocol, points: own.length, least, most },
        ...{ exactMatch: order('exactMatch'), strict: order('strict') },
      },
    ];
  });
}
