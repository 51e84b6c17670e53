import { printable } from '../errors.js';
import type { Interval } from '../runs/record.js';
import { columns, fold } from './fold.js';

const GAP = '  ';
/** A space at which no cell is folded. */
const GLUE = '\u00a0';
/** Columns of a table where standard output is no terminal. */
const WIDTH = 100;
/** A column is not folded below this many columns of the terminal. */
const LEAST = 6;

export interface TableOptions {
  /** Columns that the whole may take. Default: the terminal's, else 100. */
  width?: number;
  /** Which columns stand to the right, as numbers do. Default: none. */
  right?: (column: number) => boolean;
}

/** A plain text table with a rule below its head. What a terminal would act on is escaped in every cell. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const [widths, all] = laidOut([head, ...rows], options);
  const rule = widths.map((width) => '─'.repeat(width)).join(GAP);
  const headLines = all[0]!;
  return [...headLines, rule, ...all.slice(1).flat()].join('\n');
}

/** The lines of a table without a rule. */
export const grid = (rows: readonly (readonly string[])[], options: TableOptions = {}): string[] =>
  laidOut(rows, options)[1].flat();

/**
 * Lays cells out in columns that are as wide as their widest cell, as far as the width allows: then the widest columns are folded, a cell
 * over several lines.
 *
 * @returns The widths, and the lines of each row.
 */
function laidOut(
  rows: readonly (readonly string[])[],
  { width = textWidth(), right = () => false }: TableOptions,
): [number[], string[][]] {
  const shown = oncePer((cell) => printable(cell));
  const word = oncePer(longestWord);
  const plain = rows.map((row) => row.map(shown));
  const count = Math.max(0, ...plain.map((row) => row.length));
  const room = width - GAP.length * Math.max(0, count - 1);
  const cells =
    [SCORE, INTERVAL]
      .map((kept) => plain.map((row) => row.map((cell) => glued(cell, kept))))
      .find((glue) => sum(widest(glue, count, word)) <= room) ?? plain;
  const widths = narrowed(widest(cells, count, columns), widest(cells, count, word), room);
  const folds = widths.map((own) => oncePer((cell) => fold(cell, Math.max(1, own))));
  const lines = cells.map((row) => {
    const folded = folds.map((foldCell, i) => foldCell(row[i] ?? ''));
    return Array.from({ length: Math.max(1, ...folded.map(({ length }) => length)) }, (_, at) =>
      folded
        .map((pieces, i) => {
          const piece = (pieces[at] ?? '').replaceAll(GLUE, ' ');
          const space = ' '.repeat(Math.max(0, widths[i]! - columns(piece)));
          return right(i) ? space + piece : piece + space;
        })
        .join(GAP)
        .trimEnd(),
    );
  });
  return [widths, lines];
}

/** A function of a cell that works once for all cells alike, of which a long table has many. */
function oncePer<T>(work: (cell: string) => T): (cell: string) => T {
  const known = new Map<string, T>();
  return (cell) => {
    const found = known.get(cell);
    if (found !== undefined) return found;
    const made = work(cell);
    known.set(cell, made);
    return made;
  };
}

/** Each column's most, over all rows. */
const widest = (
  rows: readonly (readonly string[])[],
  count: number,
  measure: (cell: string) => number,
): number[] =>
  Array.from({ length: count }, (_, i) =>
    rows.reduce((most, row) => Math.max(most, measure(row[i] ?? '')), 0),
  );

const longestWord = (cell: string): number => Math.max(...cell.split(' ').map(columns));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What stays on one line where there is room: a value with its interval, or the interval at least. */
const SCORE = /\S+ \[[^\]]*\]/g;
const INTERVAL = /\[[^\]]*\]/g;
const glued = (cell: string, kept: RegExp): string =>
  cell.includes('[') ? cell.replace(kept, (text) => text.replaceAll(' ', GLUE)) : cell;

/** Takes what is too much from the widest columns, a column of the terminal at a time: first where words stay whole, then anywhere. */
function narrowed(natural: readonly number[], words: readonly number[], room: number): number[] {
  const widths = [...natural];
  for (const least of [words, words.map(() => LEAST)])
    for (let over = sum(widths) - room; over > 0; over--) {
      const spare = widths.map((own, i) => (own > Math.max(LEAST, least[i]!) ? own : 0));
      const at = spare.indexOf(Math.max(...spare));
      if (!spare[at]) break;
      widths[at]!--;
    }
  return widths;
}

/** The terminal's width, as COLUMNS or the terminal says it. */
export function textWidth(): number {
  if (!process.stdout.isTTY) return WIDTH;
  const said = Number(process.env.COLUMNS);
  return Number.isInteger(said) && said > 0 ? said : (process.stdout.columns ?? WIDTH);
}

/**
 * A share as reports write it, without the zero before its point.
 *
 * @example decimal(0.9534) // '.953'
 */
export const decimal = (value: number, digits = 3): string => value.toFixed(digits).replace(/^0/, '');

/** A range of whole numbers in words. @example rangeText({ from: 2, to: 4 }) // '2–4' */
export const rangeText = ({ from, to }: { from: number; to: number }): string =>
  from === to ? String(from) : Number.isFinite(to) ? `${from}–${to}` : `${from} and more`;

/** @example formatInterval(scores.exactMatch) // '.953 [.941, .962]' */
export function formatInterval({ value, low, high }: Interval): string {
  const short = (x: number): string => (Number.isFinite(x) ? decimal(x) : '–');
  return `${short(value)} [${short(low)}, ${short(high)}]`;
}
