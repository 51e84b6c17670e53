import type { PaperResult, PaperResults } from '../../comparison/paper-results.js';
import { type Html, html } from '../../page/html.js';
import type { Page, PageSection } from '../../page/page.js';
import { renderTable, type Table } from '../../page/table.js';
import { chartGrid, chartLinks } from '../drawing/chart.js';
import { count, duration } from '../format.js';
import { answerOf } from '../study/answer.js';
import { APART_MEANS, QUANTITIES } from '../study/quantity.js';
import { scoresTable } from '../study/tables/scores.js';
import { allCharts, type PaperCharts } from './charts.js';
import type { Clustering } from './clustering.js';
import type { Recorded } from './store.js';
import type { FoundStudy } from './studies.js';
import { studiesOf } from './studies.js';
import { notRun } from './summary.js';

/** Tables of one of the paper's results, by stem of their files. */
export type ResultTables = Map<string, [string, Table][]>;

export interface PaperPageParts {
  paper: PaperResults;
  studies: readonly FoundStudy[];
  clustering: Clustering | null;
  charts: PaperCharts;
  summary: Table;
  inside: Table | null;
  /** What reproduces and what does not, a statement a study. */
  reproduced: readonly Html[];
  /** The paper's results that were not run with its own configuration. */
  notOwn: readonly string[];
  /** How its procedure and ours differ. */
  differences: Table;
  configurations: Table | null;
  /** The nearest-change rule by rule of the truth; null where it was not counted. */
  byRule: Table | null;
  /** Contexts that straddle a cut; null where they were not counted. */
  straddling: Html | null;
  results: ResultTables;
  /** Results that a record of its own answers to. */
  recorded: ReadonlyMap<string, Recorded>;
  records: Table;
  files: readonly string[];
}

/** Puts every table and figure of the paper's evaluation beside ours. The same records give the same page. */
export function paperPage(parts: PaperPageParts): Page {
  const { paper, studies, clustering } = parts;
  const sections: PageSection[] = [{ id: 'summary', title: 'Summary', content: summary(parts) }];
  for (const [key, result] of Object.entries(paper.results)) {
    const own = studiesOf(studies, key);
    const known = result.form === 'bins' ? clustering !== null : own.length > 0 || parts.recorded.has(key);
    if (known) sections.push({ id: key, title: result.title, content: section(parts, key, result) });
  }
  if (parts.configurations)
    sections.push({
      id: 'configurations',
      title: 'Configurations',
      content: html`<p>${APART_MEANS}</p>
${renderTable(parts.configurations)}`,
    });
  sections.push(
    ...(parts.byRule
      ? [{ id: 'by-rule', title: 'Circular baselines', content: circular(parts.byRule) }]
      : []),
    ...(parts.straddling
      ? [{ id: 'straddling', title: 'Contexts that straddle', content: parts.straddling }]
      : []),
    { id: 'procedure', title: 'Procedure', content: procedure(parts) },
    { id: 'not-run', title: 'Not run', content: missing(parts) },
    { id: 'records', title: 'Records', content: renderTable(parts.records) },
    { id: 'files', title: 'Files', content: files(parts) },
  );
  const trials = studies.reduce((sum, { view }) => sum + view.counts.done, 0);
  return {
    title: `${paper.title} and ours`,
    kicker: 'auditweave',
    lede: `Every table and figure of the paper’s evaluation beside the records of ${count(studies.length)} studies, ${count(trials)} trials`,
    sections,
    footer: 'Written by auditweave from the studies’ records. This page needs no network.',
  };
}

function summary({ paper, summary: table, inside, reproduced, notOwn }: PaperPageParts): Html {
  return html`<p>The paper scores every position of every test window, without a vote: strict macro F1 by window. That is <em>the paper’s
measure</em> on this page, and what stands beside its numbers. Strict macro F1 by line (after the vote of all windows that cover a line, as
everywhere else in this project) and macro F1 over true classes by line stand after it. k-fold is by line in the paper as well.</p>
${reproduced.length > 0 ? html`<ul class="findings">${reproduced}</ul>` : null}
${
  notOwn.length > 0
    ? html`<p>${notOwn.join(', ')}: run with other configurations than the paper’s own alone, so that what does not reproduce there may be theirs. What else
may be the reason stands under <a href="#procedure">Procedure</a>.</p>`
    : null
}
<p>${paper.title} measured ${paper.setup.dataset}, on ${paper.setup.machine}, ${count(paper.setup.runs)} runs each, windows drawn
at random. That log is another than ours, so numbers agree in kind at best; what can be compared is how they move. Ours stand under that
protocol, which leaks, and under those that share no line with training; each is named with its configuration, as <em>fast</em> or <em>paper</em>.</p>
<p>A number is reproduced that lies inside our 95 % interval over the runs there are, as many as stand in each table: of fewer runs an interval is wider, and
holds the paper’s number sooner, so that three runs of one configuration and five of another are no comparison of the two. It speaks of the values that were
asked for alone. In k-fold few test lines are shared under that protocol, not nearly all as elsewhere; each study’s own report tells its leak.</p>
${renderTable(table)}
${inside ? html`<div class="wide">${renderTable(inside)}</div>` : null}`;
}

function circular(table: Table): Html {
  return html`<p>The truth of three-node was found by rules over objects, owners, Events and namespaces, and the <em>nearest earlier user
action</em> looks at the same names. Where it agrees with a rule of the truth nearly always, its score shows that the two ask the same question, not that it
understands the log; no such line speaks for it against a model. <code>direct</code> lines are a person’s own: there the truth is known without any
of them, and the rule is only the line’s own action.</p>
${renderTable(table, { tall: true })}`;
}

