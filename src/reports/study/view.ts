import { type Compared, compareAll } from '../../comparison/against-baseline.js';
import {
  drawsTestWindows,
  scoreOf as scoreOfLevel,
  settingsAt,
  testShare,
} from '../../comparison/run-set.js';
import type { BaselineName, LeakReport, Protocol } from '../../runs/record.js';
import { samePoint } from '../../studies/point.js';
import type { StudyResults } from '../../studies/read.js';
import type { Point, StudyFile, StudyRecord, TrialPlan, TrialTiming } from '../../studies/record.js';

import { BASELINES } from '../drawing/levels.js';
import type { Series } from '../drawing/series.js';
import { PROTOCOL_COLOUR } from '../drawing/theme.js';
import { pointName } from './names.js';
import { type Summary, summarise } from './statistics.js';

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
  /** n_test / n_train where every run draws its own test windows; null where all have the same test part. */
  testShare: number | null;
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
export interface StudyView extends StudyResults {
  /** The records themselves. */
  results: StudyResults;
  /** Every value against the study's baseline. */
  compared: readonly Compared[];
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
export function viewStudy(rows: StudyResults): StudyView {
  const { study } = rows;
  const records = new Map(rows.records.map((record) => [record.key, record]));
  const { timings } = rows;
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
      const draws = done.length > 0 && drawsTestWindows(settingsAt(rows, point, protocol));
      const share = draws ? testShare(done.map(({ result }) => result)) : null;
      return { point, name, protocol, planned: plans.length, done, failed, missing, testShare: share };
    }),
  );
  const total = (count: (cell: Cell) => number): number => cells.reduce((sum, cell) => sum + count(cell), 0);
  return {
    ...rows,
    results: rows,
    compared: compareAll({ study, cells, results: rows }),
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

/** What the study's score is called. */
export function metricName({ metric, level }: StudyFile['report']): string {
  const names = {
    'macroF1.strict': 'strict macro F1',
    'macroF1.paper': 'macro F1 over true classes',
    exactMatch: 'exact match',
  };
  return `${names[metric]} of ${level}`;
}

/** Mean, spread and interval of the study's score over the runs of a cell, or of another score. */
export function scoreOf(
  { study }: Pick<StudyView, 'study'>,
  cell: Cell,
  { metric, level }: Pick<StudyFile['report'], 'metric' | 'level'> = study.report,
): Summary {
  return summaryOf(study, cell, ({ result }) => scoreOfLevel(result[level], metric), [0, 1]);
}

/** The same of a baseline; without runs where no record has it. */
export function baselineOf({ study }: StudyView, cell: Cell, name: BaselineName): Summary {
  return summaryOf(
    study,
    cell,
    ({ result }) => {
      const scores = result.baselines[name];
      return scores ? scoreOfLevel(scores, study.report.metric) : null;
    },
    [0, 1],
  );
}

/** Mean, spread and interval of anything measured in each run of a cell. */
export function summaryOf(
  study: StudyFile,
  cell: Cell,
  value: (trial: DoneTrial) => number | null,
  bounds?: readonly [number, number],
): Summary {
  const values = cell.done.flatMap((trial) => {
    const measured = value(trial);
    return measured !== null && Number.isFinite(measured) ? [measured] : [];
  });
  const { testShare: share } = cell;
  return summarise(values, { level: study.report.interval, testShare: share, ...(bounds ? { bounds } : {}) });
}

export const pointsOf = ({ points }: StudyView): Point[] => points.map(({ point }) => point);

/** What a page calls a protocol. */
export function seriesName({ series }: StudyView, protocol: Protocol): string {
  return series.find((one) => one.protocol === protocol)!.name;
}

/** What the bars of a chart are. */
export function withInterval({ study }: StudyView): string {
  return `mean over runs; bar: ${100 * study.report.interval} % interval`;
}

/** The name of the point where details are looked at. */
export function pointNameOf(view: StudyView): string {
  return view.points.find(({ point }) => samePoint(point, view.reference))?.name ?? '';
}

/** Baselines that the records of some cells have, in the order of charts and tables. */
export function baselineKeys(cells: readonly Cell[]): BaselineName[] {
  const results = cells.flatMap(({ done }) => done.map(({ result }) => result));
  return (Object.keys(BASELINES) as BaselineName[]).filter((key) =>
    results.some(({ baselines }) => baselines[key]),
  );
}
