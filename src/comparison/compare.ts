import { holm, type Interval, nadeauBengioInterval, pairedDifference } from '../metrics/interval.js';
import { mean } from '../metrics/moments.js';
import { superiority } from '../metrics/superiority.js';
import { correctedTTest, pairedTTest } from '../metrics/t-test.js';
import { randomStream } from '../random.js';
import type { LeakReport, Protocol } from '../runs/record.js';
import { pointKey } from '../studies/point.js';
import type { StudyResults } from '../studies/read.js';
import type { Point } from '../studies/record.js';
import { obstacles, reservations } from './obstacles.js';
import {
  drawsTestWindows,
  type Level,
  type Metric,
  type RunSet,
  runsOfStudy,
  scoreOf,
  testShare,
} from './run-set.js';

export interface CompareOptions {
  metric: Metric;
  level: Level;
  /** Of intervals. Default 0.95. */
  confidence?: number;
}

/** Runs of A against runs of B with the same seeds. */
export interface PairedResult {
  /** Seeds of the pairs. */
  seeds: number[];
  meanA: number;
  meanB: number;
  /** A − B, with Student's interval over pairs. */
  difference: Interval;
  /** The same, corrected for random splits that share training rows; null where all runs have the same test part. */
  corrected: Interval | null;
  /** Two-sided, of the corrected test where there is one, else of Student's. NaN for fewer than two pairs. */
  p: number;
  /** Adjusted for the number of comparisons in the family; null for one that is not of a family. */
  holm: number | null;
  /** P(A > B), ties counted half. */
  superiority: Interval;
}

/** Two settings under one protocol. */
export interface Comparison {
  a: string;
  b: string;
  protocol: Protocol;
  metric: Metric;
  level: Level;
  /** `leaks` when a run of either does; null without any. */
  verdict: LeakReport['verdict'] | null;
  /** Why the two are not compared; empty when they are. */
  obstacles: string[];
  /** What to bear in mind. */
  reservations: string[];
  result: PairedResult | null;
}

/** Enough for two digits, and a study has a hundred comparisons. */
const RESAMPLES = 2000;

/**
 * Compares two sets of runs, paired by seed.
 *
 * @returns Without a result where they cannot be compared: other data, other test lines, no seed in common.
 * @example compareRuns(runsOfStudy(results, ten, 'blocked'), runsOfStudy(results, sixty, 'blocked'), { metric, level })
 */
export function compareRuns(a: RunSet, b: RunSet, options: CompareOptions): Comparison {
  const { metric, level } = options;
  const pairs = a.runs.flatMap((own) => {
    const other = b.runs.find(({ seed }) => seed === own.seed);
    return other ? [{ own, other }] : [];
  });
  const between = { a: a.label, b: b.label, protocol: a.protocol, metric, level, verdict: verdictOf(a, b) };
  const against = obstacles(a, b);
  if (against.length === 0 && pairs.length === 0) against.push(missingRuns(a, b));
  if (against.length > 0) return { ...between, obstacles: against, reservations: [], result: null };
  const seeds = pairs.map(({ own }) => own.seed);
  const values = {
    a: pairs.map(({ own }) => scoreOf(own[level], metric)),
    b: pairs.map(({ other }) => scoreOf(other[level], metric)),
  };
  const random = drawsTestWindows(a.settings) || drawsTestWindows(b.settings);
  const share = random ? testShare(pairs.flatMap(({ own, other }) => [own, other])) : null;
  return {
    ...between,
    obstacles: [],
    reservations: reservations(a, b, { level, seeds }),
    result: { seeds, ...compareValues(values, share, options) },
  };
}

/**
 * Every point of a study against its baseline. Those of one protocol are a family: their p-values are adjusted together.
 *
 * @returns In the order of the study's file; none where the study has no baseline.
 * @example compareWithBaseline(results, { metric: 'macroF1.strict', level: 'lines' })
 */
