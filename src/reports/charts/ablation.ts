import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import { plain } from '../../page/html.js';
import { shorten } from '../drawing/font.js';
import { SIZE, THEME } from '../drawing/theme.js';

/** What the score does when one thing is left out. */
export interface AblationRow {
  name: string;
  /** Score without it. */
  score: number;
  /** Score without it less the score with all, with its interval; bounds that are NaN are not drawn. */
  change: number;
  low: number;
  high: number;
}

export interface AblationOptions {
  /** Score with all. */
  all: number;
  /** Bars at each end; the others are one bar, their average. Default 6. */
  shown?: number;
  title?: string;
  subtitle?: string;
  colour?: string;
  /** Of the plot, px. Default 196. */
  width?: number;
}

const ZERO_CHANGE = "datum.value === 0 ? '0' : datum.label";
const ALL = 'all features';

/**
 * Which feature is missed the most and the least [K8NTEXT, Fig. 6]: a bar a feature from the score with all of them, the least harmful
 * first; those between are one bar, their average.
 *
 * @example ablationChart([{ name: 'verb', score: 0.7, change: -0.1, low: -0.12, high: -0.08 }], { all: 0.8 })
 */
export function ablationChart(rows: readonly AblationRow[], options: AblationOptions): TopLevelSpec {
  const { all, shown = 6, title = 'Score without each feature', subtitle, width = 196 } = options;
  const { colour = COLOUR.accent } = options;
  const sorted = rows.filter(({ change }) => Number.isFinite(change)).toSorted((a, b) => b.change - a.change);
  const few = sorted.length <= 2 * shown + 1;
  const rest = few ? [] : sorted.slice(shown, -shown);
  const bars = few
    ? sorted.map((row) => bar(row))
    : [
        ...sorted.slice(0, shown).map((row) => bar(row)),
        average(rest),
        ...sorted.slice(-shown).map((row) => bar(row)),
      ];
  const values = [
    { ...bar({ name: ALL, score: all, change: 0, low: 0, high: 0 }), kind: 'all' },
    ...bars,
  ].map((row, key) => ({ key, ...row }));
  const ends = values.flatMap(({ change, low, high }) => [change, low, high]).filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const pad = 0.04 * (most - least || 1);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: { text: title, frame: 'bounds', ...(subtitle === undefined ? {} : { subtitle }) },
    width,
    height: { step: 21 },
    data: { values },
    encoding: {
      y: {
        field: 'key',
        type: 'ordinal',
        title: null,
        axis: {
          labelColor: COLOUR.ink,
          grid: false,
          labelExpr: `[${values.map(({ name }) => JSON.stringify(name)).join(', ')}][datum.value]`,
        },
      },
    },
    layer: [
      {
        transform: [{ filter: "datum.kind !== 'all'" }],
        mark: { type: 'bar', height: { band: 0.66 } },
        encoding: {
          x: {
            field: 'change',
            type: 'quantitative',
            title: 'change of the score, with its interval',
            scale: { domain: [least - pad, most + pad], nice: false },
            axis: { tickCount: 4, format: '+.2~f', labelExpr: ZERO_CHANGE, domain: false, ticks: false },
          },
          x2: { datum: 0 },
          color: {
            field: 'kind',
            type: 'nominal',
            scale: { domain: ['one', 'average'], range: [colour, COLOUR.faint] },
            legend: null,
          },
        },
      },
      {
        transform: [{ filter: 'isValid(datum.low) && datum.low < datum.high' }],
        mark: { type: 'rule', color: COLOUR.ink, strokeWidth: 1.3 },
        encoding: { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } },
      },
      {
        transform: [{ filter: "datum.kind === 'all'" }],
        mark: { type: 'rule', color: COLOUR.purple, strokeWidth: 1.5 },
        encoding: { x: { datum: 0, type: 'quantitative' }, y: { value: 0 }, y2: { value: 'height' } },
      },
      {
        transform: [{ filter: 'isValid(datum.score)' }],
        mark: { type: 'text', align: 'right', baseline: 'middle' },
        encoding: {
          x: { value: width + 42 },
          text: { field: 'score', type: 'quantitative', format: '.3f' },
          color: {
            condition: { test: "datum.kind === 'all'", value: COLOUR.purple },
            value: COLOUR.ink,
          },
        },
      },
    ],
  };
}

interface Bar extends AblationRow {
  kind: string;
}

const bar = (row: AblationRow): Bar => ({
  ...row,
  name: shorten(plain(row.name), 206, SIZE.label),
  kind: 'one',
});

function average(rows: readonly AblationRow[]): Bar {
  const mean = (of: (row: AblationRow) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  return {
    name: `average of the other ${rows.length}`,
    score: mean(({ score }) => score),
    change: mean(({ change }) => change),
    low: Number.NaN,
    high: Number.NaN,
    kind: 'average',
  };
}
