import { type PaperResult, type PaperResults, paperValue } from '../../comparison/paper-results.js';
import { type Verdict, verdictOf } from '../../comparison/paper-verdict.js';
import { cellOf, type Summary } from '../../comparison/summarize.js';
import { type Html, html } from '../../page/html.js';
import type { Table, TableCell } from '../../page/table.js';
import { measured, plusMinus, QUANTITIES } from '../study/quantity.js';
import { paperText } from '../study/tables/beside-paper.js';
import { claimsTable } from '../study/tables/claims.js';
import type { OursColumn } from '../study/tables/paper.js';
import { configurationsOf, type FoundStudy, studiesOf } from './studies.js';
import { named, protocolNames } from './summary.js';

/** A number of the paper beside ours, with where it lies. */
interface Beside {
  /** What it is a number of, as in `W = 60`. */
  name: string;
  what: string;
  paper: string;
  ours: string;
  verdict: Verdict;
}

/** How many of the paper's numbers lie in our intervals, and where the others lie; null where none can be compared. */
export function insideTable({ results }: PaperResults, studies: readonly FoundStudy[]): Table | null {
  const protocols = protocolNames(results, studies);
  const rows = Object.entries(results).flatMap(([key, result]) => {
    const own = studiesOf(studies, key);
    return configurationsOf(own).flatMap(({ name: configuration, columns }) => {
      const cells = protocols.map((protocol): TableCell => {
        const column = columns.find(({ name }) => name === protocol);
        const told = column ? besideOf(result, column) : [];
        return told.length === 0 ? { text: '–', value: '' } : insideCell(told);
      });
      if (cells.every(({ text }) => text === '–')) return [];
      return [[named(result), configuration, ...cells]];
    });
  });
  if (rows.length === 0) return null;
  return {
    caption:
      'How many of the paper’s numbers lie in the interval of ours, by the measure that each is of; values of one run have none',
    columns: [
      { name: 'table or figure' },
      { name: 'configuration' },
      ...protocols.map((name) => ({ name, kind: 'number' as const })),
    ],
    rows,
  };
}

/** What reproduces under the paper's own protocol and what does not, a statement a study; empty without records. */
export function reproducedOf({ results }: PaperResults, studies: readonly FoundStudy[]): Html[] {
  return Object.entries(results).flatMap(([key, result]) => {
    const own = studiesOf(studies, key);
    return configurationsOf(own).flatMap(({ name: configuration, columns }) => {
      const column = columns.find(({ protocol }) => protocol === 'paper');
      if (!column) return [];
      const told = besideOf(result, column);
      if (told.length === 0) return saidOf(result, column, configuration);
      const inside = told.filter(({ verdict }) => verdict === 'inside').length;
      const left = told.filter(({ verdict }) => verdict !== 'inside');
      const verdict =
        inside === told.length ? 'reproduced' : inside === 0 ? 'not reproduced' : 'reproduced in part';
      const listed =
        left.length > 0 ? `not ${left.map(besideText).join('; ')}` : told.map(besideText).join('; ');
      return [
        html`<li><strong>${result.title}, ${configuration} configuration: ${verdict}.</strong> ${inside} of ${told.length} numbers
of the paper lie in the intervals of ours (${told[0]!.what}): ${listed}.</li>`,
      ];
    });
  });
}

/** What the paper's text says where it has no numbers, beside ours. */
function saidOf(result: PaperResult, column: OursColumn, configuration: string): Html[] {
  const rows = claimsTable(result, [column])?.rows ?? [];
  if (rows.length === 0) return [];
  const texts = rows.map((row) => {
    const [what, paper, ours] = row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell));
    return `${what!.text}: ${[paper!.text, paper!.note].filter(Boolean).join(', ')}, ours ${[ours!.text, ours!.note].filter(Boolean).join(', ')}`;
  });
  return [
    html`<li><strong>${result.title}, ${configuration} configuration: words, no numbers.</strong> ${texts.join('; ')}.</li>`,
  ];
}

/** The paper's results that were never run with its own configuration, by title: there a miss may be that of ours. */
export function withoutPapersOwn({ results }: PaperResults, studies: readonly FoundStudy[]): string[] {
  return Object.entries(results).flatMap(([key, { title }]) => {
    const own = studiesOf(studies, key);
    return own.length > 0 && own.every(({ view }) => view.study.base !== 'paper') ? [title] : [];
  });
}

const besideText = ({ name, paper, ours, verdict }: Beside): string =>
  `${name} ${ours} beside ${paper}${verdict === 'inside' ? '' : `, ${verdict}`}`;

/** @example '2 of 7', and below it 'ours higher in 4, lower in 1' */
function insideCell(told: readonly Beside[]): TableCell {
  const of = (verdict: Verdict): number => told.filter((one) => one.verdict === verdict).length;
  const left = (['ours higher', 'ours lower'] as const).flatMap((verdict) =>
    of(verdict) === 0 ? [] : [`${verdict.slice('ours '.length)} in ${of(verdict)}`],
  );
  return {
    text: `${of('inside')} of ${told.length}`,
    value: of('inside'),
    ...(left.length > 0 ? { note: `ours ${left.join(', ')}` } : {}),
  };
}

/** Every number of a result that both have and that no machine decides, where ours has an interval. */
function besideOf(result: PaperResult, column: OursColumn): Beside[] {
  return result.measures.flatMap(({ name }) => {
    const quantity = QUANTITIES[name];
    if (!quantity || quantity.ofMachine || name === 'parameters') return [];
    return column.view.points.flatMap(({ point, name: pointName }) => {
      const value = paperValue(result, name, point);
      const cell = cellOf(column.view, point, column.protocol);
      const ours: Summary | null = cell && measured(column.view, cell, quantity);
      if (!value || !ours) return [];
      const verdict = verdictOf(value, ours, quantity);
      if (verdict !== 'inside' && verdict !== 'ours higher' && verdict !== 'ours lower') return [];
      return [
        {
          ...{ name: pointName, what: quantity.what, verdict },
          ...{ paper: paperText(value, quantity.text), ours: plusMinus(ours, quantity.text) },
        },
      ];
    });
  });
}
