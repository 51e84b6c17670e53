import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import { plain } from '../../page/html.js';
import { shorten } from '../drawing/font.js';
import { SIZE, THEME, ZERO } from '../drawing/theme.js';

export interface BarRow {
  name: string;
  value: number;
}

export interface BarOptions {
  title: string;
  subtitle?: string;
  /** What the bars count, with its unit, as in `lines`. Without it there is no axis title. */
  unit?: string;
  /** d3-format of the number at each bar's end. Default `,~f`. */
  format?: string;
  /** `log` leaves out values that are not above 0. Default `linear`, from 0. */
  scale?: 'linear' | 'log';
  /** Default the accent. */
  colour?: string;
  /** Of the plot, px. Default 430. */
  width?: number;
  /** Height of a bar with its gap, px. Default 22. */
  step?: number;
}

/**
 * One horizontal bar a row, in the order given, its number at the end. Two rows of the same name keep two bars.
 *
 * @example barChart([{ name: 'create', value: 812 }, { name: 'patch', value: 2210 }], { title: 'Verbs', unit: 'lines' })
 */
export function barChart(rows: readonly BarRow[], options: BarOptions): TopLevelSpec {
  const { title, subtitle, unit, format = ',~f', scale = 'linear', colour = COLOUR.accent } = options;
  const { width = 430, step = 22 } = options;
  const shown = rows.filter(({ value }) => Number.isFinite(value) && (scale === 'linear' || value > 0));
  const log = scale === 'log' && shown.length > 0;
  const least = Math.min(...shown.map(({ value }) => value));
  const values = shown.map(({ name, value }, i) => ({
    key: i,
    name: shorten(plain(name), 260, SIZE.label),
    value,
    start: log ? Math.min(1, 10 ** Math.floor(Math.log10(least))) : 0,
  }));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: { text: title, frame: 'bounds', ...(subtitle === undefined ? {} : { subtitle }) },
    width,
    height: { step },
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
      x: {
        field: 'value',
        type: 'quantitative',
        title: unit ?? null,
        scale: { type: log ? 'log' : 'linear', nice: !log },
        axis: { tickCount: 5, format: '~s', labelExpr: ZERO, domain: false, ticks: false },
      },
    },
    layer: [
      {
        mark: { type: 'bar', height: { band: 0.72 }, color: colour },
        encoding: { x2: { field: 'start' } },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 5 },
        encoding: { text: { field: 'value', type: 'quantitative', format } },
      },
    ],
  };
}
