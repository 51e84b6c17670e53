import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import { plain } from '../../page/html.js';
import { shorten, textWidth } from '../drawing/font.js';
import { scoreDomain } from '../drawing/scale.js';
import type { Series } from '../drawing/series.js';
import { SIZE, THEME, ZERO } from '../drawing/theme.js';

/** A score of one row under one series; bounds that are NaN are not drawn. */
export interface Dot {
  row: string;
  series: string;
  value: number;
  low: number;
  high: number;
  /** Hollow: a baseline, or what others measured. Default false. */
  hollow?: boolean;
}

export interface DotsOptions {
  title: string;
  subtitle?: string;
  /** What the dots say. */
  unit?: string;
  /** Joins the dots of a row: how far apart its series are. Default false. */
  joined?: boolean;
  /** Of the chart, names of the rows among it, px. Default 780. */
  width?: number;
  /** Dots are changes: a rule at 0, and signs. Default false. */
  zero?: boolean;
  /** Height of a row, px; of a series in it where dots are changes. Default 22. */
  step?: number;
  /** Ends of the axis. Default: from the tenth below the data up to 1. */
  domain?: readonly [number, number];
}

/**
 * Scores by row, a dot a series with its interval. Rows are in the order of the dots.
 *
 * @param series Name and colour of each series, in order.
 * @example dotsChart([{ row: 'W = 5', series: 'blocked', value: 0.6, low: 0.55, high: 0.65 }], [blocked], { title: 'Protocols' })
 */
export function dotsChart(
  dots: readonly Dot[],
  series: readonly Series[],
  options: DotsOptions,
): TopLevelSpec {
  const { title, subtitle, unit, joined = false, zero = false, width = 780, step = 22 } = options;
  const shown = dots.filter(({ value }) => Number.isFinite(value));
  const names = [...new Set(shown.map(({ row }) => row))];
  const key = new Map(names.map((name, i) => [name, i]));
  const domain = options.domain ?? scoreDomain(shown.flatMap(({ value, low }) => [value, Math.max(0, low)]));
  const clip = (value: number): number => Math.min(domain[1], Math.max(domain[0], value));
  const values = shown.map(({ row, series: name, value, low, high, hollow = false }) => ({
    key: key.get(row)!,
    series: name,
    value,
    ...(Number.isFinite(low) && Number.isFinite(high) ? { low: clip(low), high: clip(high) } : {}),
    hollow,
  }));
  const labels = names.map((name) => shorten(plain(name), Math.min(300, 0.45 * width), SIZE.label));
  const plot = Math.max(
    180,
    width - Math.max(0, ...labels.map((label) => textWidth(label, SIZE.label))) - 24,
  );
  const spans = names.map((_, i) => {
    const own = values.filter((value) => value.key === i).map(({ value }) => value);
    return { key: i, low: Math.min(...own), high: Math.max(...own) };
  });
  const dodged = zero && series.length > 1;
  const x = {
    type: 'quantitative' as const,
    title: unit ?? null,
    scale: { domain: [...domain], nice: false },
    axis: {
      format: zero ? '+.3~f' : '.2~f',
      ...(zero ? { labelExpr: ZERO } : {}),
      tickCount: 6,
      domain: false,
      ticks: false,
    },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: { text: title, frame: 'bounds', ...(subtitle === undefined ? {} : { subtitle }) },
    width: plot,
    height: dodged ? { step, for: 'offset' } : { step },
    encoding: {
      y: {
        field: 'key',
        type: 'ordinal',
        title: null,
        ...(dodged ? { scale: { paddingInner: 0, paddingOuter: 0 } } : {}),
        axis: {
          labelColor: COLOUR.ink,
          grid: true,
          tickBand: 'extent',
          labelExpr: `[${labels.map((label) => JSON.stringify(label)).join(', ')}][datum.value]`,
        },
      },
      ...(dodged
        ? {
            yOffset: {
              field: 'series',
              type: 'nominal' as const,
              sort: series.map(({ name }) => name),
              scale: { padding: 0.9 },
            },
          }
        : {}),
      color: {
        type: 'nominal',
        field: 'series',
        title: null,
        scale: { domain: series.map(({ name }) => name), range: series.map(({ colour }) => colour) },
        legend: series.length > 1 ? {} : null,
      },
    },
    layer: [
      ...(zero
        ? [
            {
              data: { values: [{ at: 0 }] },
              mark: { type: 'rule' as const, color: COLOUR.muted, strokeWidth: 1 },
              encoding: {
                x: { ...x, field: 'at' },
                y: { value: 0 },
                y2: { value: 'height' as const },
                yOffset: { value: 0 },
                color: { value: COLOUR.muted },
              },
            },
          ]
        : []),
      ...(joined
        ? [
            {
              data: { values: spans },
              mark: { type: 'rule' as const, color: COLOUR.rule, strokeWidth: 1.5 },
              encoding: {
                x: { ...x, field: 'low' },
                x2: { field: 'high' },
                color: { value: COLOUR.rule },
              },
            },
          ]
        : []),
      {
        data: { values },
        mark: { type: 'rule', strokeWidth: 2.4, strokeCap: 'round', opacity: 0.5 },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      {
        data: { values: values.filter(({ hollow }) => !hollow) },
        mark: { type: 'point', filled: true, size: 64, opacity: 1 },
        encoding: { x: { ...x, field: 'value' } },
      },
      {
        data: { values: values.filter(({ hollow }) => hollow) },
        mark: { type: 'point', filled: false, fill: COLOUR.ground, size: 44, strokeWidth: 1.7, opacity: 1 },
        encoding: { x: { ...x, field: 'value' } },
      },
    ],
  };
}
