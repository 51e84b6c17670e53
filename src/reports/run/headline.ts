import { levelText } from '../../audit/level.js';
import { type Html, html } from '../../page/html.js';
import type { BaselineName, LevelScores, MetricsRecord } from '../../runs/record.js';
import { leakWord } from '../../windows/leak-word.js';
import { BASELINES, recordedBaselines } from '../drawing/levels.js';
import type { ReportedRun } from '../drawing/series.js';
import { count, duration, percent, range, score } from '../format.js';

/** A card a run: strict macro F1 by line with interval and support, its protocol and leak, the best baseline beside. */
export function headline(runs: readonly ReportedRun[]): Html {
  return html`<div class="cards">${runs.map(card)}</div>`;
}

/** Says in words whether the test part was seen in training. Always shown beside a score. */
export function leakBadge({ run }: ReportedRun): Html {
  const word = leakWord(run.leak);
  return html`<span class="badge ${word === 'shares no line' ? 'state' : word}">${word}</span>`;
}

function card(reported: ReportedRun): Html {
  const { run, metrics } = reported;
  const { protocol } = run.leak;
  const state = run.status === 'finished' ? null : html`<span class="badge state">${run.status}</span>`;
  return html`<article class="card ${protocol}"><h3>${cardTitle(reported)} ${leakBadge(reported)} ${state}</h3>
${metrics ? scores(reported) : html`<p class="fine">The test part has not been scored yet.</p>`}
${run.leak.verdict === 'leaks' ? warning(reported) : null}</article>`;
}

const cardTitle = ({ series }: ReportedRun): string => series.name.replace(/ \(leaks\)$/, '');

function scores({ run, metrics }: ReportedRun): Html {
  const { lines, windows, classes, baselines, level } = metrics!;
  const { strict } = lines.macroF1;
  const tested = classes.filter(({ support }) => support > 0).length;
  const [best, bestScores] = bestBaseline(baselines);
  return html`<p class="big">${score(strict.value)}</p>
<p class="what">strict macro F1, by line</p>
<p class="fine">${percent(strict.level, 0)} interval ${range(strict)} · n = ${count(lines.n)} test lines of ${count(tested)} classes; log ${levelText(level)}</p>
<dl><dt>exact match, by line</dt><dd>${score(lines.exactMatch.value)}<small>${range(lines.exactMatch)}</small></dd>
<dt>strict macro F1, by window</dt><dd>${score(windows.macroF1.strict.value)}<small>${range(windows.macroF1.strict)}</small></dd>
<dt>best baseline, strict macro F1 (${BASELINES[best]})</dt><dd>${score(bestScores.macroF1.strict.value)}<small>${range(bestScores.macroF1.strict)}</small></dd>
<dt>trained</dt><dd>${count(run.epochs)} epochs in ${duration(run.seconds)}</dd></dl>`;
}

function bestBaseline(baselines: MetricsRecord['baselines']): [BaselineName, LevelScores] {
  const value = ([, scores]: [BaselineName, LevelScores]): number => scores.macroF1.strict.value || 0;
  return recordedBaselines(baselines).reduce((a, b) => (value(b) > value(a) ? b : a));
}

function warning({ run }: ReportedRun): Html {
  const { sharedLines, size } = run.leak;
  return html`<p class="warning">${percent(sharedLines.share, 2)} of its test lines were in training windows (windows of ${size} lines
overlap): the score shows memory as well as skill, and is no estimate for new logs.</p>`;
}
