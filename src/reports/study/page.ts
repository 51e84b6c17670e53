import type { PaperResult, PaperResults } from '../../comparison/paper-results.js';
import { measureName } from '../../comparison/run-set.js';
import { trainingDifferences } from '../../comparison/training-settings.js';
import { type Html, html } from '../../page/html.js';
import type { Page, PageSection } from '../../page/page.js';
import { renderTable } from '../../page/table.js';
import { type Chart, chartGrid, chartLinks } from '../drawing/chart.js';
import { count, counted, duration, score } from '../format.js';
import { answeringSeries, answerOf, findingsOf } from './answer.js';
import { protocolCards, verdictBadge } from './cards.js';
import type { StudyCharts } from './charts/all.js';
import { APART_MEANS } from './quantity.js';
import type { StudyTables } from './tables/all.js';
import { reservationsOf } from './tables/differences.js';
import type { StudyView } from './view.js';

/** What a study's page is made of. */
export interface StudyPageParts {
  view: StudyView;
  charts: StudyCharts;
  tables: StudyTables;
  /** What the paper found for this study, if it is one of the paper's. */
  paper: { all: PaperResults; result: PaperResult } | null;
  /** Relative paths of the tables' files. */
  files: readonly string[];
}

/** Puts charts and tables of a study into one page. The same records give the same page. */
export function studyPage(parts: StudyPageParts): Page {
  const { view, tables, paper } = parts;
  const { study, counts } = view;
  const sections: (PageSection | null)[] = [
    { id: 'answer', title: 'Answer', content: answer(parts) },
    paper && { id: 'paper', title: 'Paper and ours', content: beside(parts, paper) },
    counts.done > 0 ? { id: 'scores', title: 'Scores', content: scores(parts) } : null,
    tables.classes.length > 0 ? { id: 'classes', title: 'Classes', content: classes(parts) } : null,
    tables.differences.length > 0
      ? { id: 'differences', title: 'Differences', content: differences(parts) }
      : null,
    tables.lines.length > 0 ? { id: 'lines', title: 'Line by line', content: lines(parts) } : null,
    tables.causes.length > 0 ? { id: 'causes', title: 'Causes and contexts', content: causes(parts) } : null,
    tables.contexts.length > 0
      ? { id: 'contexts', title: 'Contexts of labels', content: contexts(parts) }
      : null,
    counts.done > 0 ? { id: 'protocols', title: 'Protocols', content: protocols(parts) } : null,
    counts.done > 0 ? { id: 'baselines', title: 'Baselines', content: baselines(parts) } : null,
    { id: 'trials', title: 'Trials', content: trials(parts) },
    counts.done > 0 ? { id: 'time', title: 'Time', content: time(parts) } : null,
    {
      id: 'manifest',
      title: 'Manifest',
      content: html`<div class="manifest">${renderTable(tables.manifest)}</div>`,
    },
    { id: 'files', title: 'Files', content: files(parts) },
  ];
  return {
    title: study.name,
    kicker: 'auditweave study',
    lede: `${study.source} · ${study.base} configuration · ${study.dataset.name}, ${study.dataset.selection}, ${count(study.dataset.lines)} lines · ${[
      counted(study.points.length, 'value'),
      counted(study.protocols.length, 'protocol'),
      counted(study.runs, 'run'),
    ].join(' × ')}`,
    sections: sections.filter((section) => section !== null),
    footer: 'Written by auditweave from the records beside it. This page needs no network.',
  };
}

function answer(parts: StudyPageParts): Html {
  const { view } = parts;
  const picture = pictureOf(parts);
  const said = findingsOf(view).map(
    ({ series, text }) => html`<li><strong>${series.protocol}</strong> ${verdictBadge(series)} ${text}</li>`,
  );
  return html`<p class="question">${view.study.question}</p>
${notice(view)}
<p class="answer">${answerOf(view)}</p>
${picture ? grid([picture]) : null}
${said.length > 0 ? html`<ul class="findings">${said}</ul>` : null}
${trainedOtherwise(view)}
${protocolCards(view)}`;
}

/** The chart that shows the answer: that of the protocol that answers, where each has its own. */
function pictureOf({ view, charts: { results } }: StudyPageParts): Chart | null {
  const protocol = answeringSeries(view)?.protocol;
  return results.find(({ name }) => name.endsWith(`-${protocol}`)) ?? results[0] ?? null;
}

