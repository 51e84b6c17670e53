import { bootstrapMean } from '../metrics/bootstrap.js';
import { type Interval, meanInterval, nadeauBengioInterval } from '../metrics/interval.js';
import { mean, standardDeviation } from '../metrics/moments.js';
import { randomStream } from '../random.js';
import type { BaselineName, LeakReport, Protocol } from '../runs/record.js';
import { pointKey } from '../studies/point.js';
import { recordsOf, type StudyResults } from '../studies/read.js';
import type { Point, StudyRecord } from '../studies/record.js';
import {
  drawsTestWindows,
  LEVELS,
  type Level,
  METRICS,
  type Metric,
  scoreOf,
  settingsAt,
  testShare,
} from './run-set.js';

/** Mean and standard deviation over runs; NaN where there are too few. */
export interface Spread {
  n: number;
  mean: number;
  deviation: number;
}

/** A score over runs, with three intervals of its mean. */
export interface ScoreSummary extends Spread {
  values: { seed: number; value: number }[];
  /** Student's t, which takes runs for independent. */
  student: Interval;
  /** With the correction for random splits that share training rows; null where all runs have the same test part. */
  corrected: Interval | null;
  /** Percentiles of a bootstrap over runs. */
  bootstrap: Interval;
}

/** What the splits of a point leak, means over runs. */
export interface LeakSummary {
  /** `leaks` when one run's does. */
  verdict: LeakReport['verdict'];
  /** Shares in [0, 1], as in `LeakReport`. */
  sharedLines: number;
  overlappingWindows: number;
  duplicateRows: number;
  unseenClasses: number;
  /** n_test / n_train, windows. */
  testShare: number;
}

/** Everything that is known of one point under one protocol. */
export interface PointSummary {
  point: Point;
  label: string;
  protocol: Protocol;
  /** Whether it is the one that others are compared with. */
  baseline: boolean;
  /** Finished runs. */
  n: number;
  /** Runs that failed for good, and why. */
  failures: { run: number; failure: string }[];
  /** Runs without a record yet. */
  missing: number;
  /** Null without a finished run. */
  leak: LeakSummary | null;
  scores: Record<Level, Record<Metric, ScoreSummary>>;
  /** By line. Baselines that no record has are left out. */
  baselines: Partial<Record<BaselineName, Record<Metric, Spread>>>;
  /** Of training, wall time. */
  seconds: Spread;
  /** Of inference. */
  millisecondsPerLine: Spread;
  epochs: Spread;
}

const BASELINES: readonly BaselineName[] = [
  'majority',
  'previousLine',
  'ownAction',
  'tuple',
  'nearestAction',
];
/** Enough for two digits, and a study has hundreds of intervals. */
const RESAMPLES = 2000;

/**
 * Sums up a study, point by point and protocol by protocol, in the order of its file.
 *
 * @example summarize(await readStudy('results/window-size'))[0].scores.lines['macroF1.strict'].mean
 */
export function summarize(results: StudyResults): PointSummary[] {
  const { study } = results;
  return study.points.flatMap(({ point, label }) =>
    study.protocols.map((protocol) => summarizePoint(results, point, label, protocol)),
  );
}

/** The interval to show beside a mean: the corrected one where runs draw their own test windows, else Student's. */
export function shownInterval({ corrected, student }: ScoreSummary): Interval {
  return corrected ?? student;
}

/**
 * Mean and standard deviation.
 *
 * @example spread([1, 3]) // { n: 2, mean: 2, deviation: 1.414 }
 */
export function spread(values: readonly number[]): Spread {
  return { n: values.length, mean: mean(values), deviation: standardDeviation(values) };
}

type Done = StudyRecord & { result: NonNullable<StudyRecord['result']> };

function summarizePoint(
  results: StudyResults,
  point: Point,
  label: string,
  protocol: Protocol,
): PointSummary {
  const { study, timings } = results;
  const rows = recordsOf(results, point, protocol);
  const done = rows.filter((row): row is Done => row.result !== undefined && row.status === 'done');
  const planned = study.trials.filter(
    (trial) => trial.protocol === protocol && pointKey(trial.point) === pointKey(point),
  );
  const times = done.flatMap(({ key }) => timings.get(key) ?? []);
  const random = drawsTestWindows(settingsAt(results, point, protocol));
  const share = testShare(done.map(({ result }) => result));
  const score = (level: Level, metric: Metric): ScoreSummary => {
    const values = done.map(({ seed, result }) => ({ seed, value: scoreOf(result[level], metric) }));
    return summarizeScore(values, {
      level: study.report.interval,
      share: random ? share : null,
      purpose: `${label}/${protocol}/${level}/${metric}`,
    });
  };
  return {
    point,
    label,
    protocol,
    baseline: study.baseline !== null && pointKey(study.baseline) === pointKey(point),
    n: done.length,
    failures: rows.flatMap(({ run, status, failure = 'no reason given' }) =>
      status === 'failed' ? [{ run, failure }] : [],
    ),
    missing: planned.length - rows.length,
    leak:
      done.length === 0
        ? null
        : summarizeLeak(
            done.map(({ result }) => result.leak),
            share,
          ),
    scores: byKey(LEVELS, (level) => byKey(METRICS, (metric) => score(level, metric))),
    baselines: summarizeBaselines(done),
    seconds: spread(times.map(({ seconds }) => seconds)),
    millisecondsPerLine: spread(times.map(({ millisecondsPerLine }) => millisecondsPerLine)),
    epochs: spread(done.map(({ result }) => result.epochs)),
  };
}

function summarizeScore(
  runs: { seed: number; value: number }[],
  { level, share, purpose }: { level: number; share: number | null; purpose: string },
): ScoreSummary {
  const values = runs.map(({ value }) => value);
  return {
    ...spread(values),
    values: runs,
    student: meanInterval(values, level),
    corrected: share === null || values.length === 0 ? null : nadeauBengioInterval(values, share, level),
    bootstrap: bootstrapMean(values, {
      random: randomStream('summary', purpose),
      resamples: RESAMPLES,
      level,
    }),
  };
}

function summarizeLeak(leaks: readonly LeakReport[], share: number): LeakSummary {
  const average = (pick: (leak: LeakReport) => number): number => mean(leaks.map(pick));
  return {
    verdict: leaks.some(({ verdict }) => verdict === 'leaks') ? 'leaks' : 'leak-free',
    sharedLines: average(({ sharedLines }) => sharedLines.share),
    overlappingWindows: average(({ nearestOverlap }) => nearestOverlap.share),
    duplicateRows: average(({ duplicateRows }) => duplicateRows.share),
    unseenClasses: average(({ unseenClasses }) => unseenClasses.share),
    testShare: share,
  };
}

function summarizeBaselines(done: readonly Done[]): PointSummary['baselines'] {
  const found = BASELINES.flatMap((name) => {
    const levels = done.flatMap(({ result }) => result.baselines[name] ?? []);
    if (levels.length === 0) return [];
    return [[name, byKey(METRICS, (metric) => spread(levels.map((level) => scoreOf(level, metric))))]];
  });
  return Object.fromEntries(found) as PointSummary['baselines'];
}

function byKey<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}
