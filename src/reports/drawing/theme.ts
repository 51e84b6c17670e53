import type { Config } from 'vega-lite';
import type { Protocol } from '../../runs/record.js';

/** Drawn with DejaVu Sans; readers without it get Verdana, whose widths are nearly the same. */
export const CHART_FONT = 'DejaVu Sans, Verdana, Geneva, sans-serif';

/** Colours of charts and pages, on a white ground. Series colours are told apart by colour-blind readers [Okabe-Ito]. */
export const COLOUR = {
  ink: '#1b2330',
  muted: '#5b6675',
  faint: '#8d97a5',
  rule: '#cfd6de',
  grid: '#e8ecf0',
  ground: '#ffffff',
  accent: '#0072b2',
  warm: '#d55e00',
  green: '#007a5a',
  purple: '#a2467f',
  blank: '#f1f3f5',
  /** Text on a coloured cell, whatever the page's ground. */
  onLight: '#1a222f',
  onDark: '#fefefe',
} as const;

/** One colour a protocol, in every chart: warm for the one that leaks. */
export const PROTOCOL_COLOUR: Record<Protocol, string> = {
  paper: COLOUR.warm,
  blocked: COLOUR.accent,
  capture: COLOUR.green,
};

/** What a page on a dark ground shows for the colours of its charts; cells of heat maps keep theirs. */
export const DARK: Record<string, string> = {
  [COLOUR.ink]: '#e4e9ef',
  [COLOUR.muted]: '#a3afbd',
  [COLOUR.faint]: '#75828f',
  [COLOUR.rule]: '#3a4654',
  [COLOUR.grid]: '#2a3440',
  [COLOUR.ground]: '#161d26',
  [COLOUR.blank]: '#232d38',
  [COLOUR.accent]: '#4fa8e0',
  [COLOUR.warm]: '#f08540',
  [COLOUR.green]: '#35b892',
  [COLOUR.purple]: '#d58abf',
  '#56719a': '#8ba6d2',
  '#8a6d1f': '#c9aa4a',
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
