import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import { SEQUENTIAL, THEME } from '../drawing/theme.js';

/** One cell: `x` and `y` as the axes name them. A value that is NaN is shown as a blank cell. */
export interface HeatCell {
  x: string;
  y: string;
  value: number;
  /** Second line in the cell, as in `± .004`. */
  note?: string;
}

/** One heat map among several that share their colours. */
export interface HeatPanel {
  name: string;
  cells: readonly HeatCell[];
}

export interface HeatmapOptions {
  title: string;
  subtitle?: string;
  /** Names of the axes. */
  x: string;
  y: string;
  /** What the colour says. */
  unit: string;
  /** Size of a cell, px. Default 82 × 52. */
  cell?: { width: number; height: number };
  /** Panels below one another instead of side by side. Default false. */
  stacked?: boolean;
}

/**
 * A grid of scores, a panel a protocol [K8NTEXT, Fig. 7]. Panels share colours; each cell has its number.
 *
 * @example heatmapChart([{ name: 'blocked protocol', cells }], { title: 'Score by split', x: 'validation', y: 'test', unit: 'F1' })
 */
export function heatmapChart(panels: readonly HeatPanel[], options: HeatmapOptions): TopLevelSpec {
  const { title, subtitle, unit, cell = { width: 82, height: 52 } } = options;
  const cells = panels.flatMap((panel) => panel.cells.map((one) => ({ panel: panel.name, ...one })));
  const domain = heatDomain(cells.map(({ value }) => value));
  const values = cells.map(({ value, note, ...rest }) => {
    const known = Number.isFinite(value);
    const number = known ? value.toFixed(3) : '–';
    const texts = known && note ? { text: number, note } : { alone: number };
    return { ...rest, value: known ? value : null, ...texts, dark: isDark(value, domain) };
  });
  const axis = (field: 'x' | 'y') => ({
    field,
    type: 'ordinal' as const,
    title: options[field],
    sort: [...new Set(cells.map((one) => one[field]))],
    axis: { labelAngle: 0, domain: false, ticks: false, grid: false, labelColor: COLOUR.ink },
  });
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: { text: title, frame: 'bounds', ...(subtitle === undefined ? {} : { subtitle }) },
    data: { values },
    facet: {
      [options.stacked ? 'row' : 'column']: {
        field: 'panel',
        type: 'nominal' as const,
        sort: panels.map(({ name }) => name),
        header: {
          title: null,
          ...(options.stacked
            ? { orient: 'top' as const, labelAnchor: 'start' as const, labelPadding: 30 }
            : { labelPadding: 26 }),
        },
      },
    },
    spacing: 34,
    spec: {
      width: { step: cell.width },
      height: { step: cell.height },
      encoding: { x: axis('x'), y: axis('y') },
      layer: [
        { mark: { type: 'rect', stroke: COLOUR.ground, strokeWidth: 2, color: COLOUR.blank } },
        {
          transform: [{ filter: 'isValid(datum.value)' }],
          mark: { type: 'rect', stroke: COLOUR.ground, strokeWidth: 2 },
          encoding: { color: heatColour(unit, domain) },
        },
        ...heatText('alone', { fontSize: 12 }),
        ...heatText('text', { dy: -6, fontSize: 12 }),
        ...heatText('note', { dy: 10, fontSize: 10.5 }),
      ],
    },
  };
}

/** A colour scale of scores, light to dark. */
export function heatColour(unit: string, domain: readonly [number, number]) {
  const [low, high] = domain;
  const steps = [0, 0.25, 0.5, 0.75, 1].map((share) => Number((low + share * (high - low)).toFixed(4)));
  return {
    field: 'value',
    type: 'quantitative' as const,
    title: unit,
    scale: { domain: [...domain], range: [...SEQUENTIAL] },
    legend: {
      type: 'symbol' as const,
      symbolType: 'square',
      symbolSize: 130,
      format: '.2f',
      values: steps,
      offset: 16,
      titleLimit: 0,
    },
  };
}

/** Ends of the colours: the data's, a hundredth apart at least. */
export function heatDomain(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const low = Math.floor(100 * Math.min(...finite)) / 100;
  const high = Math.ceil(100 * Math.max(...finite)) / 100;
  return [low, Math.max(high, low + 0.01)];
}

/** Whether a value's colour is so dark that text on it has to be light. */
export function isDark(value: number, [low, high]: readonly [number, number]): boolean {
  return (value - low) / (high - low) > 0.68;
}

/** Text of a field on coloured cells, in what is readable there: rows say `dark`. */
export function heatText(field: string, mark: { dy?: number; fontSize: number }) {
  return [true, false].map((dark) => ({
    transform: [
      { filter: dark ? `datum.dark && isValid(datum.${field})` : `!datum.dark && isValid(datum.${field})` },
    ],
    mark: {
      ...mark,
      type: 'text' as const,
      baseline: 'middle' as const,
      color: dark ? COLOUR.onDark : COLOUR.onLight,
    },
    encoding: { text: { field, type: 'nominal' as const } },
  }));
}
