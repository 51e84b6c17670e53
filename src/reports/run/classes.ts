import type { Table, TableCell } from '../../page/table.js';
import type { ReportedRun } from '../drawing/series.js';
import { count, score } from '../format.js';

/** Precision, recall, F1 and support of each class that was true or predicted, the least F1 first. */
export function classTable({ series, metrics }: ReportedRun): Table {
  const classes = metrics?.classes ?? [];
  const sorted = [...classes].sort(
    (a, b) => a.f1 - b.f1 || b.support - a.support || (a.text < b.text ? -1 : 1),
  );
  return {
    caption: `Classes, ${series.name}: ${classes.length}, by line, least F1 first`,
    columns: [
      { name: 'class' },
      { name: 'label', kind: 'code' },
      { name: 'F1', kind: 'number' },
      { name: 'precision', kind: 'number' },
      { name: 'recall', kind: 'number' },
      { name: 'test lines', kind: 'number' },
      { name: 'predicted', kind: 'number' },
      { name: 'weight', kind: 'number' },
    ],
    rows: sorted.map((row) => [
      row.text,
      `(${row.label.join(', ')})`,
      scoreCell(row.f1),
      scoreCell(row.precision),
      scoreCell(row.recall),
      countCell(row.support),
      countCell(row.predicted),
      countCell(row.weight),
    ]),
  };
}

/** Which class was taken for which, most lines first. */
export function confusionTable({ series, metrics }: ReportedRun): Table {
  const wrong = (metrics?.confusion ?? []).filter(({ truth, predicted }) => truth !== predicted);
  const sorted = wrong.toSorted((a, b) => b.count - a.count || (a.truth < b.truth ? -1 : 1));
  return {
    caption: `Confusions, ${series.name}, by line`,
    columns: [{ name: 'true class' }, { name: 'taken for' }, { name: 'lines', kind: 'number' }],
    rows: sorted.map((cell) => [cell.truth, cell.predicted, countCell(cell.count)]),
  };
}

/** The rows of `history.jsonl`. */
export function historyTable({ series, history }: ReportedRun): Table {
  const names = [
    'loss',
    'valLoss',
    'valExactMatch',
    'valMacroF1',
    'learningRate',
    'seconds',
    'windowsPerSecond',
  ] as const;
  return {
    caption: `Epochs, ${series.name}`,
    columns: ['epoch', ...names].map((name) => ({ name, kind: 'number' as const })),
    rows: history.map((epoch) => [
      { text: String(epoch.epoch), value: epoch.epoch },
      ...names.map((name) => ({ text: String(epoch[name]), value: epoch[name] })),
    ]),
  };
}

const scoreCell = (value: number): TableCell => ({ text: score(value), value });
const countCell = (value: number): TableCell => ({ text: count(value), value });
