import type { PaperResult } from '../../../comparison/paper-results.js';
import { type Measure, measureName, PAPER_MEASURE, sameMeasure } from '../../../comparison/run-set.js';
import { gridSettings } from '../../../comparison/setting-names.js';
import { cellOf, scoreOf } from '../../../comparison/summarize.js';
import type { StudyChart } from '../../../studies/record.js';
import { ablationChart } from '../../charts/ablation.js';
import { type Chart, drawChart } from '../../drawing/chart.js';
import { pointsOf, type StudyView } from '../view.js';
import { drawClassCharts } from './classes.js';
import { folds, heatmap } from './grid.js';
import { chartName } from './names.js';
import { baselines, leak, protocols } from './protocols.js';
import { metricByValue, timeByValue } from './values.js';

/** Charts of a study's page, by the section they are in. */
export interface StudyCharts {
  /** By the study's own measure. */
  results: Chart[];
  /** By the paper's measure, where the paper has numbers of it. */
  paper: Chart[];
  protocols: Chart[];
  baselines: Chart[];
  leak: Chart[];
  time: Chart[];
}

/** Draws the charts that a study asks for, and those that every study has, as far as there are records. */
export async function drawStudyCharts(view: StudyView, paper: PaperResult | null): Promise<StudyCharts> {
  const charts: StudyCharts = { results: [], paper: [], protocols: [], baselines: [], leak: [], time: [] };
  if (view.counts.done === 0) return charts;
  const { report } = view.study;
  for (const kind of report.charts) {
    const section = kind === 'protocols' ? 'protocols' : kind === 'time-by-value' ? 'time' : 'results';
    charts[section].push(...(await DRAW[kind](view, paper, report)));
    if (section === 'results' && isOfPaperMeasure(kind, view, paper))
      charts.paper.push(...(await DRAW[kind](view, paper, PAPER_MEASURE)));
  }
  charts.baselines.push(await baselines(view));
  charts.leak.push(...(await leak(view)));
  return charts;
}

/** Draws only what the paper has a table or figure of, by the paper's measure where it has one. */
export async function drawPaperForm(view: StudyView, paper: PaperResult): Promise<Chart[]> {
  const { report } = view.study;
  const charts: Chart[] = [];
  for (const kind of report.charts)
    if (kind !== 'protocols')
      charts.push(
        ...(await DRAW[kind](view, paper, isOfPaperMeasure(kind, view, paper) ? PAPER_MEASURE : report)),
      );
  return charts;
}

/** Whether the paper has the same chart of its own measure, and the study's is another. */
function isOfPaperMeasure(kind: StudyChart, { study }: StudyView, paper: PaperResult | null): boolean {
  if (!paper || sameMeasure(study.report, PAPER_MEASURE)) return false;
  if (kind === 'ablation-bars') return paper.form === 'ablation';
  const scored = paper.measures.some(({ name }) => name === 'macroF1');
  return scored && (kind === 'metric-by-value' || kind === 'metric-heatmap');
}

type Draw = (view: StudyView, paper: PaperResult | null, measure: Measure) => Promise<Chart[]>;

const DRAW: Record<StudyChart, Draw> = {
  'metric-by-value': async (view, paper, measure) => [await metricByValue(view, paper, measure)],
  'time-by-value': async (view, paper) => await timeByValue(view, paper),
  'metric-heatmap': async (view, paper, measure) =>
    gridSettings(pointsOf(view)) ? [await heatmap(view, paper, measure)] : [],
  'fold-heatmap': async (view, paper) => [await folds(view, paper)],
  'ablation-bars': async (view, _, measure) => await ablation(view, measure),
  'class-scatter': async (view, paper) => await drawClassCharts(view, paper),
  protocols: async (view) => [await protocols(view)],
};

async function ablation(view: StudyView, measure: Measure): Promise<Chart[]> {
  const charts: Chart[] = [];
  for (const series of view.series) {
    const compared = view.compared(series.protocol, measure);
    const reference = cellOf(view, view.reference, series.protocol);
    if (!reference || compared.length === 0) continue;
    const rows = compared.map(({ cell, mean, low, high, control }) => ({
      name: `${control ? 'control: ' : ''}${cell.name.replace(/^without /, '')}`,
      score: scoreOf(view, cell, measure).mean,
      change: mean,
      low,
      high,
    }));
    const worst = rows.reduce((a, b) => (b.change < a.change ? b : a));
    charts.push(
      await drawChart(
        `${chartName('ablation', view, measure)}-${series.protocol}`,
        ablationChart(rows, {
          all: scoreOf(view, reference, measure).mean,
          title: `Without each feature: ${series.name}`,
          subtitle: `change of ${measureName(measure)}; at the right the score itself`,
          colour: series.colour,
        }),
        `Bars: change of ${measureName(measure)} without each feature, ${series.name}. The most is lost without ${worst.name}: ${worst.change.toFixed(3)}.`,
      ),
    );
  }
  return charts;
}
