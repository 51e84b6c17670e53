import { measureName } from '../../comparison/run-set.js';
import { baselineOf, cellOf } from '../../comparison/summarize.js';
import { rankedOf, type ScoredCell } from '../../comparison/two-measures.js';
import { type Html, html } from '../../page/html.js';
import { BASELINES } from '../drawing/levels.js';
import { percent, range, score } from '../format.js';
import { baselineKeys, type StudySeries, type StudyView } from './view.js';

/** A card a protocol: its score, its leak, what is highest and lowest, the best baseline beside. */
export function protocolCards(view: StudyView): Html {
  return html`<div class="cards">${view.series.map((series) => card(view, series))}</div>`;
}

/** Says in words whether the test part was seen in training. Always shown beside a score. */
export function verdictBadge({ word }: Pick<StudySeries, 'word'>): Html {
  const kind = word === null || word === 'shares no line' ? 'state' : word;
  return html`<span class="badge ${kind}">${word ?? 'not run'}</span>`;
}

function card(view: StudyView, series: StudySeries): Html {
  const { protocol } = series;
  const ranked = rankedOf(view, protocol);
  return html`<article class="card ${protocol}"><h3>${protocol} protocol ${verdictBadge(series)}</h3>
${ranked.length > 0 ? scores(view, series, ranked) : html`<p class="fine">No trial has ended yet.</p>`}
${series.verdict === 'leaks' ? warning(series) : null}</article>`;
}

function scores(view: StudyView, { protocol }: StudySeries, ranked: readonly ScoredCell[]): Html {
  const { study } = view;
  const reference = study.baseline ? cellOf(view, study.baseline, protocol) : null;
  const shown = ranked.find(({ cell }) => cell === reference) ?? ranked[0]!;
  const { mean, n } = shown.score;
  const best = ranked[0]!;
  const worst = ranked.at(-1)!;
  const baseline = bestBaseline(view, shown);
  const bounds = { ...shown.score, value: mean, level: study.report.interval };
  const line = ({ cell, score: { mean: value, ...rest } }: ScoredCell): Html =>
    html`<dd>${score(value)}<small>${cell.name}; ${range({ ...rest, value, level: 0 })}</small></dd>`;
  return html`<p class="big">${score(mean)}</p>
<p class="what">${measureName(study.report)}, ${shown.cell.name}</p>
<p class="fine">${percent(study.report.interval, 0)} interval ${range(bounds)} · ${n === 1 ? 'one run' : `${n} runs`}</p>
<dl>${ranked.length > 1 ? html`<dt>highest</dt>${line(best)}<dt>lowest</dt>${line(worst)}` : null}
${baseline ? html`<dt>best baseline</dt><dd>${score(baseline.mean)}<small>${baseline.name}</small></dd>` : null}</dl>`;
}

/** The best of those that need no true labels of the lines that are tested. */
function bestBaseline(view: StudyView, { cell }: ScoredCell): { name: string; mean: number } | null {
  const found = baselineKeys([cell])
    .filter((key) => key !== 'previousLine')
    .map((key) => ({ name: BASELINES[key], mean: baselineOf(view, cell, key).mean }));
  return found.toSorted((a, b) => (b.mean || 0) - (a.mean || 0))[0] ?? null;
}

function warning({ shared }: StudySeries): Html {
  return html`<p class="warning">Up to ${percent(shared, 1)} of its test lines were in training windows: the score shows memory as well as
skill, and is no estimate for new logs.</p>`;
}
