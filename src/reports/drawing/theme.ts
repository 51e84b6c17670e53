import type { Config } from 'vega-lite';
import { CHART_FONT, COLOUR } from '../../page/colours.js';
import type { Protocol } from '../../runs/record.js';

/** One colour a protocol, in every chart: warm for the one that leaks. */
export const PROTOCOL_COLOUR: Record<Protocol, string> = {
  paper: COLOUR.warm,
  blocked: COLOUR.accent,
  capture: COLOUR.green,
};

/** Light to dark, one hue, evenly spaced in lightness. */
export const SEQUENTIAL = ['#f1f6fb', '#c6dcee', '#8cbbdc', '#4a90c2', '#1c659f', '#0b3c6f'] as const;

/** Font sizes in charts, px at scale 1. */
export const SIZE = { title: 14, subtitle: 11.5, axisTitle: 11.5, label: 11 } as const;

/** What every chart has in common. */
export const THEME: Config = {
  aria: false,
  background: COLOUR.ground,
  font: CHART_FONT,
  padding: { left: 4, top: 4, right: 8, bottom: 4 },
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'group',
    fontSize: SIZE.title,
    fontWeight: 'bold',
    color: COLOUR.ink,
    subtitleFontSize: SIZE.subtitle,
    subtitleColor: COLOUR.muted,
    subtitlePadding: 5,
    subtitleLineHeight: 15,
    offset: 14,
  },
  axis: {
    labelFontSize: SIZE.label,
    titleFontSize: SIZE.axisTitle,
    labelColor: COLOUR.muted,
    titleColor: COLOUR.ink,
    titleFontWeight: 'normal',
    titlePadding: 9,
    labelPadding: 5,
    domainColor: COLOUR.rule,
    tickColor: COLOUR.rule,
    tickSize: 4,
    gridColor: COLOUR.grid,
    labelLimit: 0,
    labelFlush: false,
    titleLimit: 0,
  },
  axisY: {
    domain: false,
    ticks: false,
    titleAngle: 0,
    titleAlign: 'left',
    titleAnchor: 'start',
    titleY: -10,
    titleX: 0,
  },
  legend: {
    labelFontSize: SIZE.label,
    titleFontSize: SIZE.label,
    labelColor: COLOUR.ink,
    titleColor: COLOUR.muted,
    titleFontWeight: 'normal',
    orient: 'top',
    direction: 'horizontal',
    columnPadding: 18,
    labelLimit: 0,
    symbolType: 'circle',
    symbolOpacity: 1,
    offset: 10,
  },
  header: {
    labelFontSize: SIZE.axisTitle,
    labelColor: COLOUR.ink,
    labelFontWeight: 'bold',
    title: null,
    labelAnchor: 'start',
  },
  line: { strokeWidth: 2, strokeCap: 'round', strokeJoin: 'round' },
  rule: { color: COLOUR.muted },
  text: { color: COLOUR.ink, fontSize: SIZE.label },
  bar: { color: COLOUR.accent },
  point: { filled: true, size: 60, color: COLOUR.accent },
};

/** Axis label expression: 0 without the unit that d3's `s` format gives it. */
export const ZERO = "datum.value === 0 ? '0' : datum.label";
