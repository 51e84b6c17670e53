import type { TopLevelSpec } from 'vega-lite';
import { type Html, html, trusted } from '../../page/html.js';
import { type Face, wrapText } from './font.js';
import { toSvg } from './render.js';
import { SIZE } from './theme.js';

/** A drawn chart, with what it was drawn from. */
export interface Chart {
  /** Stem of its files, as in `loss-blocked`. */
  name: string;
  /** What it shows, for readers who do not see it. */
  label: string;
  spec: TopLevelSpec;
  svg: string;
  /** The same for a screen of a phone; null where the drawing itself is narrow enough to be scaled. */
  phone: string | null;
}

/** For what a chart is drawn: a page some 1,000 px wide, or a screen of 390. */
export type Screen = 'page' | 'phone';

/**
 * Draws a chart.
 *
 * @param name Stem of its files.
 * @param spec What to draw; as a function, what to draw on which screen.
 * @param label What it shows, in a sentence.
 * @example await drawChart('verbs', barChart(rows, { title: 'Verbs' }), 'Lines by verb: patch has the most, 2,210.')
 */
export async function drawChart(
  name: string,
  spec: TopLevelSpec | ((screen: Screen) => TopLevelSpec),
  label: string,
): Promise<Chart> {
  const page = typeof spec === 'function' ? spec('page') : spec;
  const phone = typeof spec === 'function' ? await toSvg(forPhone(spec('phone')), { label }) : null;
  return { name, label, spec: page, svg: await toSvg(page, { label }), phone };
}

/** Widest text of a title on a phone, px. */
const PHONE = 360;

/** A spec whose title and subtitle are broken into lines that a phone has room for. */
function forPhone(spec: TopLevelSpec): TopLevelSpec {
  const { title } = spec;
  if (typeof title !== 'object' || !('text' in title) || Array.isArray(title)) return spec;
  const lines = (text: unknown, size: number, face: Face): string[] =>
    [text].flat().flatMap((line) => wrapText(String(line), PHONE, size, face));
  return {
    ...spec,
    title: {
      ...title,
      text: lines(title.text, SIZE.title, 'bold'),
      ...(title.subtitle ? { subtitle: lines(title.subtitle, SIZE.subtitle, 'regular') } : {}),
    },
  };
}

/**
 * A chart as a figure of a page, never wider than its frame: scaled, and on a phone the drawing made for it.
 *
 * @param options.caption Text below. Default none.
 * @param options.files Relative folder with the chart's svg, png and vl.json files, linked below; none without.
 */
export function chartFigure(chart: Chart, options: { caption?: string; files?: string } = {}): Html {
  const links =
    options.files === undefined
      ? null
      : html`<span class="files">${chartLinks(chart.name, options.files)}</span>`;
  const below = options.caption || links ? html`<figcaption>${options.caption} ${links}</figcaption>` : null;
  const drawn = chart.phone
    ? html`<div class="on-page">${inline(chart.svg)}</div><div class="on-phone">${inline(chart.phone)}</div>`
    : inline(chart.svg);
  return html`<figure class="chart" id="chart-${chart.name}">${drawn}${below}</figure>`;
}

const inline = (svg: string): Html => trusted(svg.replace(/ xmlns(:xlink)?="[^"]*"/g, ''));

/** Wider than this, px, a chart has a row for itself. */
const NARROW = 520;

/** Charts of a section: those that are narrow stand side by side. */
export function chartGrid(charts: readonly Chart[], options: { files?: string } = {}): Html | null {
  if (charts.length === 0) return null;
  const rows: Chart[][] = [];
  let open = false;
  for (const chart of charts) {
    const narrow = widthOf(chart) <= NARROW;
    if (narrow && open) rows.at(-1)!.push(chart);
    else rows.push([chart]);
    open = narrow;
  }
  return html`${rows.map(
    (row) =>
      html`<div class="${row.length > 1 ? 'columns' : 'wide'}">${row.map((chart) => chartFigure(chart, options))}</div>`,
  )}`;
}

const widthOf = ({ svg }: Chart): number => Number(/ width="([\d.]+)"/.exec(svg)?.[1] ?? 0);

/** Links to the files of a chart in `folder`, a path relative to the page. */
export function chartLinks(name: string, folder: string): Html {
  const kinds = { svg: 'SVG', png: 'PNG', 'vl.json': 'spec' };
  return html`${Object.entries(kinds).map(([kind, title]) => html`<a href="${folder}/${name}.${kind}">${title}</a> `)}`;
}
