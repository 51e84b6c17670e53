import type { Table, TableCell } from '../../page/table.js';
import type { Interval, LevelScores } from '../../runs/record.js';
import { scoredLevels } from '../drawing/levels.js';
import type { ReportedRun } from '../drawing/series.js';
import { count, range, score } from '../format.js';

const PARTS = { r: 'resource', s: 'subresource', v: 'verb', n: 'namespaced', u: 'single' } as const;

/** Every score of every run and its baselines, with intervals and support. */
export function scoreTable(runs: readonly ReportedRun[]): Table {
  const rows = runs.flatMap(({ series, metrics }) => {
    if (!metrics) return [];
    return scoredLevels(metrics).map(({ name, scores }) => row(series.name, name, scores));
  });
  return {
    caption: `Scores on the test part; below each its ${methods(runs)}`,
    grouped: true,
    columns: [
      { name: 'run' },
      { name: 'what' },
      { name: 'n', kind: 'number' },
      { name: 'strict macro F1', kind: 'number' },
      { name: 'macro F1, true classes', kind: 'number' },
      { name: 'exact match', kind: 'number' },
      ...Object.values(PARTS).map((name) => ({ name, kind: 'number' as const })),
    ],
    rows,
  };
}

function row(run: string, what: string, level: LevelScores): (string | TableCell)[] {
  const parts = Object.keys(PARTS) as (keyof typeof PARTS)[];
  return [
    run,
    what,
    { text: count(level.n), value: level.n },
    withInterval(level.macroF1.strict),
    withInterval(level.macroF1.paper),
    withInterval(level.exactMatch),
    ...parts.map((part) => ({ text: score(level.parts[part]), value: level.parts[part] })),
  ];
}

const withInterval = (interval: Interval): TableCell => ({
  text: score(interval.value),
  value: interval.value,
  note: range(interval),
});

function methods(runs: readonly ReportedRun[]): string {
  const intervals = runs.flatMap(({ metrics }) => (metrics ? [metrics.lines.macroF1.strict] : []));
  const kinds = [...new Set(intervals.map(({ level, method }) => `${100 * level} % interval (${method})`))];
  return kinds.join(', ') || 'interval';
}
