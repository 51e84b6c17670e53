import { join } from 'node:path';
import type { LeakReport, LevelScores, Protocol, RunFolder } from '../runs/record.js';
import type { Settings } from '../settings/schema.js';
import { changeSettings, completeSettings } from '../settings/settings.js';
import { pointKey, settingsOf } from '../studies/point.js';
import { recordsOf, type StudyResults } from '../studies/read.js';
import type { Point } from '../studies/record.js';
import type { Level, Metric } from './choices.js';

export { LEVELS, type Level, METRICS, type Metric } from './choices.js';

/** A score, and at which level it is taken. */
export interface Measure {
  metric: Metric;
  level: Level;
}

/**
 * The paper's: macro F1 over true and predicted classes, of every position of every test window, without a vote. Its public code flattens
 * windows and positions and asks scikit-learn for `f1_score(average='macro', zero_division=nan)`, which leaves out only classes that are
 * neither true nor predicted.
 */
export const PAPER_MEASURE: Measure = { metric: 'macroF1.strict', level: 'windows' };

/** What a claim by one measure is held against: exact match by line, or strict macro F1 by line where that is the first. */
export function secondMeasure({ metric }: Measure): Measure {
  return { metric: metric === 'exactMatch' ? 'macroF1.strict' : 'exactMatch', level: 'lines' };
}

/**
 * What a measure is called.
 *
 * @example measureName(PAPER_MEASURE) // 'the paper’s measure (strict macro F1 by window)'
 */
export function measureName({ metric, level }: Measure): string {
  const names = {
    'macroF1.strict': 'strict macro F1',
    'macroF1.paper': 'macro F1 over true classes',
    exactMatch: 'exact match',
  };
  const name = `${names[metric]} by ${level === 'lines' ? 'line' : 'window'}`;
  return isPaperMeasure({ metric, level }) ? `the paper’s measure (${name})` : name;
}

/** Whether two are the same. */
export function sameMeasure(a: Measure, b: Measure): boolean {
  return a.metric === b.metric && a.level === b.level;
}

const isPaperMeasure = (measure: Measure): boolean => sameMeasure(measure, PAPER_MEASURE);

/** What one run scored. */
export interface ScoredRun {
  seed: number;
  lines: LevelScores;
  windows: LevelScores;
  leak: LeakReport;
}

/** Runs of the same settings, the seed apart. */
export interface RunSet {
  /** As a person would name them. */
  label: string;
  protocol: Protocol;
  dataset: { name: string; sha256: string; replaces?: string[] };
  /** The seed in them is that of some run. */
  settings: Settings;
  runs: ScoredRun[];
}

/**
 * One score of a level.
 *
 * @example scoreOf(metrics.lines, 'macroF1.strict')
 */
export function scoreOf(level: LevelScores, metric: Metric): number {
  return intervalOf(level, metric).value;
}

/** One score of a level, with its interval over the test part. */
export function intervalOf(level: LevelScores, metric: Metric): LevelScores['exactMatch'] {
  if (metric === 'exactMatch') return level.exactMatch;
  return metric === 'macroF1.strict' ? level.macroF1.strict : level.macroF1.paper;
}

/** Settings of a study's trials at a point; all but the seed. */
export function settingsAt({ study }: StudyResults, point: Point, protocol: Protocol): Settings {
  const base = completeSettings(study.settings);
  return changeSettings(base, { ...settingsOf(point, study.adjust ?? []), 'split.protocol': protocol })
    .settings;
}

/**
 * The finished runs of a study at a point under a protocol.
 *
 * @example runsOfStudy(results, { 'window.size': 10 }, 'blocked').runs.length
 */
export function runsOfStudy(results: StudyResults, point: Point, protocol: Protocol): RunSet {
  const { study } = results;
  const label = study.points.find((known) => pointKey(known.point) === pointKey(point))?.label;
  return {
    label: label ?? JSON.stringify(point),
    protocol,
    dataset: study.dataset,
    settings: settingsAt(results, point, protocol),
    runs: recordsOf(results, point, protocol).flatMap(({ seed, result }) =>
      result ? [{ seed, lines: result.lines, windows: result.windows, leak: result.leak }] : [],
    ),
  };
}

/** A run folder as a set of one run, or of none when it was not scored. */
export function runOfFolder({ dir, run, metrics }: RunFolder): RunSet {
  const settings = completeSettings(run.settings, join(dir, 'run.json'));
  return {
    label: dir,
    protocol: run.leak.protocol,
    dataset: run.dataset,
    settings,
    runs: metrics
      ? [{ seed: settings.seed, lines: metrics.lines, windows: metrics.windows, leak: run.leak }]
      : [],
  };
}

/**
 * Whether every run draws its own test windows. If not, runs differ in what is drawn in training only, and their spread says nothing of
 * another test part.
 */
export function drawsTestWindows({ split }: Settings): boolean {
  return split.protocol === 'paper' && split.folds === 0;
}

/** n_test / n_train, the mean over runs; NaN without any. */
export function testShare(runs: readonly { leak: LeakReport }[]): number {
  return runs.reduce((sum, { leak }) => sum + leak.windows.test / leak.windows.train, 0) / runs.length;
}
