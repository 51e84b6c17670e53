import { type PaperResult, paperValue } from '../../../comparison/paper-results.js';
import { type Measure, measureName, PAPER_MEASURE, sameMeasure } from '../../../comparison/run-set.js';
import { axisName, gridSettings, shortAxis } from '../../../comparison/setting-names.js';
import { scoreOf } from '../../../comparison/summarize.js';
import { type FoldPanel, foldsChart } from '../../charts/folds.js';
import { type HeatPanel, heatmapChart } from '../../charts/heatmap.js';
import { type Chart, drawChart } from '../../drawing/chart.js';
import { capital, score } from '../../format.js';
import { highestOf } from '../extremes.js';
import { pointsOf, type StudyView } from '../view.js';
import { chartName } from './names.js';

/**
 * A score by two settings, the paper's grid beside ours where it is of the paper's measure.
 *
 * @param measure Default the study's own.
 */
export async function heatmap(
  view: StudyView,
  paper: PaperResult | null,
  measure: Measure = view.study.report,
): Promise<Chart> {
  const what = measureName(measure);
  const theirMeasure = sameMeasure(measure, PAPER_MEASURE) ? 'macroF1' : measure.metric;
  const [y, x] = gridSettings(pointsOf(view))!;
  const place = (point: Record<string, unknown>) => ({ x: String(point[x]), y: String(point[y]) });
  const panels: HeatPanel[] = view.series.map(({ name, protocol }) => ({
    name,
    cells: view.cells
      .filter((cell) => cell.protocol === protocol)
      .map((cell) => {
        const { mean, sd } = scoreOf(view, cell, measure);
        return { ...place(cell.point), value: mean, ...(sd >= 0 ? { note: `± ${score(sd)}` } : {}) };
      }),
  }));
  const theirs = view.points.map(({ point }) => ({
    ...place(point),
    value: (paper && paperValue(paper, theirMeasure, point)?.mean) ?? Number.NaN,
  }));
  if (theirs.some(({ value }) => Number.isFinite(value))) panels.unshift({ name: 'K8NTEXT', cells: theirs });
  return await drawChart(
    chartName('metric-heatmap', view, measure),
    (screen) =>
      heatmapChart(panels, {
        title: `${capital(what)}: by ${shortAxis(y)} and ${shortAxis(x)} share`,
        subtitle: 'mean ± standard deviation over runs; –: not given, or not run yet',
        x: axisName(x),
        y: axisName(y),
        stacked: screen === 'phone',
        cell: { width: screen === 'phone' || panels.length > 2 ? 96 : 120, height: 54 },
        unit: what,
      }),
    `Heat maps: ${what} by ${axisName(y)} and ${axisName(x)}. ${highestOf(view, measure)}`,
  );
}

/** The study's score by the part that tests, the paper's beside ours. */
export async function folds(view: StudyView, paper: PaperResult | null): Promise<Chart> {
  const place = (point: Record<string, unknown>) => ({
    folds: Number(point['split.folds'] ?? 1),
    part: Number(point['split.part'] ?? 1),
  });
  const panels: FoldPanel[] = view.series.map(({ name, protocol }) => ({
    name,
    cells: view.cells
      .filter((cell) => cell.protocol === protocol)
      .map((cell) => ({ ...place(cell.point), value: scoreOf(view, cell).mean })),
  }));
  const theirs = view.points.map(({ point }) => {
    const value = paper && paperValue(paper, 'exactMatch', point);
    const middle = value?.mean ?? ((value?.low ?? Number.NaN) + (value?.high ?? Number.NaN)) / 2;
    const text =
      value?.mean === undefined && value ? `${score(value.low!, 2)}–${score(value.high!, 2)}` : undefined;
    return { ...place(point), value: middle, ...(text ? { text } : {}) };
  });
  if (theirs.some(({ value }) => Number.isFinite(value))) panels.unshift({ name: 'K8NTEXT', cells: theirs });
  return await drawChart(
    'fold-heatmap',
    (screen) =>
      foldsChart(panels, {
        title: `${capital(measureName(view.study.report))} by the part of the log that tests`,
        subtitle: 'means over runs; –: not given, or not run yet',
        unit: measureName(view.study.report),
        width: screen === 'phone' ? 310 : 960,
      }),
    `Bars cut into k parts, coloured by ${measureName(view.study.report)} when that part tests. ${highestOf(view)}`,
  );
}
