import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import type { Interval, LevelScores, MetricsRecord } from '../../runs/record.js';
import { scoredLevels } from '../drawing/levels.js';
import type { Series } from '../drawing/series.js';
import { THEME } from '../drawing/theme.js';

export interface ComparisonOptions {
  title?: string;
  subtitle?: string;
  /** Of each of the panels, px. Default 284. */
  width?: number;
  /** Height of a row of a panel, px. Default 34. */
  row?: number;
  /** Panels below one another instead of side by side. Default false. */
  stacked?: boolean;
}

const SCORES = ['strict macro F1', 'macro F1 over true classes', 'exact match'] as const;
const VALUE = { field: 'value', type: 'quantitative' as const, format: '.3f' };

/** Scores of one run, under its name and colour. */
export interface ScoredRun {
  series: Series;
  metrics: MetricsRecord;
}

/**
 * Scores with their intervals: the model at line and window level above the trivial baselines, a panel a score, a colour a
 * run. Bars are the intervals; a score without one is a point alone. Baselines are scored on the same lines.
 *
 * @param runs Runs under different names.
 * @example comparisonChart([{ series: { name: 'blocked protocol', colour: '#0072b2' }, metrics }])
 */
export function comparisonChart(runs: readonly ScoredRun[], options: ComparisonOptions = {}): TopLevelSpec {
  const { title = 'Scores and baselines on the test part', width = 284, row = 34 } = options;
  const values = runs.flatMap(({ series, metrics }) =>
    scoredLevels(metrics).flatMap(({ name, model, scores }) =>
      SCORES.map((kind) => ({ name, kind, run: series.name, model, ...bounds(scoreOf(scores, kind)) })),
    ),
  );
  const rows = [...new Set(values.map(({ name }) => name))];
  const names = runs.map(({ series }) => series.name);
  const colour = {
    field: 'run',
    type: 'nominal' as const,
    title: null,
    scale: { domain: names, range: runs.map(({ series }) => series.colour) },
  };
  const y = {
    field: 'name',
    type: 'nominal' as const,
    title: null,
    sort: rows,
    axis: { labelColor: COLOUR.ink, grid: true, tickBand: 'extent' as const },
    scale: { paddingInner: 0, paddingOuter: 0 },
  };
  const yOffset = {
    field: 'run',
    type: 'nominal' as const,
    sort: names,
    scale: { padding: 0.9 },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: {
      text: title,
      subtitle: options.subtitle ?? 'point: score; bar: 95 % interval; hollow: trivial baseline',
      frame: 'bounds',
    },
    data: { values: values.filter(({ value }) => Number.isFinite(value)) },
    facet: {
      [options.stacked ? 'row' : 'column']: {
        ...{ field: 'kind', type: 'nominal' as const, sort: [...SCORES] },
        header: {
          title: null,
          ...(options.stacked ? { orient: 'top' as const, labelAnchor: 'start' as const } : {}),
        },
      },
    },
    spacing: 28,
    spec: {
      width,
      height: { step: row / Math.max(1, names.length), for: 'offset' },
      encoding: { y, yOffset, color: { ...colour, legend: names.length > 1 ? {} : null } },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2.5, strokeCap: 'round' },
          encoding: {
            x: {
              field: 'low',
              type: 'quantitative',
              title: null,
              scale: { domain: [0, 1] },
              axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1], format: '.1f', domain: false, ticks: false },
            },
            x2: { field: 'high' },
            opacity: { value: 0.55 },
          },
        },
        {
          transform: [{ filter: '!datum.model' }],
          mark: { type: 'point', filled: false, fill: COLOUR.ground, opacity: 1, size: 46, strokeWidth: 1.8 },
          encoding: { x: { field: 'value', type: 'quantitative' } },
        },
        {
          transform: [{ filter: 'datum.model' }],
          mark: { type: 'point', filled: true, size: 76, opacity: 1 },
          encoding: { x: { field: 'value', type: 'quantitative' } },
        },
        {
          transform: [{ filter: 'datum.model && datum.low > 0.15' }],
          mark: { type: 'text', align: 'right', dx: -9, dy: -1, fontSize: 10.5 },
          encoding: { x: { field: 'low', type: 'quantitative' }, text: VALUE },
        },
        {
          transform: [{ filter: 'datum.model && datum.low <= 0.15' }],
          mark: { type: 'text', align: 'left', dx: 9, dy: -1, fontSize: 10.5 },
          encoding: { x: { field: 'high', type: 'quantitative' }, text: VALUE },
        },
      ],
    },
  };
}

function scoreOf(level: LevelScores, kind: (typeof SCORES)[number]): Interval {
  if (kind === SCORES[0]) return level.macroF1.strict;
  return kind === SCORES[1] ? level.macroF1.paper : level.exactMatch;
}

function bounds({ value, low, high }: Interval): { value: number; low: number; high: number } {
  const known = Number.isFinite(low) && Number.isFinite(high);
  return { value, low: known ? low : value, high: known ? high : value };
}