/** Says that points differ in more than what the study varies. */
function trainedOtherwise(view: StudyView): Html | null {
  const differing = trainingDifferences(view);
  if (differing.length === 0) return null;
  const listed = differing.map(
    ({ path, values }) =>
      html`<li><code>${path}</code>: ${values.map(({ point, value }) => `${point}: ${String(value)}`).join(' · ')}</li>`,
  );
  return html`<div class="notice"><strong>The points are not trained alike.</strong> What separates them is their value together with:
<ul>${listed}</ul></div>`;
}

/** Says what is missing, as long as something is. */
function notice({ counts: { planned, done, failed, missing } }: StudyView): Html | null {
  if (missing === 0 && failed === 0) return null;
  const state =
    missing > 0
      ? html`<strong>Under way.</strong> ${count(done)} of ${count(planned)} trials are done, ${count(missing)} were not run yet`
      : html`${count(done)} of ${count(planned)} trials are done`;
  return html`<p class="notice">${state}${failed > 0 ? html`, ${count(failed)} failed for good` : null}. What follows holds for those that are
done; <a href="#trials">the others</a> may change it.</p>`;
}

function beside(
  { charts, tables }: StudyPageParts,
  { all, result }: NonNullable<StudyPageParts['paper']>,
): Html {
  return html`<p>${all.title} trained on ${all.setup.dataset} that are not published, on ${all.setup.machine}; ours is another log of another
cluster. Its protocol: ${result.protocol ?? all.setup.protocol}. Compare it with the column of that protocol; the others tell how much of it is memory. Its macro F1 is over true and predicted
classes, of every position of every test window, without a vote; ours beside it is the same.</p>
${result.claims.length > 0 ? html`<p>Its text says: ${result.claims.join(' ')}</p>` : null}
${grid(charts.paper)}
${tables.paper.map(({ table }) => html`<div class="wide">${renderTable(table)}</div>`)}
${tables.claims ? html`<div class="wide">${renderTable(tables.claims)}</div>` : null}
${tables.paper.length + (tables.claims ? 1 : 0) === 0 ? html`<p class="fine">Its text gives no numbers for this.</p>` : null}`;
}

function scores(parts: StudyPageParts): Html {
  const { view, charts, tables } = parts;
  const picture = pictureOf(parts);
  return html`<p>Macro F1 is the mean of the F1 of all classes, rare ones counting as much as common ones; strict means over true and predicted
classes, as against true ones alone. By line means after the vote of all windows that cover a line; by window, every position of every
window. The charts show ${measureName(view.study.report)}.</p>
${grid(charts.results.filter((chart) => chart !== picture))}
${intervals(view)}
${renderTable(tables.scores, { tall: tables.scores.rows.length > 24 })}`;
}

/** What the intervals are intervals of. */
function intervals({ cells }: StudyView): Html {
  const drawn = cells.some(({ testShare, done }) => done.length > 0 && testShare !== null);
  const same = [
    ...new Set(
      cells
        .filter(({ testShare, done }) => done.length > 0 && testShare === null)
        .map(({ protocol }) => protocol),
    ),
  ];
  return html`<p class="fine">${drawn ? 'Where each run draws its own test windows, intervals are corrected for the training lines that runs share (Nadeau–Bengio). ' : null}${
    same.length > 0
      ? `Under ${same.join(' and ')} every run tests the same lines: the interval (Student’s t) tells of chance in training, not of other logs.`
      : null
  }</p>`;
}

function classes({ tables }: StudyPageParts): Html {
  return html`<p>The accuracy of a class is its recall on the test lines. Rare classes are measured on few lines: mind the support.</p>
${tables.bands ? renderTable(tables.bands) : null}
${tables.classes.map(
  ({ table }) => html`<div class="wide">${renderTable(table, { sortable: true, tall: true })}</div>`,
)}`;
}

function differences({ view, tables }: StudyPageParts): Html {
  const alpha = 1 - view.study.report.interval;
  const minded = reservationsOf(view);
  return html`<p>Runs of one seed share their split and their start, so they are compared in pairs. p is that of a t test, corrected where runs
draw their own test windows (Nadeau–Bengio). P(better) is the chance that a run with this value beats one of the baseline; .5 is a coin’s. A
difference counts when its p stays below ${score(alpha, 2)} after Holm’s correction for all values of its protocol.</p>
${tables.differences.map(({ table }) => html`<div class="wide">${renderTable(table, { tall: table.rows.length > 24 })}</div>`)}
${minded.length > 0 ? html`<p class="fine">Bear in mind: ${minded.join('; ')}.</p>` : null}`;
}

