import { classAccuracyChart } from '../charts/class-accuracy.js';
import { comparisonChart } from '../charts/comparison.js';
import { confusionChart } from '../charts/confusion.js';
import { leakChart } from '../charts/leak.js';
import { lossChart } from '../charts/loss.js';
import { scoreChart } from '../charts/score.js';
import { type Chart, drawChart } from '../drawing/chart.js';
import { logDomain, scoreDomain } from '../drawing/scale.js';
import type { ReportedRun } from '../drawing/series.js';
import { score } from '../format.js';

/** Charts of a report; those of a run are in the order of the runs. */
export interface RunCharts {
  comparison: Chart | null;
  leak: Chart;
  loss: Chart[];
  scores: Chart[];
  accuracy: Chart[];
  confusion: Chart[];
}

/** Draws every chart that the records of the runs allow. Charts of one kind share their axes. */
export async function drawRunCharts(runs: readonly ReportedRun[]): Promise<RunCharts> {
  const scored = runs.flatMap((run) => (run.metrics ? [{ ...run, metrics: run.metrics }] : []));
  const trained = runs.filter(({ history }) => history.length > 0);
  const epochs = trained.flatMap(({ history }) => history);
  const losses = logDomain(epochs.flatMap(({ loss, valLoss }) => [loss, valLoss]));
  const marks = scoreDomain(epochs.flatMap(({ valExactMatch, valMacroF1 }) => [valExactMatch, valMacroF1]));
  const weights = logDomain(
    scored.flatMap(({ metrics }) =>
      metrics.classes.filter(({ support }) => support > 0).map(({ weight }) => weight),
    ),
  );
  return {
    comparison:
      scored.length > 0
        ? await drawChart(
            'comparison',
            (screen) =>
              comparisonChart(scored, screen === 'phone' ? { stacked: true, width: 190 } : { width: 262 }),
            comparisonLabel(scored),
          )
        : null,
    leak: await drawChart(
      'leak',
      (screen) =>
        leakChart(
          runs.map(({ series, run }) => ({ series, leak: run.leak })),
          screen === 'phone' ? { width: 120 } : {},
        ),
      `Bars: what of the test part training had seen. ${runs.map(({ series, run }) => `${series.name}: ${(100 * run.leak.sharedLines.share).toFixed(1)} % of the test lines`).join('; ')}.`,
    ),
    loss: await each(trained, ({ slug, series, history, run: { bestEpoch } }) =>
      drawChart(
        `loss-${slug}`,
        lossChart(history, { bestEpoch, domain: losses, subtitle: series.name }),
        `Curves: training and validation loss over ${history.length} epochs, ${series.name}; weights of epoch ${bestEpoch} kept.`,
      ),
    ),
    scores: await each(trained, ({ slug, series, history, run: { bestEpoch } }) =>
      drawChart(
        `scores-${slug}`,
        scoreChart(history, { bestEpoch, domain: marks, subtitle: series.name }),
        `Curves: validation macro F1 and exact match over ${history.length} epochs, ${series.name}.`,
      ),
    ),
    accuracy: await each(scored, ({ slug, series, metrics }) =>
      drawChart(
        `class-accuracy-${slug}`,
        classAccuracyChart(metrics.classes, {
          domain: weights,
          colour: series.colour,
          subtitle: series.name,
        }),
        `Points: accuracy of each class against its weight, ${series.name}; the outliers are named.`,
      ),
    ),
    confusion: await each(
      scored.filter(({ metrics }) => wrongClasses(metrics) > 2),
      ({ slug, series, metrics }) =>
        drawChart(
          `confusion-${slug}`,
          (screen) =>
            confusionChart(metrics.confusion, metrics.classes, {
              ...(screen === 'phone' ? { classes: 6, others: 2, cell: 26 } : {}),
              subtitle: `${series.name}; colour: share of the true class; number: lines; outlined: right`,
            }),
          `Heat map: what the lines of the worst classes were taken for, ${series.name}.`,
        ),
    ),
  };
}

/** How many true classes lost lines: one or two are said by the table. */
function wrongClasses({ confusion }: { confusion: readonly { truth: string; predicted: string }[] }): number {
  return new Set(confusion.flatMap(({ truth, predicted }) => (truth === predicted ? [] : [truth]))).size;
}

function comparisonLabel(runs: readonly (ReportedRun & { metrics: object })[]): string {
  const said = runs.map(
    ({ series, metrics }) => `${series.name} ${score(metrics!.lines.macroF1.strict.value)}`,
  );
  return `Points with intervals: scores of the model and of trivial baselines. Strict macro F1 by line: ${said.join('; ')}.`;
}

/** Draws one after another: Vega keeps state while it draws. */
async function each<T>(items: readonly T[], draw: (item: T) => Promise<Chart>): Promise<Chart[]> {
  const charts: Chart[] = [];
  for (const item of items) charts.push(await draw(item));
  return charts;
}
