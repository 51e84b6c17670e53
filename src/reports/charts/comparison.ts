import type { TopLevelSpec } from 'vega-lite';
import type { Interval, LevelScores, MetricsRecord, Protocol } from '../../studies/record.js';
import { COLOUR, PROTOCOL_COLOUR, THEME } from '../theme.js';

export interface ComparisonOptions {
  title?: string;
  subtitle?: string;
  /** Of each of the panels, px. Default 250. */
  width?: number;
  /** Height of a row of a panel, px. Default 34. */
  row?: number;
}

const SCORES = ['strict macro F1', 'macro F1 over true classes', 'exact match'] as const;
const ROWS = [
  'model, by line (vote)',
  'model, by window',
  'own action',
  'previous line’s label',
  'majority class',
] as const;

/** What each protocol is called in charts; the leaking one says so. */
export const PROTOCOL_NAME: Record<Protocol, string> = {
  paper: 'paper protocol (leaks)',
  blocked: 'blocked protocol',
  capture: 'capture protocol',
};

/**
 * Scores with their intervals: the model at line and window level above the trivial baselines, a panel a score, a colour a
 * protocol. Bars are the intervals; a score without one is a point alone. Baselines are scored on the same lines.
 *
 * @param runs Metrics of the runs, each of another protocol.
 * @example comparisonChart([paper, blocked])
 */
export function comparisonChart(
  runs: readonly MetricsRecord[],
  options: ComparisonOptions = {},
): TopLevelSpec {
  const { title = 'Scores and baselines on the test part', width = 250, row = 34 } = options;
  const values = runs.flatMap((run) => {
    const scored: [string, LevelScores][] = [
      [ROWS[0], run.lines],
      [ROWS[1], run.windows],
      [ROWS[2], run.baselines.ownAction],
      [ROWS[3], run.baselines.previousLine],
      [ROWS[4], run.baselines.majority],
    ];
    return scored.flatMap(([name, level]) =>
      SCORES.map((kind) => ({
        name,
        kind,
        protocol: PROTOCOL_NAME[run.protocol],
        model: name.startsWith('model'),
        ...bounds(scoreOf(level, kind)),
      })),
    );
  });
  const protocols = [...new Set(runs.map(({ protocol }) => protocol))];
  const colour = {
    field: 'protocol',
    type: 'nominal' as const,
    title: null,
    scale: {
      domain: protocols.map((protocol) => PROTOCOL_NAME[protocol]),
      range: protocols.map((protocol) => PROTOCOL_COLOUR[protocol]),
    },
  };
  const y = {
    field: 'name',
    type: 'nominal' as const,
    title: null,
    sort: [...ROWS],
    axis: { labelColor: COLOUR.ink, grid: true, tickBand: 'extent' as const },
    scale: { paddingInner: 0.3 },
  };
  const yOffset = { field: 'protocol', type: 'nominal' as const, sort: colour.scale.domain };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: {
      text: title,
      subtitle: options.subtitle ?? 'point: score; bar: 95 % interval; hollow: trivial baseline',
      frame: 'bounds',
    },
    data: { values: values.filter(({ value }) => Number.isFinite(value)) },
    facet: { column: { field: 'kind', type: 'nominal', sort: [...SCORES], header: { title: null } } },
    spacing: 28,
    spec: {
      width,
      height: { step: row / Math.max(1, protocols.length), for: 'offset' },
      encoding: { y, yOffset, color: { ...colour, legend: protocols.length > 1 ? {} : null } },
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
          mark: { type: 'point', filled: false, fill: COLOUR.ground, size: 46, strokeWidth: 1.8 },
          encoding: { x: { field: 'value', type: 'quantitative' } },
        },
        {
          transform: [{ filter: 'datum.model' }],
          mark: { type: 'point', filled: true, size: 76, opacity: 1 },
          encoding: { x: { field: 'value', type: 'quantitative' } },
        },
        {
          transform: [{ filter: 'datum.model' }],
          mark: { type: 'text', align: 'right', dx: -9, dy: -1, fontSize: 10.5 },
          encoding: {
            x: { field: 'low', type: 'quantitative' },
            text: { field: 'value', type: 'quantitative', format: '.3f' },
          },
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
