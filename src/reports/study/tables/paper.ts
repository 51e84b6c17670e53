import {
  type PaperMeasure,
  type PaperResult,
  type PaperValue,
  paperValue,
} from '../../../comparison/paper-results.js';
import { distance, verdictOf } from '../../../comparison/paper-verdict.js';
import { cellOf } from '../../../comparison/summarize.js';
import type { Table, TableCell } from '../../../page/table.js';
import { signed } from '../../format.js';
import { farApart, measured, type Quantity, RUNS_APART } from '../quantity.js';
import type { StudyView } from '../view.js';
import { paperText, sharedMeasures } from './beside-paper.js';
import { number, summaryText } from './scores.js';

/** A protocol of a study as a column, as in `blocked protocol`. */
export interface OursColumn {
  name: string;
  view: StudyView;
  protocol: StudyView['series'][number]['protocol'];
}

/** The protocols of a study as columns. */
export function columnsOf(view: StudyView): OursColumn[] {
  return view.series.map(({ name, protocol }) => ({ name, view, protocol }));
}

/**
 * The paper's numbers beside ours: a row a value, a column a protocol; below each of ours whether the paper's lies in its interval.
 *
 * @returns A table a measure that both have; values that the paper gives no number for are left out.
 */
export function paperTables(
  result: PaperResult,
  columns: readonly OursColumn[],
): { name: string; table: Table }[] {
  return sharedMeasures(result).flatMap(({ theirs, ours }) => {
    const always = theirs.values.every(({ point }) => Object.keys(point).length === 0);
    const points = pointsOf(columns).slice(0, always ? 1 : undefined);
    const rows = points.flatMap(({ point, name }) => {
      const value = paperValue(result, theirs.name, point);
      if (!value) return [];
      const text = paperText(value, ours.text);
      const cells = columns.map((column) => ourCell(column, point, value, ours, always));
      return [[always ? 'any' : name, { text, value: value.mean ?? '' }, ...cells]];
    });
    if (rows.length === 0) return [];
    const paper = number(`K8NTEXT${result.runs ? ` (${result.runs} runs)` : ''}`);
    return [
      {
        name: theirs.name,
        table: {
          caption: captionOf(result, theirs, ours, always),
          columns: [{ name: 'value' }, paper, ...columns.map(({ name }) => number(name))],
          rows,
        },
      },
    ];
  });
}

function ourCell(
  { view, protocol }: OursColumn,
  point: StudyView['reference'],
  paper: PaperValue,
  ours: Quantity,
  always: boolean,
): TableCell {
  const known = cellOf(view, point, protocol);
  // What holds at any value is told by whichever was run.
  const cell = known ?? (always ? view.cells.find((one) => one.protocol === protocol) : undefined);
  const summary = cell ? measured(view, cell, ours) : null;
  if (!summary || summary.n === 0) return { text: '–', value: '', note: cell ? 'not run' : 'not asked for' };
  const shown = summaryText(summary, ours.text);
  if (ours.ofMachine) return farApart(summary) ? { ...shown, note: RUNS_APART } : shown;
  const far = distance(paper, summary.mean);
  if (always) return { ...shown, note: `${signed((100 * far) / (paper.mean ?? summary.mean), 2)} %` };
  const verdict = verdictOf(paper, summary, ours);
  const off = signed(far, 4);
  return { ...shown, note: verdict === 'no interval' ? `${off}, one run` : `${verdict}, ${off}` };
}

function captionOf(result: PaperResult, theirs: PaperMeasure, ours: Quantity, always: boolean): string {
  const what = `${theirs.what}, mean ± standard deviation over runs [${result.source}: ${theirs.source}]`;
  if (ours.ofMachine) return `${what}; ours: ${ours.what}, on another machine`;
  return always
    ? what
    : `${what}; ours: ${ours.what}; below whether the paper’s mean lies in our interval, and ours less theirs`;
}

/** The points of all columns, each once. */
function pointsOf(columns: readonly OursColumn[]) {
  const points = new Map<string, StudyView['points'][number]>();
  for (const { view } of columns)
    for (const one of view.points) if (!points.has(one.name)) points.set(one.name, one);
  return [...points.values()];
}