function lines({ view, tables }: StudyPageParts): Html {
  const trials = view.lines?.trials.length ?? 0;
  const { done } = view.counts;
  return html`${
    trials < done
      ? html`<p class="notice">The predicted lines of ${count(trials)} of ${count(done)} trials were at hand: means of fewer runs here differ from those
of all runs in other tables.</p>`
      : null
  }<p>What ${count(trials)} trials said of each test line. A p value over seeds speaks of chance in training on one test part; these
intervals draw whole contexts, or whole captures, anew, for both sides alike, and speak of other logs of this kind. Two captures give an interval
as wide as two of anything do. <em>Never trained on</em> is a label that no training line has: the model can only put it together from parts.</p>
${tables.lines.map(({ table }) => html`<div class="wide">${renderTable(table, { tall: table.rows.length > 24 })}</div>`)}`;
}

function causes({ tables }: StudyPageParts): Html {
  return html`<p>What models that name the cause of a line say of the test lines, and the contexts that follow from it. Exact contexts are of
two lines or more, and the same set of lines on both sides. A model that names labels alone has no row.</p>
${tables.causes.map(({ table }) => html`<div class="wide">${renderTable(table, { tall: table.rows.length > 24 })}</div>`)}`;
}

function contexts({ tables }: StudyPageParts): Html {
  return html`<p>The contexts that follow from the labels of the test lines alone, by the paper’s three methods (object, what refers to it, equal
shares by time), whatever causes a model names; beside them those of the same methods on the <em>true labels</em>, which no model can beat by this
way, and of <em>rules</em> over objects, owners and time without labels. The truth of what controllers do was found by like rules, so that the
score of rules is circular in part. Exact contexts are of two lines or more.</p>
${tables.contexts.map(({ table }) => html`<div class="wide">${renderTable(table, { tall: table.rows.length > 24 })}</div>`)}`;
}

function protocols({ view, charts, tables }: StudyPageParts): Html {
  return html`<p>${
    foldsOf(view)
      ? null
      : 'A random split of windows that overlap puts lines of the test part into training. '
  }What a protocol’s test part shares with its training part stands in the second chart.</p>
${grid(charts.protocols)}
${grid(charts.leak)}
${renderTable(tables.protocols, { tall: tables.protocols.rows.length > 24 })}`;
}

/** Whether the study cuts the log into k parts. */
const foldsOf = ({ study }: StudyView): boolean => study.points.some(({ point }) => 'split.folds' in point);

function baselines({ charts, tables }: StudyPageParts): Html {
  return html`${grid(charts.baselines)}
${renderTable(tables.baselines)}
<p class="fine">No baseline learns a sequence: <em>most frequent per feature tuple</em> looks a line’s features up in training;
<em>nearest earlier user action</em> takes the last change by a person on the same objects, names that the rules of the truth use too, so it is
circular in part: the page of the paper has it rule by rule; <em>own action</em> is the line’s own request;
<em>previous line</em> uses the true label of the line before, which no labeller has; <em>majority class</em> is the most frequent training
label.</p>`;
}

function trials({ tables }: StudyPageParts): Html {
  const { counts, failures, missing } = tables;
  return html`${renderTable(counts)}
${failures ? html`<div class="wide">${renderTable(failures, { tall: true })}</div>` : null}
${missing ? html`<div class="wide">${renderTable(missing, { tall: true })}</div>` : null}`;
}

function time({ view, charts, tables }: StudyPageParts): Html {
  const total = [...view.timings.values()].reduce((sum, { totalSeconds }) => sum + totalSeconds, 0);
  return html`<p>All trials together took ${duration(total)}, workers in parallel counted one by one.
Inference is the time of one window: on a log, whose windows slide by one line, each line costs one, and W windows vote on it. Tested lines have fewer
votes, six of sixty under the paper protocol, so their own time is not what a protocol costs.</p>
${grid(charts.time)}
<p class="fine">${APART_MEANS}</p>
${renderTable(tables.time, { tall: tables.time.rows.length > 24 })}
<div class="wide">${renderTable(tables.machines)}</div>`;
}

function files({ charts, files: paths }: StudyPageParts): Html {
  const drawn = Object.values(charts).flat();
  return html`<p>Beside this page: tables as CSV with unrounded numbers, charts as SVG, PNG and Vega-Lite spec.</p>
<ul class="downloads">${paths.map((path) => html`<li><a href="${path}">${path}</a></li>`)}${drawn.map(
    ({ name }: Chart) => html`<li>charts/${name}: ${chartLinks(name, 'charts')}</li>`,
  )}</ul>`;
}

const grid = (charts: readonly Chart[]): Html | null => chartGrid(charts, { files: 'charts' });
