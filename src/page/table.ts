import { marksShown } from '../errors.js';
import { type Html, html, plain } from './html.js';

export interface TableColumn {
  name: string;
  /** `number`: set right, sorted as numbers. `code`: never broken. Default `text`. */
  kind?: 'text' | 'number' | 'code';
}

/** A cell: its text, with a value to sort by and to write as CSV, and a smaller second line. */
export interface TableCell {
  text: string;
  /** As in the CSV, unrounded. Default the text. */
  value?: number | string;
  note?: string;
}

export interface Table {
  /** What the table shows; read out first. */
  caption: string;
  columns: readonly TableColumn[];
  /** Rows of the same first cell, one after another, stand under it as a group; the second cell is then their head. */
  grouped?: boolean;
  /** The first cell of a row is its head. */
  rows: readonly (readonly (TableCell | string)[])[];
}

/**
 * A table as HTML: caption, column and row heads with their scope.
 *
 * @param options.sortable A button in each column head sorts by it. Default false.
 * @param options.tall Scrolls by itself, under a head that stays. Default false.
 * @example renderTable({ caption: 'Verbs', columns: [{ name: 'verb' }, { name: 'lines', kind: 'number' }], rows: [['create', '812']] })
 */
export function renderTable(table: Table, options: { sortable?: boolean; tall?: boolean } = {}): Html {
  const from = table.grouped ? 1 : 0;
  const heads = table.columns
    .slice(from)
    .map(({ name, kind = 'text' }) =>
      options.sortable
        ? html`<th scope="col" class="${kind}" aria-sort="none"><button type="button">${name}</button></th>`
        : html`<th scope="col" class="${kind}">${name}</th>`,
    );
  const bodies = groupsOf(table).map(({ name, rows }) => {
    const title =
      name === null
        ? null
        : html`<tr><th scope="rowgroup" class="group" colspan="${heads.length}">${name}</th></tr>\n`;
    return html`<tbody>${title}${rows.map(
      (row) =>
        html`<tr>${row.slice(from).map((cell, i) => renderCell(asCell(cell), i === 0, table.columns[from + i]))}</tr>\n`,
    )}</tbody>`;
  });
  const sortable = options.sortable ? html` data-sortable` : null;
  return html`<div class="scroll${options.tall ? ' tall' : ''}" tabindex="0" role="region" aria-label="${table.caption}"><table${sortable}>
<caption><span>${table.caption}</span></caption><thead><tr>${heads}</tr></thead>
${bodies}</table></div>`;
}

function groupsOf({ rows, grouped }: Table): { name: string | null; rows: Table['rows'][number][] }[] {
  if (!grouped) return [{ name: null, rows: [...rows] }];
  const groups: { name: string; rows: Table['rows'][number][] }[] = [];
  for (const row of rows) {
    const name = asCell(row[0] ?? '').text;
    const last = groups.at(-1);
    if (last?.name === name) last.rows.push(row);
    else groups.push({ name, rows: [row] });
  }
  return groups;
}

/**
 * A table as CSV (RFC 4180, UTF-8, a head row), with unrounded values. Text that a spreadsheet would run as a formula gets
 * an apostrophe in front.
 */
export function toCsv(table: Table): string {
  const head = table.columns.map(({ name }) => csvCell(name));
  const rows = table.rows.map((row) => row.map((cell) => csvCell(rawValue(asCell(cell)))));
  return [head, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function renderCell(cell: TableCell, first: boolean, column: TableColumn | undefined): Html {
  const kind = column?.kind ?? 'text';
  const note = cell.note ? html`<small>${cell.note}</small>` : null;
  if (first) return html`<th scope="row" class="${kind}">${cell.text}${note}</th>`;
  const value = cell.value === undefined ? null : html` data-value="${rawValue(cell)}"`;
  return html`<td class="${kind}"${value}>${cell.text}${note}</td>`;
}

const asCell = (cell: TableCell | string): TableCell => (typeof cell === 'string' ? { text: cell } : cell);

function rawValue({ text, value = text }: TableCell): string | number {
  return typeof value === 'number' && !Number.isFinite(value) ? '' : value;
}

/**
 * A value as one cell of CSV. Text that a spreadsheet would run as a formula gets an apostrophe in front; marks of direction are shown.
 *
 * @example csvCell('=1+1') // "'=1+1"
 */
export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = marksShown(plain(value));
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
