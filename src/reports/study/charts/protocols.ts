import { measureName } from '../../../comparison/run-set.js';
import { baselineOf, cellOf, scoreOf } from '../../../comparison/summarize.js';
import { type Dot, dotsChart } from '../../charts/dots.js';
import { leakChart } from '../../charts/leak.js';
import { type Chart, drawChart } from '../../drawing/chart.js';
import { BASELINES } from '../../drawing/levels.js';
import { highestOf } from '../extremes.js';
import {
  baselineKeys,
  pointNameOf,
  type StudySeries,
  type StudyView,
  seriesName,
  withInterval,
} from '../view.js';

/** Of a chart with names of rows, px. */
const WIDTH = { page: 1030, phone: 370 };

/** The score of every value, a dot a protocol. */
export async function protocols(view: StudyView): Promise<Chart> {
  const dots = view.cells.map((cell): Dot => {
    const { mean, low, high } = scoreOf(view, cell);
    return { row: cell.name, series: seriesName(view, cell.protocol), value: mean, low, high };
  });
  return await drawChart(
    'protocols',
    (screen) =>
      dotsChart(dots, view.series, {
        title: 'The same trials under each protocol',
        subtitle: `${measureName(view.study.report)}; ${withInterval(view)}`,
        joined: true,
        width: WIDTH[screen],
        step: view.points.length > 24 ? 18 : 22,
      }),
    `Dots: ${measureName(view.study.report)} of each value under each protocol. ${highestOf(view)}`,
  );
}

/** The model above what needs none, at the study's baseline. */
export async function baselines(view: StudyView): Promise<Chart> {
  const { study, series } = view;
  const cells = series.map(({ protocol }) => cellOf(view, view.reference, protocol)!);
  const dots: Dot[] = cells.map((cell) => {
    const { mean, low, high } = scoreOf(view, cell);
    return { row: 'model', series: seriesName(view, cell.protocol), value: mean, low, high };
  });
  for (const key of baselineKeys(cells))
    for (const cell of cells) {
      const { mean, low, high } = baselineOf(view, cell, key);
      dots.push({
        row: BASELINES[key],
        series: seriesName(view, cell.protocol),
        value: mean,
        low,
        high,
        hollow: true,
      });
    }
  return await drawChart(
    'baselines',
    (screen) =>
      dotsChart(dots, series, {
        title: `The model and trivial baselines, ${pointNameOf(view)}`,
        subtitle: `${measureName(study.report)}; hollow: baselines, by line; ${withInterval(view)}`,
        domain: [0, 1],
        width: WIDTH[screen],
        step: 30,
      }),
    `Dots: ${measureName(study.report)} of the model and of baselines that need none, at ${pointNameOf(view)}.`,
  );
}

/** What training had seen of the test part, under each protocol. */
export async function leak(view: StudyView): Promise<Chart[]> {
  const known = view.series.flatMap((series) => {
    const first = cellOf(view, view.reference, series.protocol)?.done[0] ?? firstDone(view, series);
    return first ? [{ series, leak: first.result.leak }] : [];
  });
  if (known.length === 0) return [];
  const shares = known.map(
    ({ series, leak: own }) =>
      `${series.name}: ${(100 * own.sharedLines.share).toFixed(1)} % of the test lines`,
  );
  return [
    await drawChart(
      'leak',
      (screen) =>
        leakChart(known, {
          title: `What training had seen of the test part, ${pointNameOf(view)}`,
          ...(screen === 'phone' ? { width: 120 } : {}),
        }),
      `Bars: what of the test part training had seen. ${shares.join('; ')}.`,
    ),
  ];
}

const firstDone = (view: StudyView, { protocol }: StudySeries) =>
  view.cells.find((cell) => cell.protocol === protocol && cell.done.length > 0)?.done[0];
