import { type PaperResult, type PaperResults, paperValue } from '../../comparison/paper-results.js';
import { distance, verdictOf } from '../../comparison/paper-verdict.js';
import { pointName } from '../../comparison/setting-names.js';
import { cellOf } from '../../comparison/summarize.js';
import type { Table, TableCell } from '../../page/table.js';
import { percent, signed } from '../format.js';
import { measured, QUANTITIES } from '../study/quantity.js';
import { paperText } from '../study/tables/beside-paper.js';
import { claimsTable } from '../study/tables/claims.js';
import type { OursColumn } from '../study/tables/paper.js';
import { summaryText } from '../study/tables/scores.js';
import type { Clustering } from './clustering.js';
import type { Recorded } from './store.js';
import { configurationsOf, type FoundStudy, protocolColumns, studiesOf } from './studies.js';

type Row = (string | TableCell)[];

/** One number of each table and figure of the paper, beside ours: a row a study that answers to it, a column a protocol. */
export function summaryTable(
  { results }: PaperResults,
  studies: readonly FoundStudy[],
  clustering: Clustering | null,
  recorded: ReadonlyMap<string, Recorded> = new Map(),
): Table {
  const protocols = protocolNames(results, studies);
  const rows = Object.entries(results).flatMap(([key, result]): Row[] => {
    const own = studiesOf(studies, key);
    if (result.form === 'bins' && clustering) return [binsRow(result, clustering, protocols.length)];
    const record = recorded.get(key);
    if (record) return [recordedRow(result, record, protocols.length)];
    if (own.length === 0) {
      const { what, paper } = headline(result, []);
      return [
        [named(result), what, paper, '–', ...protocols.map(() => ({ text: 'not run', value: '' })), NONE],
      ];
    }
    return configurationsOf(own).map(({ name: configuration, columns }): Row => {
      const { what, paper, ours } = headline(result, columns);
      const cells = protocols.map((protocol): TableCell => {
        const at = columns.findIndex(({ name }) => name === protocol);
        return at < 0 ? { text: '–', value: '' } : ours[at]!;
      });
      return [named(result), what, paper, configuration, ...cells, NONE];
    });
  });
  return {
    caption:
      'One number of each table and figure, ours by configuration and protocol; below whether the paper’s lies in our interval, and ours less theirs',
    columns: [
      { name: 'table or figure' },
      { name: 'what' },
      { name: 'K8NTEXT', kind: 'number' },
      { name: 'configuration' },
      ...protocols.map((name) => ({ name, kind: 'number' as const })),
      { name: 'no protocol', kind: 'number' },
    ],
    rows,
  };
}

const NONE: TableCell = { text: '', value: '' };

/** Results of the paper that no record answers to. */
export function notRun(
  { results }: PaperResults,
  studies: readonly FoundStudy[],
  clustering: Clustering | null,
  recorded: ReadonlyMap<string, Recorded> = new Map(),
): PaperResult[] {
  return Object.entries(results).flatMap(([key, result]) => {
    const known =
      result.form === 'bins' ? clustering !== null : recorded.has(key) || studiesOf(studies, key).length > 0;
    return known ? [] : [result];
  });
}

interface Headline {
  what: string;
  paper: TableCell | string;
  ours: TableCell[];
}

function headline(result: PaperResult, columns: readonly OursColumn[]): Headline {
  const head = result.headline;
  const value = head && paperValue(result, head.measure, head.point);
  const measure = head && QUANTITIES[head.measure];
  if (!value || !measure) return claimed(result, columns);
  return {
    what: `${measure.what}, ${pointName(head.point)}`,
    paper: { text: paperText(value, measure.text), value: value.mean ?? '' },
    ours: columns.map(({ view, protocol }): TableCell => {
      const cell = cellOf(view, head.point, protocol);
      const summary = cell && measured(view, cell, measure);
      if (!summary || summary.n === 0) return { text: 'not run', value: '' };
      const verdict = verdictOf(value, summary, measure);
      const off = signed(distance(value, summary.mean));
      return {
        ...summaryText(summary, measure.text),
        note: `${verdict === 'no interval' ? 'one run' : verdict}, ${off}`,
      };
    }),
  };
}

/** The first thing that the paper's text says, where it has no numbers. */
function claimed(result: PaperResult, columns: readonly OursColumn[]): Headline {
  const row = claimsTable(result, columns)?.rows[0];
  const first = result.measures[0]?.values[0];
  if (!row)
    return {
      what: result.measures[0]?.what ?? result.claims[0] ?? '',
      paper: first ? paperText(first, (value) => unitText(result, value)) : '–',
      ours: [],
    };
  const [what, paper, ...ours] = row.map(
    (cell): TableCell => (typeof cell === 'string' ? { text: cell } : cell),
  );
  return { what: what!.text, paper: words(paper!), ours };
}

/** Words go on the smaller line, which is broken where a number is not. */
function words(cell: TableCell): TableCell {
  return /\d/.test(cell.text) || cell.note
    ? cell
    : { text: '', value: cell.value ?? cell.text, note: cell.text };
}

function unitText({ measures }: PaperResult, value: number): string {
  const unit = measures[0]?.unit;
  if (unit === 'B') return `${(value / 1e6).toLocaleString('en-US')} MB`;
  return unit ? `${value} ${unit}` : percent(value, 0);
}

function binsRow(result: PaperResult, { name, bins }: Clustering, columns: number): Row {
  const value = result.measures[0]?.values[0];
  const own = bins[0]?.share ?? Number.NaN;
  const cell = { text: percent(own), value: own, note: `${name}, truth` };
  return [
    named(result),
    'share of the labels with 1–4 lines a context on average',
    value ? paperText(value, (x) => percent(x, 0)) : '–',
    '–',
    ...Array.from({ length: columns }, () => NONE),
    cell,
  ];
}

function recordedRow(result: PaperResult, { what, paper, ours }: Recorded, columns: number): Row {
  return [named(result), what, paper, '–', ...Array.from({ length: columns }, () => NONE), ours];
}

/** Title, and below it where in the paper. */
export function named({ title, source }: PaperResult): TableCell {
  const place = source.replace('K8NTEXT, ', '');
  return { text: title, value: `${title} (${place})`, note: place };
}

/** The protocols of all studies that answer to the paper, as columns are called. */
export function protocolNames(results: PaperResults['results'], studies: readonly FoundStudy[]): string[] {
  const columns = Object.keys(results).flatMap((key) => studiesOf(studies, key).flatMap(protocolColumns));
  return [...new Set(columns.map(({ name }) => name))];
}