function procedure({ differences }: PaperPageParts): Html {
  return html`<p>A number that reproduces does so under these differences; one that does not may owe it to any of them. Ours are those of the
<em>paper</em> configuration (experiments/paper.config.yaml); <em>fast</em> (experiments/fast.config.yaml), of most figures, has other epochs, batches, dropout, loss,
schedule and sampling as well.</p>
${renderTable(differences)}`;
}

function section({ charts, results, clustering }: PaperPageParts, key: string, result: PaperResult): Html {
  const tables = results.get(key) ?? [];
  const own = charts.studies.get(key) ?? [];
  return html`<p>${result.source}. ${result.claims.length > 0 ? `Its text says: ${result.claims.join(' ')}` : null}</p>
${tables.map(([, table]) => html`<div class="wide">${renderTable(table)}</div>`)}
${result.measures.some(({ name }) => QUANTITIES[name]?.ofMachine) && own.length > 0 ? html`<p class="fine">${APART_MEANS}</p>` : null}
${result.form === 'bins' && results.has(key) && tables.length > 1 ? CIRCULAR : null}
${result.form === 'bins' && clustering && charts.clustering ? html`${chartGrid([charts.clustering], { files: 'charts' })}` : null}
${own.map(
  ({ study, charts: drawn }) => html`<h3>${study.folder}: ${study.view.study.base} configuration${
    study.reported ? html`, <a href="../${study.folder}/report.html">its report</a>` : null
  }</h3>
${state(study)}
<p>${answerOf(study.view)}</p>
${chartGrid(drawn, { files: 'charts' })}
${renderTable(scoresTable(study.view), { tall: study.view.cells.length > 9 })}`,
)}`;
}

/** Said of every score of contexts against a truth that rules made. */
const CIRCULAR = html`<p>The truth of what controllers do was found by rules over objects, owners and namespaces. The ways <em>rules</em> and
<em>model</em> ask like questions, and the model was taught by that truth: their scores here are circular in part. By causes that a cluster carried
along, no rule asked, they stand in results/reference/propagated: models.json, and automated.json for clusters that scripts and operators run.</p>`;

/** Says what is missing, as long as something is. */
function state({ view: { counts } }: FoundStudy): Html | null {
  if (counts.missing === 0 && counts.failed === 0) return null;
  return html`<p class="notice">${count(counts.done)} of ${count(counts.planned)} trials are done; ${count(counts.failed)} failed, ${count(
    counts.missing,
  )} were not run.</p>`;
}

function missing({ paper, studies, clustering, recorded }: PaperPageParts): Html {
  const left = notRun(paper, studies, clustering, recorded);
  const open = studies.filter(({ view }) => view.counts.missing > 0);
  return html`${
    left.length === 0
      ? html`<p>Every table and figure has records.</p>`
      : html`<p>No records yet:</p><ul class="findings">${left.map(
          ({ title, source, measures }) =>
            html`<li>${title} [${source}]${measures[0] ? html`: ${measures[0].what}` : null}</li>`,
        )}</ul>`
  }${
    open.length === 0
      ? null
      : html`<p>Trials that were planned and not run: ${open
          .map(
            ({ view: { study, counts } }) =>
              `${count(counts.missing)} of ${count(counts.planned)} of ${study.name}`,
          )
          .join('; ')}.</p>`
  }`;
}

/** What each study has, ran on and took. */
export function recordsTable(studies: readonly FoundStudy[]): Table {
  const kind = 'number' as const;
  return {
    caption: 'Studies, their records and machines',
    columns: [
      { name: 'study', kind: 'code' },
      { name: 'configuration' },
      { name: 'dataset' },
      { name: 'trials done', kind },
      { name: 'failed', kind },
      { name: 'not run', kind },
      { name: 'time of all', kind },
      { name: 'machine' },
      { name: 'commits' },
    ],
    rows: studies.map(({ folder, view: { study, counts, timings } }) => {
      const rows = [...timings.values()];
      const seconds = rows.reduce((sum, { totalSeconds }) => sum + totalSeconds, 0);
      const machines = new Set(
        rows.map(({ machine }) => `${machine.cpu}, ${machine.cores} cores, ${machine.gpu ?? machine.device}`),
      );
      const { name, selection, lines, sha256 } = study.dataset;
      return [
        folder,
        study.base,
        { text: `${name}, ${selection}, ${count(lines)} lines`, note: sha256.slice(0, 12) },
        { text: count(counts.done), value: counts.done },
        { text: count(counts.failed), value: counts.failed },
        { text: count(counts.missing), value: counts.missing },
        { text: duration(seconds), value: seconds },
        [...machines].join('; ') || '–',
        [...new Set(rows.map(({ commit }) => commit.slice(0, 12)))].join(', ') || '–',
      ];
    }),
  };
}

function files({ charts, files: paths }: PaperPageParts): Html {
  return html`<p>Beside this page: tables as CSV with unrounded numbers, charts as SVG, PNG and Vega-Lite spec.</p>
<ul class="downloads">${paths.map((path) => html`<li><a href="${path}">${path}</a></li>`)}${allCharts(
    charts,
  ).map(({ name }) => html`<li>charts/${name}: ${chartLinks(name, 'charts')}</li>`)}</ul>`;
}
