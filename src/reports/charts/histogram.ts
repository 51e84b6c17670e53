import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import { logTicks } from '../drawing/scale.js';
import { THEME, ZERO } from '../drawing/theme.js';

export interface HistogramOptions {
  title: string;
  subtitle?: string;
  /** What is measured, with its unit, as in `bytes per line`. */
  unit: string;
  /** What is counted. Default `count`. */
  counted?: string;
  /** Equal bins between the least and the greatest value. Default 30. */
  bins?: number;
  /** Bins of equal width on a linear or a log axis; `log` leaves out values that are not above 0. Default `linear`. */
  scale?: 'linear' | 'log';
  /** Default the accent. */
  colour?: string;
  /** Of the plot, px. Default 430. */
  width?: number;
  /** Of the plot, px. Default 220. */
  height?: number;
}

/**
 * How often values fall into equal bins. A bin holds its lower end; the last holds its upper end too.
 *
 * @param measured Values; those that are not finite are left out.
 * @example histogram(bytesPerLine, { title: 'Size of a line', unit: 'bytes', scale: 'log' })
 */
export function histogram(measured: ArrayLike<number>, options: HistogramOptions): TopLevelSpec {
  const { title, subtitle, unit, counted = 'count', bins = 30, scale = 'linear' } = options;
  const { colour = COLOUR.accent, width = 430, height = 220 } = options;
  const log = scale === 'log';
  const values = Array.from(measured).filter((value) => Number.isFinite(value) && (!log || value > 0));
  const rows = binned(values, bins, log);
  const marks = log && rows.length > 0 ? logTicks(rows[0]!.from, rows.at(-1)!.to) : [];
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: { text: title, ...(subtitle === undefined ? {} : { subtitle }) },
    width,
    height,
    data: { values: rows },
    mark: { type: 'bar', color: colour, stroke: COLOUR.ground, strokeWidth: 1 },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        title: log ? `${unit} (log)` : unit,
        scale: { type: rows.length > 0 ? scale : 'linear', zero: false, nice: false },
        axis: { grid: false, format: '~s', ...(log ? { values: marks } : { tickCount: 7, labelExpr: ZERO }) },
      },
      x2: { field: 'to' },
      y: {
        field: 'count',
        type: 'quantitative',
        title: counted,
        axis: { tickCount: 5, format: '~s', labelExpr: ZERO },
      },
      y2: { datum: 0 },
    },
  };
}

function binned(
  values: readonly number[],
  bins: number,
  log: boolean,
): { from: number; to: number; count: number }[] {
  if (values.length === 0) return [];
  const forth = log ? Math.log10 : (value: number) => value;
  const back = log ? (value: number) => 10 ** value : (value: number) => value;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, forth(value));
    high = Math.max(high, forth(value));
  }
  const wide = high > low ? (high - low) / bins : 1;
  const counts = new Array<number>(high > low ? bins : 1).fill(0);
  for (const value of values) {
    const bin = Math.min(counts.length - 1, Math.floor((forth(value) - low) / wide));
    counts[bin]! += 1;
  }
  const edge = (i: number): number => Number(back(low + i * wide).toPrecision(8));
  return counts.map((count, i) => ({ from: edge(i), to: edge(i + 1), count }));
}
