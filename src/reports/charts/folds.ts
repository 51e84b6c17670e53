import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import { THEME } from '../drawing/theme.js';
import { heatColour, heatDomain, heatText, isDark } from './heatmap.js';

/** The score when part `part` (from 1) of `folds` equal parts of the log tests. NaN: not known. */
export interface FoldCell {
  folds: number;
  part: number;
  value: number;
  /** In its place, as in `0.65–0.70`. */
  text?: string;
}

export interface FoldPanel {
  name: string;
  cells: readonly FoldCell[];
}

export interface FoldsOptions {
  title?: string;
  subtitle?: string;
  /** What the colour says. */
  unit: string;
  /** Of the plot, px. Default 760. */
  width?: number;
  /** Height of a bar, px. Default 34. */
  row?: number;
}

/** As many digits as a cell so wide has room for. */
const shortest = (value: number, width: number): string =>
  width < 32 ? value.toFixed(2).replace(/^0/, '') : value.toFixed(width < 60 ? 2 : 3);

const RECT = { type: 'rect' as const, stroke: COLOUR.ground, strokeWidth: 2, height: { band: 0.94 } };

/**
 * Bars of k parts at their place in the log, coloured by the score when that part tests [K8NTEXT, Fig. 8]. Panels share colours.
 *
 * @example foldsChart([{ name: 'blocked protocol', cells: [{ folds: 2, part: 1, value: 0.8 }] }], { unit: 'exact match' })
 */
export function foldsChart(panels: readonly FoldPanel[], options: FoldsOptions): TopLevelSpec {
  const {
    title = 'Which part of the log is predicted how well',
    subtitle,
    unit,
    width = 760,
    row = 34,
  } = options;
  const cells = panels.flatMap((panel) => panel.cells.map((cell) => ({ panel: panel.name, ...cell })));
  const domain = heatDomain(cells.map(({ value }) => value));
  const values = cells.map(({ panel, folds, part, value, text }) => ({
    panel,
    folds: `k = ${folds}`,
    from: (part - 1) / folds,
    to: part / folds,
    middle: (part - 0.5) / folds,
    value: Number.isFinite(value) ? value : null,
    text: text ?? (Number.isFinite(value) ? shortest(value, width / folds) : '–'),
    dark: isDark(value, domain),
  }));
  const sort = [...new Set(cells.toSorted((a, b) => a.folds - b.folds).map(({ folds }) => `k = ${folds}`))];
  const place = {
    field: 'from',
    type: 'quantitative' as const,
    title: 'place of the test part in the log',
    scale: { domain: [0, 1] },
    axis: { format: '.0%', values: [0, 0.25, 0.5, 0.75, 1], grid: false, domain: false },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: { text: title, frame: 'bounds', ...(subtitle === undefined ? {} : { subtitle }) },
    data: { values },
    facet: {
      row: {
        field: 'panel',
        type: 'nominal',
        sort: panels.map(({ name }) => name),
        header: { title: null, orient: 'top', labelAnchor: 'start', labelPadding: 6 },
      },
    },
    spacing: 26,
    resolve: { axis: { x: 'independent' } },
    spec: {
      width,
      height: { step: row },
      encoding: {
        y: {
          field: 'folds',
          type: 'ordinal',
          sort,
          title: null,
          axis: { domain: false, ticks: false, grid: false, labelColor: COLOUR.ink },
        },
      },
      layer: [
        {
          mark: { ...RECT, color: COLOUR.blank },
          encoding: { x: place, x2: { field: 'to' } },
        },
        {
          transform: [{ filter: 'isValid(datum.value)' }],
          mark: RECT,
          encoding: { x: place, x2: { field: 'to' }, color: heatColour(unit, domain) },
        },
        ...heatText('text', { fontSize: 11 }).map((layer) => ({
          ...layer,
          encoding: { ...layer.encoding, x: { field: 'middle', type: 'quantitative' as const } },
        })),
      ],
    },
  };
}
