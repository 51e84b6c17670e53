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
