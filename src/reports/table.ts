import { type Html, html, plain } from './html.js';

export interface TableColumn {
  name: string;
  /** Numbers are set right and sorted as numbers. Default false. */
  numeric?: boolean;
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
  /** The first cell of a row is its head. */
  rows: readonly (readonly (TableCell | string)[])[];
}

/**
 * A table as HTML: caption, column and row heads with their scope.
 *
 * @param options.sortable A button in each column head sorts by it. Default false.
 * @param options.tall Scrolls by itself, under a head that stays. Default false.
 * @example renderTable({ caption: 'Verbs', columns: [{ name: 'verb' }, { name: 'lines', numeric: true }], rows: [['create', '812']] })
 */
export function renderTable(table: Table, options: { sortable?: boolean; tall?: boolean } = {}): Html {
  const head = table.columns.map(({ name, numeric }) => {
    const kind = numeric ? 'number' : 'text';
    return options.sortable
      ? html`<th scope="col" class="${kind}" aria-sort="none"><button type="button">${name}</button></th>`
      : html`<th scope="col" class="${kind}">${name}</th>`;
  });
  const rows = table.rows.map(
    (row) =>
      html`<tr>${row.map((cell, i) => renderCell(asCell(cell), i === 0, table.columns[i]?.numeric ?? false))}</tr>`,
  );
  return html`<div class="scroll${options.tall ? ' tall' : ''}" tabindex="0" role="region" aria-label="${table.caption}"><table${
    options.sortable ? html` data-sortable` : null
  }><caption>${table.caption}</caption><thead><tr>${head}</tr></thead><tbody>
${rows.flatMap((row) => [row, html`\n`])}</tbody></table></div>`;
}

/**
 * A table as CSV (RFC 4180, UTF-8, a head row), with unrounded values. Text that a spreadsheet would run as a formula gets
 * an apostrophe in front.
 */
export function toCsv(table: Table): string {
  const head = table.columns.map(({ name }) => quote(name));
  const rows = table.rows.map((row) => row.map((cell) => quote(rawValue(asCell(cell)))));
  return [head, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function renderCell(cell: TableCell, first: boolean, numeric: boolean): Html {
  const kind = numeric ? 'number' : 'text';
  const note = cell.note ? html`<small>${cell.note}</small>` : null;
  if (first) return html`<th scope="row" class="${kind}">${cell.text}${note}</th>`;
  const value = cell.value === undefined ? null : html` data-value="${rawValue(cell)}"`;
  return html`<td class="${kind}"${value}>${cell.text}${note}</td>`;
}

const asCell = (cell: TableCell | string): TableCell => (typeof cell === 'string' ? { text: cell } : cell);

function rawValue({ text, value = text }: TableCell): string | number {
  return typeof value === 'number' && !Number.isFinite(value) ? '' : value;
}

function quote(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = plain(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
