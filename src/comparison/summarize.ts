import { meanInterval, nadeauBengioInterval } from '../metrics/interval.js';
import { mean, standardDeviation } from '../metrics/moments.js';
import type { BaselineName, LeakReport, LevelScores, Protocol } from '../runs/record.js';
import { samePoint } from '../studies/point.js';
import type { StudyResults } from '../studies/read.js';
import type { Point, StudyFile, StudyRecord, TrialPlan, TrialTiming } from '../studies/record.js';
import { type LeakWord, leakWord } from '../windows/leak-word.js';
import {
  drawsTestWindows,
  type Measure,
  type Metric,
  scoreOf as scoreOfLevel,
  settingsAt,
  testShare,
} from './run-set.js';
import { pointName } from './setting-names.js';

/** What came out of a trial. */
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
  /** As charts and tables name it. */
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

/** What the split of a protocol leaks, over all finished trials of a study. */
export interface ProtocolLeak {
  protocol: Protocol;
  /** `leaks` when that of one trial is; null before the first. */
  verdict: LeakReport['verdict'] | null;
  /** What may be said of all trials; null before the first. */
  word: LeakWord | null;
  /** Least and greatest share of test lines inside a training window; 0 before the first trial. */
  leastShared: number;
  shared: number;
}

/** A study, point by point and protocol by protocol: what the README, reports and comparisons are made of. */
export interface StudySummary extends StudyResults {
  points: readonly { point: Point; name: string }[];
  protocols: readonly ProtocolLeak[];
  /** By point, then by protocol, in the study's order. */
  cells: readonly Cell[];
  counts: { planned: number; done: number; failed: number; missing: number };
  /** Where details are looked at: the study's baseline, or its first point. */
  reference: Point;
}

/** Something measured in each run of a cell. */
export interface Summary {
  n: number;
  mean: number;
  /** Standard deviation over runs; NaN for fewer than two. */
  sd: number;
  /** Bounds of the mean; NaN for fewer than two runs. */
  low: number;
  high: number;
  /** How they were found. */
  method: string;
  values: readonly number[];
}

/**
 * Sums up a study, point by point and protocol by protocol, in the order of its file.
 *
 * @example summarize(await readStudy('results/reference/window-size')).counts.done // 105
 */
export function summarize(results: StudyResults): StudySummary {
  const { study } = results;
  const points = study.points.map(({ point }) => ({ point, name: pointName(point) }));
  const cells = points.flatMap(({ point, name }) =>
    study.protocols.map((protocol) => ({ name, ...trialsAt(results, point, protocol) })),
  );
  const total = (count: (cell: Cell) => number): number => cells.reduce((sum, cell) => sum + count(cell), 0);
  return {
    ...results,
    points,
    cells,
    protocols: study.protocols.map((protocol) => leakOf(protocol, cells)),
    counts: {
      planned: total(({ planned }) => planned),
      done: total(({ done }) => done.length),
      failed: total(({ failed }) => failed.length),
      missing: total(({ missing }) => missing.length),
    },
    reference: study.baseline ?? points[0]?.point ?? {},
  };
}

function trialsAt(results: StudyResults, point: Point, protocol: Protocol): Omit<Cell, 'name'> {
  const records = new Map(results.records.map((record) => [record.key, record]));
  const plans = results.study.trials
    .filter((trial) => trial.protocol === protocol && samePoint(trial.point, point))
    .toSorted((a, b) => a.run - b.run);
  const done = plans.flatMap((plan) => {
    const result = records.get(plan.key)?.result;
    return result ? [{ plan, result, timing: results.timings.get(plan.key) ?? null }] : [];
  });
  const failed = plans.flatMap(({ key }) => {
    const record = records.get(key);
    return record?.status === 'failed' ? [record] : [];
  });
  const draws = done.length > 0 && drawsTestWindows(settingsAt(results, point, protocol));
  return {
    point,
    protocol,
    planned: plans.length,
    done,
    failed,
    missing: plans.filter(({ key }) => !records.has(key)),
    testShare: draws ? testShare(done.map(({ result }) => result)) : null,
  };
}

function leakOf(protocol: Protocol, cells: readonly Cell[]): ProtocolLeak {
  const leaks = cells.flatMap((cell) =>
    cell.protocol === protocol ? cell.done.map(({ result }) => result.leak) : [],
  );
  const shares = leaks.map(({ sharedLines }) => sharedLines.share);
  const words = new Set(leaks.map(leakWord));
  return {
    protocol,
    verdict: leaks.some(({ verdict }) => verdict === 'leaks') ? 'leaks' : (leaks[0]?.verdict ?? null),
    word: (['leaks', 'shares no line', 'leak-free'] as const).find((word) => words.has(word)) ?? null,
    leastShared: leaks.length === 0 ? 0 : Math.min(...shares),
    shared: Math.max(0, ...shares),
  };
}

/** The trials of a point under a protocol. */
export function cellOf(
  { cells }: Pick<StudySummary, 'cells'>,
  point: Point,
  protocol: Protocol,
): Cell | null {
  return cells.find((cell) => cell.protocol === protocol && samePoint(cell.point, point)) ?? null;
}

/**
 * Mean, spread and interval of the study's score over the runs of a cell, or of another score.
 *
 * @example scoreOf(summary, cell, { metric: 'macroF1.strict', level: 'windows' }).mean
 */
export function scoreOf(
  { study }: { study: StudyFile },
  cell: Cell,
  { metric, level }: Measure = study.report,
): Summary {
  return summaryOf(study, cell, ({ result }) => scoreOfLevel(result[level], metric), [0, 1]);
}

/** The same of a baseline, by line; without runs where no record has it. */
export function baselineOf(
  { study }: { study: StudyFile },
  cell: Cell,
  name: BaselineName,
  metric: Metric = study.report.metric,
): Summary {
  return summaryOf(
    study,
    cell,
    ({ result }) => {
      const scores: LevelScores | undefined = result.baselines[name];
      return scores ? scoreOfLevel(scores, metric) : null;
    },
    [0, 1],
  );
}

/**
 * Mean, spread and interval of anything measured in each run of a cell.
 *
 * @param value Null or not finite: that run has none.
 * @param bounds Least and greatest value that there can be. Default none.
 */
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
  return sumUp(values, { level: study.report.interval, testShare: share, ...(bounds ? { bounds } : {}) });
}

/**
 * Mean, standard deviation and interval of values, one a run: corrected where runs draw their own test windows, else Student's.
 *
 * @param options.level Of the interval, as in 0.95.
 * @param options.testShare n_test / n_train where every run draws its own test windows; null where all have the same test part.
 * @example sumUp([0.91, 0.93], { level: 0.95, testShare: null }).mean // 0.92
 */
export function sumUp(
  values: readonly number[],
  options: { level: number; testShare: number | null; bounds?: readonly [number, number] },
): Summary {
  const { level, testShare, bounds: [least, most] = [-Infinity, Infinity] } = options;
  const { low, high, method } =
    testShare === null ? meanInterval(values, level) : nadeauBengioInterval(values, testShare, level);
  return {
    n: values.length,
    mean: mean(values),
    sd: standardDeviation(values),
    low: Math.max(least, low),
    high: Math.min(most, high),
    method,
    values,
  };
}
