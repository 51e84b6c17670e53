import type { Comparison } from '../comparison/compare.js';
import type { FolderComparison } from '../comparison/compare-folders.js';
import type { UnitDifference } from '../comparison/line-findings.js';
import type { Level, Metric } from '../comparison/run-set.js';
import { pointName } from '../comparison/setting-names.js';
import type { Interval } from '../runs/record.js';
import { fold } from './fold.js';
import { formatInterval, table, textWidth } from './table.js';

export type { FolderComparison };

export interface ComparisonTextOptions {
  metric: Metric;
  level: Level;
  confidence: number;
  /** Rows of the records that were left out. */
  stale: number;
}

/** A table of comparisons over runs, and what to know of it. */
export function comparisonText(
  comparisons: readonly Comparison[],
  { metric, level, confidence, stale }: ComparisonTextOptions,
): string {
  const rows = comparisons.flatMap(({ a, b, result, ...rest }) =>
    result
      ? [
          [
            protocolText(rest),
            a,
            b,
            String(result.seeds.length),
            short(result.meanA),
            short(result.meanB),
            difference(result.corrected ?? result.difference),
            chance(result.p),
            result.holm === null ? '–' : chance(result.holm),
            formatInterval(result.superiority),
          ],
        ]
      : [],
  );
  const head = ['protocol', 'A', 'B', 'pairs', 'mean A', 'mean B', 'A − B', 'p', 'p (Holm)', 'P(A > B)'];
  const notes = [
    `${metricText(metric)} ${level === 'lines' ? 'by line, voted over windows' : 'by window, no vote'}; runs of the same seed are paired; ${100 * confidence} % intervals.`,
    ...methods(comparisons),
    ...remarks(comparisons),
    ...(stale > 0 ? [`${stale} rows of trials that are asked for no more are left out.`] : []),
  ];
  return `${[...(rows.length > 0 ? [table(head, rows), ''] : []), ...foldAll(notes)].join('\n')}\n`;
}

/** Differences over contexts and over captures, where predicted lines are recorded; nothing without any. */
export function unitsText(differences: readonly UnitDifference[]): string {
  if (differences.length === 0) return '';
  const rows = differences.map(({ point, protocol, less, seeds, groups, unit, exactMatch, strict }) => [
    ...[protocol, pointName(point), less ? pointName(less) : 'own action', String(seeds.length)],
    ...[`${groups} ${unit}`, difference(exactMatch), difference(strict)],
  ]);
  const head = ['protocol', 'A', 'B', 'pairs', 'drawn anew', 'exact match A − B', 'macro F1 (strict) A − B'];
  const note =
    'By line: whole contexts or captures are drawn anew, for A and B alike: these intervals speak of other logs.';
  return `\n${table(head, rows)}\n\n${foldAll([note]).join('\n')}\n`;
}

/** A table of two folders of runs, and what to know of it. */
export function folderText(
  comparisons: readonly FolderComparison[],
  { a, b, level }: { a: string; b: string; level: Level },
): string {
  const cell = (score: Interval | null): string => (score ? formatInterval(score) : '–');
  const rows = comparisons.map(({ scores, result, metric, ...rest }) => [
    protocolText(rest),
    metricText(metric),
    cell(scores.a),
    cell(scores.b),
    result ? signed(result.difference.value) : '–',
  ]);
  const notes = [
    `A: ${a}; B: ${b}; ${level === 'lines' ? 'by line, voted over windows' : 'by window, no vote'}.`,
    'One run each: intervals are over the test part, and none is known of the difference. Studies repeat runs.',
    ...remarks(comparisons),
  ];
  return `${table(['protocol', 'score', 'A', 'B', 'A − B'], rows)}\n\n${foldAll(notes).join('\n')}\n`;
}

function methods(comparisons: readonly Comparison[]): string[] {
  const results = comparisons.flatMap(({ protocol, result }) =>
    result && !Number.isNaN(result.p) ? [{ protocol, ...result }] : [],
  );
  const named = (corrected: boolean): string =>
    [
      ...new Set(
        results.filter((result) => (result.corrected !== null) === corrected).map(({ protocol }) => protocol),
      ),
    ].join(', ');
  const [drawn, fixed] = [named(true), named(false)];
  const family = results.some(({ holm }) => holm !== null);
  return [
    ...(drawn
      ? [`${drawn}: corrected resampled t test (Nadeau–Bengio), since runs draw their own test windows.`]
      : []),
    ...(fixed
      ? [
          `${fixed}: paired t test; every run has the same test lines, so that only what training draws is in the intervals.`,
        ]
      : []),
    ...(family ? ['p (Holm) is adjusted for the comparisons of a protocol.'] : []),
  ];
}

/** What was not compared and why, and what to bear in mind, each once. */
function remarks(comparisons: readonly Comparison[]): string[] {
  const said = comparisons.flatMap(({ a, b, protocol, obstacles, reservations }) => [
    ...obstacles.map((why) => `Not compared, ${protocol}: ${[a, b].filter(Boolean).join(' and ')}: ${why}.`),
    ...reservations.map((what) => `Note, ${protocol}: ${what}.`),
  ]);
  return [...new Set(said)];
}

const protocolText = ({ protocol, verdict }: Pick<Comparison, 'protocol' | 'verdict'>): string =>
  verdict === 'leaks' ? `${protocol} (leaks)` : protocol;

const metricText = (metric: Metric): string =>
  ({
    'macroF1.strict': 'Macro F1 (strict)',
    'macroF1.paper': 'Macro F1 (true classes)',
    exactMatch: 'Exact match',
  })[metric];

const short = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(4).replace(/^0\./, '.') : '–';

function signed(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return `${value < 0 ? '−' : '+'}${short(Math.abs(value))}`;
}

const difference = ({ value, low, high }: Interval): string =>
  `${signed(value)} [${signed(low)}, ${signed(high)}]`;

const chance = (p: number): string => (Number.isNaN(p) ? '–' : p < 0.0001 ? '< .0001' : short(p));

const foldAll = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => fold(line, textWidth(), true));
