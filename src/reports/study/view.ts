import type { Interval } from '../../metrics/interval.js';
import type { LeakReport, LevelScores, Protocol } from '../../studies/record.js';
import { samePoint } from '../../studies/study.js';
import type { Point, StudyFile, StudyRecord, TrialPlan, TrialTiming } from '../../studies/study-record.js';
import type { Series } from '../series.js';
import { PROTOCOL_COLOUR } from '../theme.js';
import { pointName } from './names.js';
import { type Summary, summarise } from './statistics.js';

/** What a study's folder holds. */
export interface StudyRows {
  dir: string;
  study: StudyFile;
  records: readonly StudyRecord[];
  timings: readonly TrialTiming[];
}

export type Result = NonNullable<StudyRecord['result']>;

/** A finished trial. */
export interface DoneTrial {
  plan: TrialPlan;
  result: Result;
  timing: TrialTiming | null;
}

/** All trials of a point under a protocol. */
export interface Cell {
  point: Point;
  name: string;
  protocol: Protocol;
  planned: number;
  /** In the order of the runs. */
  done: readonly DoneTrial[];
  failed: readonly StudyRecord[];
  missing: readonly TrialPlan[];
}

/** A protocol of a study, with what a page calls it. */
export interface StudySeries extends Series {
  protocol: Protocol;
  /** Of its first finished trial; null before. */
  verdict: LeakReport['verdict'] | null;
  /** Greatest share of test lines inside a training window, over all finished trials. */
  shared: number;
}

/** A study, point by point and protocol by protocol. */
export interface StudyView extends StudyRows {
  points: readonly { point: Point; name: string }[];
  series: readonly StudySeries[];
  /** By point, then by protocol, in the study's order. */
  cells: readonly Cell[];
  counts: { planned: number; done: number; failed: number; missing: number };
  /** Where details are looked at: the study's baseline, or its first point. */
  reference: Point;
}

const EMPTY: Point = {};

/** Sorts the records of a study by point and protocol. */
export function viewStudy(rows: StudyRows): StudyView {
  const { study } = rows;
  const records = new Map(rows.records.map((record) => [record.key, record]));
  const timings = new Map(rows.timings.map((timing) => [timing.key, timing]));
  const points = study.points.map(({ point }) => ({ point, name: pointName(point) }));
  const cells = points.flatMap(({ point, name }) =>
    study.protocols.map((protocol): Cell => {
      const plans = study.trials
        .filter((trial) => trial.protocol === protocol && samePoint(trial.point, point))
        .toSorted((a, b) => a.run - b.run);
      const done = plans.flatMap((plan) => {
        const result = records.get(plan.key)?.result;
        return result ? [{ plan, result, timing: timings.get(plan.key) ?? null }] : [];
      });
      const failed = plans.flatMap(({ key }) => {
        const record = records.get(key);
        return record?.status === 'failed' ? [record] : [];
      });
      const missing = plans.filter(({ key }) => !records.has(key));
      return { point, name, protocol, planned: plans.length, done, failed, missing };
    }),
  );
  const total = (count: (cell: Cell) => number): number => cells.reduce((sum, cell) => sum + count(cell), 0);
  return {
    ...rows,
    points,
    cells,
    series: study.protocols.map((protocol) => seriesOf(protocol, cells)),
    counts: {
      planned: total(({ planned }) => planned),
      done: total(({ done }) => done.length),
      failed: total(({ failed }) => failed.length),
      missing: total(({ missing }) => missing.length),
    },
    reference: study.baseline ?? points[0]?.point ?? EMPTY,
  };
}

function seriesOf(protocol: Protocol, cells: readonly Cell[]): StudySeries {
  const leaks = cells.flatMap((cell) =>
    cell.protocol === protocol ? cell.done.map(({ result }) => result.leak) : [],
  );
  const verdict = leaks.some((leak) => leak.verdict === 'leaks') ? 'leaks' : (leaks[0]?.verdict ?? null);
  const says = verdict === 'leaks' ? ' (leaks)' : '';
  return {
    protocol,
    name: `${protocol} protocol${says}`,
    colour: PROTOCOL_COLOUR[protocol],
    verdict,
    shared: Math.max(0, ...leaks.map(({ sharedLines }) => sharedLines.share)),
  };
}

/** The trials of a point under a protocol. */
export function cellOf({ cells }: StudyView, point: Point, protocol: Protocol): Cell | null {
  return cells.find((cell) => cell.protocol === protocol && samePoint(cell.point, point)) ?? null;
}

/** The score that a study reports, of one level of scores. */
export function metricOf(metric: StudyFile['report']['metric'], scores: LevelScores): number {
  return metricInterval(metric, scores).value;
}

export function metricInterval(metric: StudyFile['report']['metric'], scores: LevelScores): Interval {
  if (metric === 'exactMatch') return scores.exactMatch;
  return metric === 'macroF1.strict' ? scores.macroF1.strict : scores.macroF1.paper;
}

/** What the study's score is called. */
export function metricName({ metric, level }: StudyFile['report']): string {
  const names = {
    'macroF1.strict': 'strict macro F1',
    'macroF1.paper': 'macro F1 over true classes',
    exactMatch: 'exact match',
  };
  return `${names[metric]}, by ${level === 'lines' ? 'line' : 'window'}`;
}

/** Mean, spread and interval of the study's score over the runs of a cell. */
export function scoreOf({ study }: StudyView, cell: Cell): Summary {
  const { metric, level } = study.report;
  return summaryOf(study, cell, ({ result }) => metricOf(metric, result[level]));
}

/** Mean, spread and interval of anything measured in each run of a cell. */
export function summaryOf(study: StudyFile, cell: Cell, value: (trial: DoneTrial) => number | null): Summary {
  const values = cell.done.flatMap((trial) => {
    const measured = value(trial);
    return measured !== null && Number.isFinite(measured) ? [measured] : [];
  });
  return summarise(values, { level: study.report.interval, testShare: testShare(cell) });
}

/** n_test / n_train of a cell's splits; 0 where every run has the same split. */
export function testShare({ protocol, done }: Cell): number {
  const leak = done[0]?.result.leak;
  if (!leak || protocol === 'capture') return 0;
  return leak.windows.test / Math.max(1, leak.windows.train);
}
