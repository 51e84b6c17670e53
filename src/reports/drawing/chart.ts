import type { TopLevelSpec } from 'vega-lite';
import { type Html, html, trusted } from '../../page/html.js';
import { toSvg } from './render.js';

/** A drawn chart, with what it was drawn from. */
export interface Chart {
  /** Stem of its files, as in `loss-blocked`. */
  name: string;
  /** What it shows, for readers who do not see it. */
  label: string;
  spec: TopLevelSpec;
  svg: string;
}

/**
 * Draws a chart.
 *
 * @param name Stem of its files.
 * @param label What it shows, in a sentence.
 * @example await drawChart('verbs', barChart(rows, { title: 'Verbs' }), 'Lines by verb: patch has the most, 2,210.')
 */
export async function drawChart(name: string, spec: TopLevelSpec, label: string): Promise<Chart> {
  return { name, label, spec, svg: await toSvg(spec, { label }) };
}

/**
 * A chart as a figure of a page. Wider than the screen, it scrolls inside its frame.
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
  return html`<figure class="chart" id="chart-${chart.name}"><div class="scroll" tabindex="0" role="region" aria-label="${
    chart.label
  }">${trusted(chart.svg.replace(/ xmlns(:xlink)?="[^"]*"/g, ''))}</div>${below}</figure>`;
}

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