export function compareWithBaseline(results: StudyResults, options: CompareOptions): Comparison[] {
  const { baseline, points, protocols } = results.study;
  if (!baseline) return [];
  const others = points.filter(({ point }) => pointKey(point) !== pointKey(baseline));
  return protocols.flatMap((protocol) =>
    asFamily(others.map(({ point }) => comparePoints(results, point, results, baseline, protocol, options))),
  );
}

/**
 * The points that two studies share, each under every protocol that they share. Those of one protocol are a family.
 *
 * @example compareStudies(fast, paper, { metric: 'macroF1.strict', level: 'lines' })
 */
export function compareStudies(a: StudyResults, b: StudyResults, options: CompareOptions): Comparison[] {
  const theirs = new Set(b.study.points.map(({ point }) => pointKey(point)));
  const shared = a.study.points.filter(({ point }) => theirs.has(pointKey(point)));
  return sharedProtocols(a, b).flatMap((protocol) =>
    asFamily(shared.map(({ point }) => comparePoints(a, point, b, point, protocol, options))),
  );
}

/** One point of a study against one of the same or another study, under one protocol. */
export function comparePoints(
  a: StudyResults,
  pointA: Point,
  b: StudyResults,
  pointB: Point,
  protocol: Protocol,
  options: CompareOptions,
): Comparison {
  const [own, other] = [runsOfStudy(a, pointA, protocol), runsOfStudy(b, pointB, protocol)];
  if (a.dir === b.dir) return compareRuns(own, other, options);
  const named = (set: RunSet, { study }: StudyResults): RunSet => ({
    ...set,
    label: `${study.name}: ${set.label}`,
  });
  return compareRuns(named(own, a), named(other, b), options);
}

/** Protocols of both studies, in the order of the first. */
export function sharedProtocols(a: StudyResults, b: StudyResults): Protocol[] {
  return a.study.protocols.filter((protocol) => b.study.protocols.includes(protocol));
}

/** Adjusts the p-values of comparisons that are looked at together; one without a p-value is none of them. */
export function asFamily(comparisons: readonly Comparison[]): Comparison[] {
  const members = comparisons.filter(({ result }) => result !== null && !Number.isNaN(result.p));
  const adjusted = holm(members.map(({ result }) => result!.p));
  return comparisons.map((comparison) => {
    const at = members.indexOf(comparison);
    return at < 0 ? comparison : { ...comparison, result: { ...comparison.result!, holm: adjusted[at]! } };
  });
}

function compareValues(
  { a, b }: { a: number[]; b: number[] },
  share: number | null,
  { metric, level, confidence = 0.95 }: CompareOptions,
): Omit<PairedResult, 'seeds'> {
  const differences = a.map((value, i) => value - b[i]!);
  return {
    meanA: mean(a),
    meanB: mean(b),
    difference: pairedDifference(a, b, confidence),
    corrected: share === null ? null : nadeauBengioInterval(differences, share, confidence),
    p: (share === null ? pairedTTest(a, b) : correctedTTest(a, b, share)).p,
    holm: null,
    superiority: superiority(a, b, {
      paired: true,
      random: randomStream('comparison', `${level}/${metric}`),
      resamples: RESAMPLES,
      level: confidence,
    }),
  };
}

function verdictOf(a: RunSet, b: RunSet): Comparison['verdict'] {
  const verdicts = [...a.runs, ...b.runs].map(({ leak }) => leak.verdict);
  return verdicts.includes('leaks') ? 'leaks' : (verdicts[0] ?? null);
}

function missingRuns(a: RunSet, b: RunSet): string {
  const without = [a, b].find(({ runs }) => runs.length === 0);
  if (without) return `no finished run of ${without.label}`;
  const seeds = ({ runs }: RunSet) => runs.map(({ seed }) => seed).join(', ');
  return `no runs of the same seed: ${seeds(a)} against ${seeds(b)}`;
}
