import type { DatasetStats } from '../../dataset/stats.js';
import { html } from '../../page/html.js';
import { type Page, writePage } from '../../page/page.js';
import { renderTable } from '../../page/table.js';
import { barChart } from '../charts/bar.js';
import { histogram } from '../charts/histogram.js';
import { type Chart, chartFigure, drawChart } from '../drawing/chart.js';
import { count, percent } from '../format.js';

/** Writes what is in a dataset as one offline page with charts. */
export async function writeDatasetPage(path: string, stats: DatasetStats): Promise<void> {
  await writePage(path, datasetPage(stats, await drawCharts(stats)));
}

interface DatasetCharts {
  clustering: Chart;
  classes: Chart;
  largest: Chart;
  captures: Chart;
  commands: Chart;
}

/** Of plots beside long names of bars, and of those alone, px. */
const WIDTH = { page: 640, phone: 200 };
const ALONE = { page: 640, phone: 300 };

const WHY = `Here every Event is a request of its own, kubelets ask for a token per pod and read a pod before each report, and namespaces are
deleted with everything in them; the namespace controller lists and deletes one resource after the other, custom ones too. Most commands ask,
or change one object that no controller cares for.`;

async function drawCharts(stats: DatasetStats): Promise<DatasetCharts> {
  const { clustering, classSizes, captures, commandLines, linesPerAction } = stats;
  const least = clustering[0]!;
  return {
    clustering: await drawChart(
      'clustering',
      (screen) =>
        barChart(
          clustering.map(({ from, to, labels }) => ({
            name: to === null ? `${from} lines and more` : `${from}–${to - 1} lines`,
            value: labels,
          })),
          {
            title: 'Labels by mean lines of a context',
            width: WIDTH[screen],
            subtitle: 'Fig. 10 of the paper, from the truth',
            unit: 'labels',
          },
        ),
      `Labels by the mean number of lines of their contexts: ${percent(least.share)} have ${least.from} to ${least.to! - 1}.`,
    ),
    classes: await drawChart(
      'class-sizes',
      (screen) =>
        histogram(
          classSizes.map(({ lines }) => lines),
          {
            title: 'Sizes of classes',
            unit: 'lines of a class',
            counted: 'classes',
            scale: 'log',
            width: ALONE[screen],
          },
        ),
      `Sizes of ${classSizes.length} classes, from ${classSizes.at(-1)?.lines ?? 0} to ${classSizes[0]?.lines ?? 0} lines.`,
    ),
    largest: await drawChart(
      'largest-classes',
      (screen) =>
        barChart(
          classSizes.slice(0, 20).map(({ text, lines }) => ({ name: text, value: lines })),
          { title: 'The largest classes', unit: 'lines', width: WIDTH[screen] },
        ),
      `The largest class is ${classSizes[0]?.text ?? 'none'}.`,
    ),
    captures: await drawChart(
      'captures',
      (screen) =>
        barChart(
          captures.map(({ id, lines }) => ({ name: id, value: lines })),
          { title: 'Lines of each capture', unit: 'lines', width: ALONE[screen] },
        ),
      `Lines of each of ${captures.length} captures.`,
    ),
    commands: await drawChart(
      'lines-per-command',
      (screen) =>
        histogram(commandLines, {
          title: 'Lines per command',
          subtitle: 'Without the control plane’s own work',
          unit: 'lines of a command',
          counted: 'commands',
          scale: 'log',
          width: ALONE[screen],
        }),
      `A command has ${linesPerAction.median} lines in the middle, ${linesPerAction.max} at most.`,
    ),
  };
}

function datasetPage(stats: DatasetStats, charts: DatasetCharts): Page {
  const number = (name: string) => ({ name, kind: 'number' as const });
  return {
    title: stats.name,
    kicker: 'auditweave dataset',
    lede: `${count(stats.lines)} lines that count · ${count(stats.contexts)} contexts · ${count(stats.classes)} classes · ${count(stats.actions)} commands of ${count(stats.distinctActions)} distinct actions`,
    sections: [
      {
        id: 'captures',
        title: 'Captures',
        content: html`<p>${percent(stats.background)} of the lines are the control plane’s own work.</p>${chartFigure(charts.captures)}${renderTable(
          {
            caption: 'Captures',
            columns: [
              { name: 'capture', kind: 'code' },
              number('lines'),
              number('contexts'),
              number('classes'),
              number('background'),
            ],
            rows: stats.captures.map(({ id, lines, contexts, classes, background }) => [
              id,
              count(lines),
              count(contexts),
              count(classes),
              percent(background),
            ]),
          },
          { sortable: true },
        )}`,
      },
      {
        id: 'contexts',
        title: 'Contexts',
        content: html`<p>${WHY}</p>${chartFigure(charts.clustering)}${renderTable({
          caption: 'Sizes beside the paper’s',
          columns: [
            { name: 'what' },
            number('paper'),
            number('median'),
            number('mean'),
            number('most'),
            number('of'),
          ],
          rows: stats.paper.map(({ what, paper, here }) => [
            what,
            count(paper),
            count(here.median),
            here.mean.toFixed(1),
            count(here.max),
            count(here.count),
          ]),
        })}`,
      },
      {
        id: 'actions',
        title: 'Actions',
        content: html`${chartFigure(charts.commands)}${renderTable(
          {
            caption: 'Lines of a command, by action',
            columns: [
              { name: 'action', kind: 'code' },
              number('commands'),
              number('mean lines'),
              number('most'),
            ],
            rows: stats.actionSizes.map(({ action, commands, mean, max }) => [
              action,
              count(commands),
              mean.toFixed(1),
              count(max),
            ]),
          },
          { sortable: true, tall: true },
        )}`,
      },
      {
        id: 'classes',
        title: 'Classes',
        content: html`${chartFigure(charts.classes)}${chartFigure(charts.largest)}${renderTable(
          {
            caption: 'Every class',
            columns: [{ name: 'class', kind: 'code' }, number('lines'), number('contexts')],
            rows: stats.classSizes.map(({ text, lines, contexts }) => [text, count(lines), count(contexts)]),
          },
          { sortable: true, tall: true },
        )}`,
      },
      {
        id: 'folds',
        title: 'Folds',
        content: renderTable({
          caption: 'Splits by capture',
          columns: [
            { name: 'fold', kind: 'code' },
            number('train'),
            number('validation'),
            number('test'),
            number('unseen classes'),
            number('their share of test lines'),
          ],
          rows: Object.entries(stats.folds).map(([name, { train, validation, test, unseen }]) => [
            name,
            count(train),
            count(validation),
            count(test),
            count(unseen.classes),
            percent(unseen.share),
          ]),
        }),
      },
      {
        id: 'truth',
        title: 'Ground truth',
        content: renderTable({
          caption:
            'Lines by the rule that found their context; agreement with the cut by time where people worked one at a time',
          columns: [
            { name: 'rule', kind: 'code' },
            number('lines'),
            number('with an opinion by time'),
            number('agree'),
          ],
          rows: Object.entries(stats.agreement).map(([rule, { lines, timed, agree }]) => [
            rule,
            count(lines),
            count(timed),
            timed ? percent(agree / timed) : '',
          ]),
        }),
      },
    ],
  };
}
