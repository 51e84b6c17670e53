import { signed } from '../format.js';
import { type PaperResult, paperValue } from '../paper-results.js';
import type { Table, TableCell } from '../table.js';
import { distance, paperText, sharedMeasures, verdictOf } from './beside.js';
import { measured } from './measure.js';
import { summaryCell } from './tables.js';
import { cellOf, type StudyView } from './view.js';

/** A study's numbers under one heading, as in `fast, blocked protocol`. */
export interface OursColumn {
  name: string;
  view: StudyView;
  protocol: StudyView['series'][number]['protocol'];
}

/** The protocols of a study as columns. */
export function columnsOf(view: StudyView, prefix = ''): OursColumn[] {
  return view.series.map(({ name, protocol }) => ({ name: `${prefix}${name}`, view, protocol }));
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
  const points = pointsOf(columns);
  return sharedMeasures(result).flatMap(({ theirs, ours }) => {
    const rows = points.flatMap(({ point, name }) => {
      const value = paperValue(result, theirs.name, point);
      if (!value) return [];
      const cells = columns.map(({ view, protocol }): TableCell => {
        const cell = cellOf(view, point, protocol);
        const summary = cell ? measured(view, cell, ours) : null;
        const verdict = verdictOf(value, summary, ours);
        if (!summary || summary.n === 0) return { text: '–', value: '', note: 'not run' };
        const off = signed(distance(value, summary.mean), 4);
        const said = { inside: 'inside', outside: `outside, ${off}`, 'no interval': `${off}, one run` };
        const note = said[verdict as keyof typeof said];
        return { text: summaryCell(summary, ours.text).text, value: summary.mean, ...(note ? { note } : {}) };
      });
      return [
        [
          name,
          {
            text: paperText(value, ours.text),
            value: value.mean ?? '',
            ...(result.runs ? { note: `${result.runs} runs` } : {}),
          },
          ...cells,
        ],
      ];
    });
    if (rows.length === 0) return [];
    const table = {
      caption: `${theirs.what}, mean ± standard deviation over runs [${result.source}: ${theirs.source}]${
        ours.ofMachine
          ? '; ours on another machine'
          : `; ours: ${ours.what}; below whether the paper’s mean lies in our interval`
      }`,
      columns: [
        { name: 'value' },
        { name: 'K8NTEXT', kind: 'number' as const },
        ...columns.map(({ name }) => ({ name, kind: 'number' as const })),
      ],
      rows,
    };
    return [{ name: theirs.name, table }];
  });
}

/** The points of all columns, each once. */
function pointsOf(columns: readonly OursColumn[]) {
  const points = new Map<string, StudyView['points'][number]>();
  for (const { view } of columns)
    for (const one of view.points) if (!points.has(one.name)) points.set(one.name, one);
  return [...points.values()];
}
