import { type PaperResult, paperValue } from '../../../comparison/paper-results.js';
import { type Measure, measureName, PAPER_MEASURE, sameMeasure } from '../../../comparison/run-set.js';
import { axisName, numericSetting, shortAxis } from '../../../comparison/setting-names.js';
import { scoreOf } from '../../../comparison/summarize.js';
import { COLOUR } from '../../../page/colours.js';
import { type Dot, dotsChart } from '../../charts/dots.js';
import { type ValueLine, valueChart } from '../../charts/value.js';
import { type Chart, drawChart } from '../../drawing/chart.js';
import { capital } from '../../format.js';
import { highestOf } from '../extremes.js';
import { measured, QUANTITIES, type Quantity } from '../quantity.js';
import { pointNameOf, pointsOf, type StudyView, seriesName, withInterval } from '../view.js';
import { chartName } from './names.js';

const TITLES: Record<string, string> = {
  trainingSeconds: 'Training time',
  millisecondsPerLine: 'Inference time a line, W votes',
};
const UNITS: Record<string, string> = { trainingSeconds: 'seconds', millisecondsPerLine: 'milliseconds' };
/** Size of a chart with another beside it. */
const HALF = { width: 420, height: 240 };

/**
 * A score at each value, the paper's beside it where it is of the paper's measure.
 *
 * @param measure Default the study's own.
 */
export async function metricByValue(
  view: StudyView,
  paper: PaperResult | null,
  measure: Measure = view.study.report,
): Promise<Chart> {
  const { series } = view;
  const setting = numericSetting(pointsOf(view));
  const name = measureName(measure);
  if (setting === null) return await changes(view, measure);
  const lines: ValueLine[] = series.map((one) => ({
    series: one,
    rows: view.cells
      .filter(({ protocol }) => protocol === one.protocol)
      .map((cell) => {
        const { mean, low, high, values } = scoreOf(view, cell, measure);
        return { value: cell.point[setting] as number, mean, low, high, runs: values };
      }),
  }));
  const theirs = sameMeasure(measure, PAPER_MEASURE) ? 'macroF1' : measure.metric;
  lines.push(...paperLine(view, paper, setting, theirs));
  return await drawChart(
    chartName('metric-by-value', view, measure),
    (screen) =>
      valueChart(lines, {
        title: `${capital(name)}: by ${shortAxis(setting)}`,
        subtitle: `${withInterval(view)}; small points: runs`,
        axis: axisName(setting),
        ...(screen === 'phone' ? { width: 300, height: 260 } : { width: 990, height: 300 }),
      }),
    `Lines: ${name} at each ${axisName(setting)}. ${highestOf(view, measure)}`,
  );
}

/** What each value changes against the study's baseline; the scores themselves where there is none. */
async function changes(view: StudyView, measure: Measure): Promise<Chart> {
  const name = measureName(measure);
  const dots = view.series.flatMap(({ protocol, name: series }) =>
    view
      .compared(protocol, measure)
      .map(({ cell, mean, low, high }): Dot => ({ row: cell.name, series, value: mean, low, high })),
  );
  const scores = view.cells.map((cell): Dot => {
    const { mean, low, high } = scoreOf(view, cell, measure);
    return { row: cell.name, series: seriesName(view, cell.protocol), value: mean, low, high };
  });
  const shown = dots.some(({ value }) => Number.isFinite(value)) ? dots : scores;
  const ends = shown.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite);
  const pad = 0.04 * (Math.max(...ends, 0) - Math.min(...ends, 0) || 1);
  const change = shown === dots;
  return await drawChart(
    chartName('metric-by-value', view, measure),
    (screen) =>
      dotsChart(shown, view.series, {
        title: change ? `Change of ${name} against ${pointNameOf(view)}` : `${capital(name)} by value`,
        subtitle: change
          ? `mean over runs paired by seed; bar: ${100 * view.study.report.interval} % interval`
          : withInterval(view),
        ...(change
          ? {
              zero: true,
              domain: [Math.min(...ends, 0) - pad, Math.max(...ends, 0) + pad] as [number, number],
            }
          : {}),
        width: screen === 'phone' ? 370 : 1030,
        step: 12,
      }),
    `Dots: ${name} of each value. ${highestOf(view, measure)}`,
  );
}

function paperLine(
  view: StudyView,
  paper: PaperResult | null,
  setting: string,
  measure: string,
): ValueLine[] {
  const rows = view.points.flatMap(({ point }) => {
    const value = paper && paperValue(paper, measure, point);
    if (value?.mean === undefined || value.point[setting] === undefined) return [];
    const sd = value.sd ?? Number.NaN;
    const { mean } = value;
    return [{ value: point[setting] as number, mean, low: mean - sd, high: mean + sd, runs: [] }];
  });
  const name = `K8NTEXT${rows.some(({ low }) => Number.isFinite(low)) ? ' (mean ± sd)' : ''}`;
  return rows.length > 0 ? [{ series: { name, colour: COLOUR.muted }, rows, foreign: true }] : [];
}

/** Training and inference time at each value, the paper's beside them. */
export async function timeByValue(view: StudyView, paper: PaperResult | null): Promise<Chart[]> {
  const setting = numericSetting(pointsOf(view));
  const charts: Chart[] = [];
  for (const [stem, name] of [
    ['time', 'trainingSeconds'],
    ['inference', 'millisecondsPerLine'],
  ] as const) {
    const own = QUANTITIES[name]!;
    if (
      ![...view.timings.values()].some((timing) =>
        Number.isFinite(timing[name === 'trainingSeconds' ? 'seconds' : name]),
      )
    )
      continue;
    charts.push(
      setting === null ? await timeDots(view, stem, own) : await timeLines(view, stem, own, setting, paper),
    );
  }
  return charts;
}

async function timeLines(
  view: StudyView,
  stem: string,
  own: Quantity,
  setting: string,
  paper: PaperResult | null,
): Promise<Chart> {
  const lines: ValueLine[] = view.series.map((one) => ({
    series: one,
    rows: view.cells
      .filter(({ protocol }) => protocol === one.protocol)
      .map((cell) => {
        const { mean, sd, values } = measured(view, cell, own);
        return { value: cell.point[setting] as number, mean, low: mean - sd, high: mean + sd, runs: values };
      }),
  }));
  lines.push(...paperLine(view, paper, setting, own.name));
  return await drawChart(
    `${stem}-by-value`,
    valueChart(lines, {
      title: TITLES[own.name]!,
      subtitle: `${UNITS[own.name]!}, log; mean ± sd over runs`,
      axis: axisName(setting),
      scale: 'log',
      ...HALF,
    }),
    `Lines: ${own.what} at each ${axisName(setting)}, ${UNITS[own.name]!}.`,
  );
}

async function timeDots(view: StudyView, stem: string, own: Quantity): Promise<Chart> {
  const dots = view.cells.map((cell): Dot => {
    const { mean, sd } = measured(view, cell, own);
    return {
      row: cell.name,
      series: seriesName(view, cell.protocol),
      value: mean,
      low: mean - sd,
      high: mean + sd,
    };
  });
  const most = Math.max(...dots.flatMap(({ value, high }) => [value, high]).filter(Number.isFinite));
  return await drawChart(
    `${stem}-by-value`,
    dotsChart(dots, view.series, {
      title: TITLES[own.name]!,
      subtitle: `${UNITS[own.name]!}; mean ± sd over runs`,
      domain: [0, 1.05 * most],
      width: 470,
      step: 24,
    }),
    `Dots: ${own.what} of each value, ${UNITS[own.name]!}.`,
  );
}
