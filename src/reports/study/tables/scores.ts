import { measureName, PAPER_MEASURE } from '../../../comparison/run-set.js';
import {
  baselineOf,
  type Cell,
  cellOf,
  type Summary,
  scoreOf,
  summaryOf,
} from '../../../comparison/summarize.js';
import type { Table, TableCell } from '../../../page/table.js';
import { BASELINES } from '../../drawing/levels.js';
import { score, signed } from '../../format.js';
import { plusMinus } from '../quantity.js';
import { baselineKeys, pointNameOf, type StudySeries, type StudyView } from '../view.js';

const four = (value: number): string => score(value, 4);
export const number = (name: string) => ({ name, kind: 'number' as const });

/** Mean ± sd, with the interval below. */
export function summaryCell(summary: Summary, text: (value: number) => string = four): TableCell {
  const bounded = Number.isFinite(summary.low) && Number.isFinite(summary.high);
  return {
    text: plusMinus(summary, text),
    value: summary.n === 0 ? '' : summary.mean,
    ...(bounded ? { note: `${text(summary.low)}–${text(summary.high)}` } : {}),
  };
}

/** Every score by protocol and value: mean ± sd over runs, interval below. */
export function scoresTable(view: StudyView): Table {
  const { study } = view;
  const kinds = [
    ['the paper’s measure: strict macro F1, by window', PAPER_MEASURE.metric, PAPER_MEASURE.level],
    ['strict macro F1, by line', 'macroF1.strict', 'lines'],
    ['macro F1 over true classes, by line', 'macroF1.paper', 'lines'],
    ['exact match, by line', 'exactMatch', 'lines'],
  ] as const;
  return {
    caption: `Scores, mean ± standard deviation over runs; below ${100 * study.report.interval} % intervals`,
    grouped: true,
    columns: [
      { name: 'protocol' },
      { name: 'value' },
      number('runs'),
      ...kinds.map(([name]) => number(name)),
      number('epochs'),
    ],
    rows: rowsByProtocol(view, (cell) => [
      runsCell(cell),
      ...kinds.map(([, metric, level]) => summaryCell(scoreOf(view, cell, { metric, level }))),
      summaryText(
        summaryOf(study, cell, ({ result }) => result.epochs),
        (value) => value.toFixed(0),
      ),
    ]),
  };
}

/** Scores of protocols at the same value, and how far apart they are. */
export function protocolsTable(view: StudyView): Table {
  const { series, study } = view;
  const first = series[0]!;
  return {
    caption: `${measureName(study.report)}: the same trial under each protocol, and its distance from the ${first.name}`,
    columns: [
      { name: 'value' },
      ...series.map(({ name }) => number(name)),
      ...series.slice(1).map(({ protocol }) => number(`${protocol} − ${first.protocol}`)),
    ],
    rows: view.points.map(({ point, name }) => {
      const scores = series.map(({ protocol }) => scoreOf(view, cellOf(view, point, protocol)!));
      return [
        name,
        ...scores.map((summary) => summaryCell(summary)),
        ...scores.slice(1).map(({ mean }) => {
          const difference = mean - scores[0]!.mean;
          return { text: signed(difference), value: difference };
        }),
      ];
    }),
  };
}

/** The model and the trivial baselines at the study's baseline, under each protocol. */
export function baselinesTable(view: StudyView): Table {
  const { study, series } = view;
  const cells = series.map(({ protocol }) => cellOf(view, view.reference, protocol)!);
  const model = cells.map((cell) => summaryCell(scoreOf(view, cell)));
  const rows = baselineKeys(cells).map((key) => [
    BASELINES[key],
    ...cells.map((cell) => summaryCell(baselineOf(view, cell, key))),
  ]);
  return {
    caption: `${measureName(study.report)} at ${pointNameOf(view)}: the model, and what needs no model, on the same lines`,
    columns: [{ name: 'what' }, ...series.map(({ name }) => number(name))],
    rows: [['model', ...model], ...rows],
  };
}

function runsCell({ planned, done }: Cell): TableCell {
  return {
    text: done.length === planned ? String(planned) : `${done.length} of ${planned}`,
    value: done.length,
  };
}

/** Mean ± sd alone. */
export function summaryText(summary: Summary, text: (value: number) => string): TableCell {
  return { text: plusMinus(summary, text), value: summary.n === 0 ? '' : summary.mean };
}

/** A row a cell, under its protocol. */
export function rowsByProtocol(
  view: StudyView,
  cells: (cell: Cell, series: StudySeries) => (string | TableCell)[],
): (string | TableCell)[][] {
  return view.series.flatMap((series) =>
    view.cells
      .filter(({ protocol }) => protocol === series.protocol)
      .map((cell) => [series.name, cell.name, ...cells(cell, series)]),
  );
}

/** Any number of rows a cell, under its protocol and value. */
export function rowsByCell(
  view: StudyView,
  rows: (cell: Cell) => (string | TableCell)[][],
): (string | TableCell)[][] {
  return view.series.flatMap(({ protocol, name }) =>
    view.cells
      .filter((cell) => cell.protocol === protocol)
      .flatMap((cell) => rows(cell).map((row) => [name, cell.name, ...row])),
  );
}
