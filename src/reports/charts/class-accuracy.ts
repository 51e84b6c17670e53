import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import { plain } from '../../page/html.js';
import type { ClassRecord } from '../../runs/record.js';
import { placeLabels } from '../drawing/placement.js';
import { logDomain, weightChannel } from '../drawing/scale.js';
import { shortNames } from '../drawing/short-names.js';
import { SIZE, THEME } from '../drawing/theme.js';

/** What the chart needs of a class. */
export type PlottedClass = Pick<ClassRecord, 'text' | 'recall' | 'support' | 'weight'>;

export interface ClassAccuracyOptions {
  /** Classes named in the chart: half for the lines they lose, half for an accuracy low for their weight. Default 8. */
  named?: number;
  /** Colour of the points. Default the accent. */
  colour?: string;
  /** Texts of classes that are outlined. Default none. */
  marked?: readonly string[];
  /** Ends of the weight axis, for charts that stand side by side. Default: the data's. */
  domain?: readonly [number, number];
  title?: string;
  subtitle?: string;
  /** Of the plot, px. Default 430. */
  width?: number;
  /** Of the plot, px. Default 320. */
  height?: number;
}

/**
 * Accuracy of each test class against its weight [K8NTEXT, Fig. 9]. The accuracy of a class is its recall, the share of
 * its lines that got the right label; its weight is its appearances over all windows. Classes absent from the test part
 * have no accuracy and are left out.
 *
 * @param classes Class rows of `metrics.json`.
 * @example classAccuracyChart(metrics.classes, { named: 5 })
 */
export function classAccuracyChart(
  classes: readonly PlottedClass[],
  options: ClassAccuracyOptions = {},
): TopLevelSpec {
  const { named = 8, colour = COLOUR.accent, width = 430, height = 320 } = options;
  const { title = 'Class accuracy against class weight', subtitle, marked = [] } = options;
  const shown = classes.filter(({ support, weight }) => support > 0 && weight > 0);
  const domain = options.domain ?? logDomain(shown.map(({ weight }) => weight));
  const most = Math.max(1, ...shown.map(({ support }) => support));
  const points = shown.map(({ text, recall, weight, support }) => ({
    class: plain(text),
    accuracy: recall,
    weight,
    lines: support,
    x: (width * Math.log(weight / domain[0])) / Math.log(domain[1] / domain[0]),
    y: height * (1 - (recall - LOW) / (HIGH - LOW)),
    radius: Math.sqrt((SMALL + (LARGE - SMALL) * Math.sqrt(support / most)) / Math.PI),
  }));
  const names = shortNames(
    shown.map(({ text }) => text),
    { limit: width * 0.44, size: FONT },
  );
  const worst = [...shown.keys()]
    .filter((i) => shown[i]!.recall < 1)
    .sort((a, b) => outlying(shown[b]!) - outlying(shown[a]!));
  const chosen = [
    ...new Set([
      ...worst.toSorted((a, b) => missed(shown[b]!) - missed(shown[a]!)).slice(0, named >> 1),
      ...worst,
    ]),
  ];
  const labels = placeLabels(
    chosen.slice(0, named).map((i) => ({
      text: `${names.get(shown[i]!.text)!} ${points[i]!.accuracy.toFixed(2)}`,
      x: points[i]!.x,
      y: points[i]!.y,
      radius: points[i]!.radius,
    })),
    { width, height, fontSize: FONT, obstacles: points },
  );
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: subtitle === undefined ? title : { text: title, subtitle },
    width,
    height,
    layer: [
      {
        data: { values: points.map(({ x: _x, y: _y, radius: _radius, ...point }) => point) },
        mark: { type: 'point', color: colour, fillOpacity: 0.45, stroke: colour, strokeWidth: 1 },
        encoding: {
          x: weightChannel(domain),
          y: {
            field: 'accuracy',
            type: 'quantitative',
            title: 'class accuracy (recall)',
            scale: { domain: [LOW, HIGH], nice: false },
            axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1], format: '.1f' },
          },
          size: {
            field: 'lines',
            type: 'quantitative',
            title: 'test lines',
            scale: { type: 'sqrt', domain: [0, most], range: [SMALL, LARGE] },
            legend: {
              values: [1, 10, 100, 1000, 10_000].filter((size) => size <= most),
              format: ',d',
              offset: 24,
              symbolOpacity: 0.6,
            },
          },
        },
      },
      ...outlines(points.filter((point) => marked.includes(point.class))),
      {
        data: { values: labels.map(({ leader: [x, y, x2, y2] }) => ({ x, y, x2, y2 })) },
        mark: { type: 'rule', color: COLOUR.faint, strokeWidth: 0.8 },
        encoding: {
          x: { field: 'x', type: 'quantitative', scale: null },
          y: { field: 'y', type: 'quantitative', scale: null },
          x2: { field: 'x2' },
          y2: { field: 'y2' },
        },
      },
      {
        data: { values: labels.map(({ text, left, middle }) => ({ text, left, middle })) },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: FONT, color: COLOUR.ink },
        encoding: {
          x: { field: 'left', type: 'quantitative', scale: null },
          y: { field: 'middle', type: 'quantitative', scale: null },
          text: { field: 'text', type: 'nominal' },
        },
      },
    ],
  };
}

/** A ring around each of some points. */
function outlines(points: readonly { x: number; y: number; radius: number }[]) {
  if (points.length === 0) return [];
  return [
    {
      data: { values: points.map(({ x, y, radius }) => ({ x, y, size: Math.PI * (radius + 3) ** 2 })) },
      mark: { type: 'point' as const, filled: false, opacity: 1, stroke: COLOUR.ink, strokeWidth: 1.6 },
      encoding: {
        x: { field: 'x', type: 'quantitative' as const, scale: null },
        y: { field: 'y', type: 'quantitative' as const, scale: null },
        size: { field: 'size', type: 'quantitative' as const, scale: null },
      },
    },
  ];
}

/** Areas of the least and the largest disc, px². */
const [SMALL, LARGE] = [22, 320];
const LOW = -0.04;
const HIGH = 1.05;
const FONT = SIZE.label - 0.5;

const outlying = ({ recall, weight }: PlottedClass): number => (1 - recall) * Math.log10(1 + weight);

const missed = ({ recall, support }: PlottedClass): number => (1 - recall) * support;
