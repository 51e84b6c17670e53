import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import { textWidth } from '../drawing/font.js';
import { logDomain, logTicks, scoreDomain } from '../drawing/scale.js';
import type { Series } from '../drawing/series.js';
import { SIZE, THEME } from '../drawing/theme.js';

/** What was measured at one value of a setting. Bounds that are NaN are not drawn. */
export interface ValueRow {
  value: number;
  mean: number;
  low: number;
  high: number;
  /** Of each run, drawn faintly behind. */
  runs: readonly number[];
}

/** One line of a chart. */
export interface ValueLine {
  series: Series;
  rows: readonly ValueRow[];
  /** Drawn with dashes and diamonds: what others measured. Default false. */
  foreign?: boolean;
}

export interface ValueOptions {
  title: string;
  subtitle?: string;
  /** Name of the setting, with its unit. */
  axis: string;
  /** What was measured, with its unit. Default none. */
  unit?: string;
  /** `score`: linear, up to 1; `log`: leaves out what is not above 0. Default `score`. */
  scale?: 'score' | 'log';
  /** Of the plot, px. Default 620. */
  width?: number;
  /** Of the plot, px. Default 280. */
  height?: number;
}

/** Two columns for a legend that is wider than the plot. */
function inColumns(lines: readonly ValueLine[], width: number): { columns?: number } {
  const wide = lines.reduce((sum, { series }) => sum + textWidth(series.name, SIZE.label) + 34, 0);
  return wide > width ? { columns: 2 } : {};
}

type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** Between the lines' points of one value, px. */
const STEP = 7;

/**
 * Something measured at each value of a number, a line a series: mean, interval, and each run. Points of one value stand side by side.
 *
 * @param lines Under different names.
 * @example valueChart([{ series: { name: 'blocked protocol', colour: '#0072b2' }, rows }], { title: 'Score', axis: 'W, lines a window' })
 */
export function valueChart(lines: readonly ValueLine[], options: ValueOptions): TopLevelSpec {
  const { title, subtitle, axis, unit, scale = 'score', width = 620, height = 280 } = options;
  const usable = (value: number): boolean => Number.isFinite(value) && (scale === 'score' || value > 0);
  const shown = lines.map((line) => ({ ...line, rows: line.rows.filter(({ mean }) => usable(mean)) }));
  const rows = shown.flatMap((line) => line.rows);
  const measured = rows.flatMap(({ mean, low, high, runs }) => [mean, low, high, ...runs]).filter(usable);
  const domain = scale === 'score' ? scoreDomain(measured) : logDomain(measured);
  const values = [...new Set(rows.map(({ value }) => value))].sort((a, b) => a - b);
  const wide = values.length > 1 && values[0]! > 0 && values.at(-1)! / values[0]! >= 50;
  const colour = {
    field: 'series',
    type: 'nominal' as const,
    title: null,
    scale: {
      domain: lines.map(({ series }) => series.name),
      range: lines.map(({ series }) => series.colour),
    },
    legend: lines.length > 1 ? { symbolType: 'circle', ...inColumns(lines, width) } : null,
  };
  const x = {
    field: 'value',
    type: 'quantitative' as const,
    title: axis,
    scale: { type: wide ? ('log' as const) : ('linear' as const), zero: false, nice: false, padding: 22 },
    axis: { values, grid: false, format: '~r', labelOverlap: true },
  };
  const y = {
    field: 'mean',
    type: 'quantitative' as const,
    title: unit ?? null,
    scale: {
      type: scale === 'log' ? ('log' as const) : ('linear' as const),
      domain: [...domain],
      nice: false,
    },
    axis:
      scale === 'log' ? { values: logTicks(...domain), format: ',.3~r' } : { format: '.2~f', tickCount: 6 },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: { text: title, frame: 'bounds', ...(subtitle === undefined ? {} : { subtitle }) },
    width,
    height,
    encoding: { x, color: colour },
    layer: shown.map((line, i) => lineLayer(line, y, STEP * (i - (shown.length - 1) / 2), domain)),
  };
}

function lineLayer(
  { series, rows, foreign = false }: ValueLine,
  y: object,
  xOffset: number,
  [low, high]: readonly [number, number],
): Layer {
  const clip = (value: number): number => Math.min(high, Math.max(low, value));
  const bounded = rows.filter((row) => Number.isFinite(row.low) && Number.isFinite(row.high));
  const named = <T extends object>(row: T): T & { series: string } => ({ series: series.name, ...row });
  const layers = [
    {
      data: { values: rows.map(({ value, mean }) => named({ value, mean })) },
      mark: {
        type: 'line',
        xOffset,
        strokeWidth: 1.5,
        opacity: 0.75,
        ...(foreign ? { strokeDash: [5, 4] } : {}),
      },
      encoding: { y },
    },
    {
      data: {
        values: bounded.map((row) => named({ value: row.value, low: clip(row.low), high: clip(row.high) })),
      },
      mark: { type: 'rule', xOffset, strokeWidth: 2.2, opacity: 0.55 },
      encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
    },
    {
      data: { values: rows.flatMap(({ value, runs }) => runs.map((mean) => named({ value, mean }))) },
      mark: { type: 'point', xOffset, filled: true, size: 13, opacity: 0.45 },
      encoding: { y },
    },
    {
      data: { values: rows.map(({ value, mean }) => named({ value, mean })) },
      mark: {
        ...{ type: 'point', xOffset, size: foreign ? 58 : 70, opacity: 1, strokeWidth: 1.6 },
        ...(foreign ? { shape: 'diamond', filled: false, fill: COLOUR.ground } : { filled: true }),
      },
      encoding: { y },
    },
  ];
  return { layer: layers } as Layer;
}
