import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import { placeLabels } from '../drawing/placement.js';
import { logDomain, weightChannel } from '../drawing/scale.js';
import { shortNames } from '../drawing/short-names.js';
import { SIZE, THEME } from '../drawing/theme.js';

/** How the accuracy of a class changed. */
export interface ClassGainRow {
  text: string;
  /** Appearances over all windows, above 0. */
  weight: number;
  change: number;
}

export interface ClassGainOptions {
  title: string;
  subtitle?: string;
  colour?: string;
  /** Ends of the weight axis, for charts that stand side by side. Default: the data's. */
  domain?: readonly [number, number];
  /** Classes named: those that changed the most. Default 5. */
  named?: number;
  /** Of the plot, px. Default 430. */
  width?: number;
  /** Of the plot, px. Default 240. */
  height?: number;
}

const FONT = SIZE.label - 0.5;
const RADIUS = 4;

/**
 * What a change did to the accuracy of each class, against the class' weight.
 *
 * @example classGainChart([{ text: 'list limitranges', weight: 300, change: 0.2 }], { title: 'With class weights' })
 */
export function classGainChart(rows: readonly ClassGainRow[], options: ClassGainOptions): TopLevelSpec {
  const { title, subtitle, colour = COLOUR.accent, named = 5, width = 430, height = 240 } = options;
  const shown = rows.filter(({ weight, change }) => weight > 0 && Number.isFinite(change));
  const domain = options.domain ?? logDomain(shown.map(({ weight }) => weight));
  const most = 1.15 * Math.max(0.05, ...shown.map(({ change }) => Math.abs(change)));
  const points = shown.map(({ text, weight, change }) => ({
    text,
    weight,
    change,
    x: (width * Math.log(weight / domain[0])) / Math.log(domain[1] / domain[0]),
    y: (height * (1 - change / most)) / 2,
    radius: RADIUS,
  }));
  const names = shortNames(
    shown.map(({ text }) => text),
    { limit: width * 0.44, size: FONT },
  );
  const labels = placeLabels(
    points
      .filter(({ change }) => change !== 0)
      .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
      .slice(0, named)
      .map(({ text, x, y }) => ({ text: names.get(text)!, x, y, radius: RADIUS })),
    { width, height, fontSize: FONT, obstacles: points },
  );
  const pixels = (x: string, y: string) => ({
    x: { field: x, type: 'quantitative' as const, scale: null },
    y: { field: y, type: 'quantitative' as const, scale: null },
  });
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: subtitle === undefined ? title : { text: title, subtitle },
    width,
    height,
    layer: [
      {
        data: { values: [{ change: 0 }] },
        mark: { type: 'rule', color: COLOUR.muted, strokeWidth: 1 },
        encoding: { y: { field: 'change', type: 'quantitative' } },
      },
      {
        data: { values: points.map(({ text, weight, change }) => ({ class: text, weight, change })) },
        mark: { type: 'point', size: 50, color: colour, fillOpacity: 0.45, stroke: colour, strokeWidth: 1 },
        encoding: {
          x: weightChannel(domain),
          y: {
            field: 'change',
            type: 'quantitative',
            title: 'change of accuracy',
            scale: { domain: [-most, most], nice: false },
            axis: { tickCount: 5, format: '+.2~f', labelExpr: "datum.value === 0 ? '0' : datum.label" },
          },
        },
      },
      {
        data: { values: labels.map(({ leader: [x, y, x2, y2] }) => ({ x, y, x2, y2 })) },
        mark: { type: 'rule', color: COLOUR.faint, strokeWidth: 0.8 },
        encoding: { ...pixels('x', 'y'), x2: { field: 'x2' }, y2: { field: 'y2' } },
      },
      {
        data: { values: labels.map(({ text, left, middle }) => ({ text, left, middle })) },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: FONT, color: COLOUR.ink },
        encoding: { ...pixels('left', 'middle'), text: { field: 'text', type: 'nominal' } },
      },
    ],
  };
}
