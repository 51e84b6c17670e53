import { classesOf } from '../../../comparison/classes.js';
import type { PaperResult } from '../../../comparison/paper-results.js';
import { measureName, PAPER_MEASURE } from '../../../comparison/run-set.js';
import { rankedOf } from '../../../comparison/two-measures.js';
import type { Table, TableCell } from '../../../page/table.js';
import { count, score, signed } from '../../format.js';
import { namedClasses } from '../charts/classes.js';
import type { OursColumn } from './paper.js';
import { number } from './scores.js';

/** What the paper says in words, and what our records say of it; null where there is nothing to compare. */
export function claimsTable(result: PaperResult, columns: readonly OursColumn[]): Table | null {
  const rows = ROWS[result.form]?.(result, columns) ?? [];
  if (rows.length === 0) return null;
  const by = MEASURED_BY[result.form];
  return {
    caption: `What the paper’s text says [${result.source}], and our records${by ? `, by ${by}` : ''}`,
    columns: [{ name: 'of' }, { name: 'K8NTEXT' }, ...columns.map(({ name }) => number(name))],
    rows,
  };
}

type Row = (string | TableCell)[];

const ROWS: Partial<
  Record<PaperResult['form'], (result: PaperResult, columns: readonly OursColumn[]) => Row[]>
> = { ablation: featureRows, heatmap: splitRows, folds: foldRows, classes: classRows };

/** What our side of a claim is measured by. */
const MEASURED_BY: Partial<Record<PaperResult['form'], string>> = {
  ablation: measureName(PAPER_MEASURE),
  heatmap: measureName(PAPER_MEASURE),
  folds: 'exact match by line, the paper’s majority accuracy',
  classes: 'recall by line; the paper’s is over window positions',
};

const NONE: TableCell = { text: '–', value: '', note: 'not run' };

/** Change and rank of the features that the paper names; of a group of columns the one that is missed most. */
function featureRows({ worst = [], better = [] }: PaperResult, columns: readonly OursColumn[]): Row[] {
  const row = (feature: string, says: string): Row => [
    feature,
    says,
    ...columns.map(({ view, protocol }): TableCell => {
      const ranked = view
        .compared(protocol, PAPER_MEASURE)
        .filter(({ mean }) => Number.isFinite(mean))
        .toSorted((a, b) => a.mean - b.mean);
      const at = ranked.findIndex(({ cell }) => isOf(feature, cell.name.replace(/^without /, '')));
      const found = ranked[at];
      if (!found) return NONE;
      const part =
        found.cell.name.replace(/^without /, '') === feature ? '' : ', the costliest of its columns';
      const note = `${at + 1} of ${ranked.length}${part}; ${found.verdict}`;
      return { text: signed(found.mean), value: found.mean, note };
    }),
  ];
  return [
    ...worst.map((feature) => row(feature, 'among those that cost most')),
    ...better.map((feature) => row(feature, 'very slightly better without')),
  ];
}

/** Whether a column is the one that the paper names, or one of a group that it names. */
function isOf(feature: string, column: string): boolean {
  return column === feature || column.startsWith(`${feature}.`) || column.endsWith(`.${feature}`);
}

function splitRows(_: PaperResult, columns: readonly OursColumn[]): Row[] {
  const row = (what: string, says: string, at: number): Row => [
    what,
    says,
    ...columns.map(({ view, protocol }): TableCell => {
      const found = rankedOf(view, protocol, PAPER_MEASURE).at(at);
      return found ? { text: found.cell.name, value: found.cell.name, note: score(found.score.mean) } : NONE;
    }),
  ];
  return [row('highest', 'test 0.1, validation 0.1', 0), row('lowest', 'test 0.3, validation 0.3', -1)];
}

function foldRows(_: PaperResult, columns: readonly OursColumn[]): Row[] {
  const all = new Set(
    columns.flatMap(({ view }) => view.points.map(({ point }) => Number(point['split.folds']))),
  );
  const part = (k: number, at: number) =>
    columns.map(({ view, protocol }): TableCell => {
      const found = rankedOf(view, protocol)
        .filter(({ cell }) => cell.point['split.folds'] === k)
        .at(at);
      if (!found) return NONE;
      const own = Number(found.cell.point['split.part']);
      return { text: `part ${own}`, value: own, note: score(found.score.mean) };
    });
  return [...all]
    .sort((a, b) => a - b)
    .flatMap((k) => [
      [`k = ${k}, predicted best`, k === 10 ? 'part 3' : 'not said', ...part(k, 0)],
      [`k = ${k}, predicted worst`, `part ${k}`, ...part(k, -1)],
    ]);
}

/** Accuracy of the classes that the paper names. */
function classRows(result: PaperResult, columns: readonly OursColumn[]): Row[] {
  const found = columns.map(({ view, protocol }) =>
    namedClasses(result, classesOf(view, view.reference, protocol)),
  );
  return (result.classes ?? []).map((named, i) => [
    named.class,
    {
      text: score(named.accuracy, 2),
      ...(named.weight ? { note: `weight ≈ ${count(named.weight)}` } : {}),
    },
    ...found.map((classes): TableCell => {
      const own = classes[i]?.[1];
      if (!own) return { text: '–', value: '', note: 'no test lines' };
      const note = `weight ${count(own.weight)}, ${count(own.support)} test lines`;
      return { text: score(own.recall), value: own.recall, note };
    }),
  ]);
}
