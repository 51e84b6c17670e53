import { type Html, html } from '../../page/html.js';
import type { Page, PageSection } from '../../page/page.js';
import { renderTable } from '../../page/table.js';
import { type Chart, chartFigure, chartLinks } from '../drawing/chart.js';
import type { ReportedRun } from '../drawing/series.js';
import { count } from '../format.js';
import type { RunCharts } from './charts.js';
import { classTable, confusionTable } from './classes.js';
import { headline, leakBadge } from './headline.js';
import { leakTable } from './leak.js';
import { manifestTable } from './manifest.js';
import { scoreTable } from './scores.js';

/** Confusions listed on the page; the CSV file has all. */
const LISTED = 25;

/** Puts charts and tables of the runs into one page. The same records give the same page. */
export function runPage(
  name: string,
  runs: readonly ReportedRun[],
  charts: RunCharts,
  tables: readonly string[],
): Page {
  const scored = runs.filter(({ metrics }) => metrics !== null);
  const { run } = runs[0]!;
  const sections: PageSection[] = [{ id: 'results', title: 'Results', content: results(runs, charts) }];
  sections.push({ id: 'leak', title: 'Leak', content: leak(runs, charts) });
  if (charts.loss.length > 0) sections.push({ id: 'training', title: 'Training', content: training(charts) });
  if (scored.length > 0) sections.push({ id: 'classes', title: 'Classes', content: classes(scored, charts) });
  sections.push(
    {
      id: 'manifest',
      title: 'Manifest',
      content: html`<div class="manifest">${renderTable(manifestTable(runs))}</div>`,
    },
    { id: 'files', title: 'Files', content: files(charts, tables) },
  );
  const window = run.leak.size;
  return {
    title: name,
    kicker: 'auditweave run report',
    lede: `${run.dataset.name}, ${count(run.dataset.lines)} lines · windows of ${window} lines · ${count(run.parameters)} parameters · ${run.created.slice(0, 10)} · commit ${run.commit.slice(0, 12)}`,
    sections,
    footer: `Written by auditweave ${run.versions.auditweave ?? ''} from the records beside it. This page needs no network.`,
  };
}

function results(runs: readonly ReportedRun[], charts: RunCharts): Html {
  const leaking = runs.filter(({ run }) => run.leak.verdict === 'leaks').map(({ series }) => series.name);
  return html`<p>Macro F1 is the mean of the F1 of all classes, rare ones counting as much as common ones; strict means over true and
predicted classes. A line is labelled by the vote of all windows that cover it.${
    leaking.length > 0 && leaking.length < runs.length
      ? html` Compare across protocols with care: ${leaking.join(', ')} tests on lines that were trained on.`
      : null
  }</p>
${headline(runs)}
${charts.comparison ? html`<div class="wide">${figure(charts.comparison)}</div>` : null}
${charts.comparison ? renderTable(scoreTable(runs)) : null}
${
  charts.comparison
    ? html`<p class="fine">Baselines: <em>own action</em> labels a line by its own request; <em>previous line</em> uses the true label of
the line before, which no labeller has; <em>majority class</em> is the most frequent training label.</p>`
    : null
}`;
}

function leak(runs: readonly ReportedRun[], charts: RunCharts): Html {
  return html`<p>Windows that slide by one line share all lines but one, so a random split of windows puts test lines into training.
${runs.map((run) => html`<span>${run.run.leak.protocol}: ${leakBadge(run)}</span> `)}</p>
<div class="wide">${figure(charts.leak)}</div>
${renderTable(leakTable(runs))}`;
}

function training({ loss, scores }: RunCharts): Html {
  return html`<p>On the validation part, by epoch. The dashed rule marks the epoch whose weights were kept; axes are shared.</p>
<div class="columns">${loss.map((chart) => figure(chart))}</div>
<div class="columns">${scores.map((chart) => figure(chart))}</div>`;
}

function classes(runs: readonly ReportedRun[], charts: RunCharts): Html {
  return html`<p>The accuracy of a class is its recall on the test lines; its weight counts its appearances over all windows. Rare classes are
measured on few lines: mind the support.</p>
<div class="columns">${charts.accuracy.map((chart) => figure(chart))}</div>
${charts.confusion.map((chart) => html`<div class="wide">${figure(chart)}</div>`)}
${runs.map((run) => classTables(run))}`;
}

function classTables(run: ReportedRun): Html {
  const confusions = confusionTable(run);
  const listed = { ...confusions, rows: confusions.rows.slice(0, LISTED) };
  const left = confusions.rows.length - listed.rows.length;
  const caption = left > 0 ? `${confusions.caption}; ${left} more in the CSV file` : confusions.caption;
  return html`<h3>${run.series.name}</h3>
${renderTable(classTable(run), { sortable: true, tall: true })}
${listed.rows.length > 0 ? html`<div class="wide">${renderTable({ ...listed, caption }, { sortable: true, tall: true })}</div>` : null}`;
}

function files(charts: RunCharts, tables: readonly string[]): Html {
  const drawn = [
    charts.comparison,
    charts.leak,
    charts.loss,
    charts.scores,
    charts.accuracy,
    charts.confusion,
  ]
    .flat()
    .filter((chart) => chart !== null);
  return html`<p>Beside this page: tables as CSV with unrounded numbers, charts as SVG, PNG and Vega-Lite spec.</p>
<ul class="downloads">${tables.map((path) => html`<li><a href="${path}">${path}</a></li>`)}${drawn.map(
    ({ name }) => html`<li>charts/${name}: ${chartLinks(name, 'charts')}</li>`,
  )}</ul>`;
}

const figure = (chart: Chart): Html => chartFigure(chart, { files: 'charts' });
