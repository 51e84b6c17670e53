import { compareWithReference } from '../../../comparison/against-baseline.js';
import type { PaperResult } from '../../../comparison/paper-results.js';
import { metricName } from '../../../comparison/run-set.js';
import { gridSettings } from '../../../comparison/setting-names.js';
import { cellOf, scoreOf } from '../../../comparison/summarize.js';
import type { StudyChart } from '../../../studies/record.js';
import { ablationChart } from '../../charts/ablation.js';
import { type Chart, drawChart } from '../../drawing/chart.js';
import { pointsOf, type StudyView } from '../view.js';
import { drawClassCharts } from './classes.js';
import { folds, heatmap } from './grid.js';
import { baselines, leak, protocols } from './protocols.js';
import { metricByValue, timeByValue } from './values.js';

/** Charts of a study's page, by the section they are in. */
export interface StudyCharts {
  results: Chart[];
  protocols: Chart[];
  baselines: Chart[];
  leak: Chart[];
  time: Chart[];
}

/** Draws the charts that a study asks for, and those that every study has, as far as there are records. */
export async function drawStudyCharts(view: StudyView, paper: PaperResult | null): Promise<StudyCharts> {
  const charts: StudyCharts = { results: [], protocols: [], baselines: [], leak: [], time: [] };
  if (view.counts.done === 0) return charts;
  for (const kind of view.study.report.charts) {
    const drawn = await DRAW[kind](view, paper);
    const section = kind === 'protocols' ? 'protocols' : kind === 'time-by-value' ? 'time' : 'results';
    charts[section].push(...drawn);
  }
  charts.baselines.push(await baselines(view));
  charts.leak.push(...(await leak(view)));
  return charts;
}

/** Draws only what the paper has a table or figure of. */
export async function drawPaperForm(view: StudyView, paper: PaperResult): Promise<Chart[]> {
  const charts: Chart[] = [];
  for (const kind of view.study.report.charts)
    if (kind !== 'protocols') charts.push(...(await DRAW[kind](view, paper)));
  return charts;
}

type Draw = (view: StudyView, paper: PaperResult | null) => Promise<Chart[]>;

const DRAW: Record<StudyChart, Draw> = {
  'metric-by-value': async (view, paper) => [await metricByValue(view, paper)],
  'time-by-value': async (view, paper) => await timeByValue(view, paper),
  'metric-heatmap': async (view, paper) => (gridSettings(pointsOf(view)) ? [await heatmap(view, paper)] : []),
  'fold-heatmap': async (view, paper) => [await folds(view, paper)],
  'ablation-bars': async (view) => await ablation(view),
  'class-scatter': async (view, paper) => await drawClassCharts(view, paper),
  protocols: async (view) => [await protocols(view)],
};

async function ablation(view: StudyView): Promise<Chart[]> {
  const charts: Chart[] = [];
  for (const series of view.series) {
    const compared = compareWithReference(view, series.protocol);
    const reference = cellOf(view, view.reference, series.protocol);
    if (!reference || compared.length === 0) continue;
    const rows = compared.map(({ cell, mean, low, high }) => ({
      name: cell.name.replace(/^without /, ''),
      score: scoreOf(view, cell).mean,
      change: mean,
      low,
      high,
    }));
    const worst = rows.reduce((a, b) => (b.change < a.change ? b : a));
    charts.push(
      await drawChart(
        `ablation-${series.protocol}`,
        ablationChart(rows, {
          all: scoreOf(view, reference).mean,
          title: `Without each feature: ${series.name}`,
          subtitle: `change of ${metricName(view.study.report)}; at the right the score itself`,
          colour: series.colour,
        }),
        `Bars: change of the score without each feature, ${series.name}. The most is lost without ${worst.name}: ${worst.change.toFixed(3)}.`,
      ),
    );
  }
  return charts;
}
