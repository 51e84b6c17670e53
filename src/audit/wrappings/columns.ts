import { type JsonObject, jsonOf, type Problem } from './wrapping.js';

/** Columns that have lines or events, in tables that people export. */
const TELLING =
  /^(_raw|@message|message|MESSAGE|Message|log|Line|line|log_s|body|content|event|event\.original|value|payload|data|record|_msg|textPayload|jsonPayload|properties|AuditId|auditID)$/;
/** Of these alone a head of one column is taken for one. */
const ALONE = /^(_raw|@message|log_s)$/;
/** How a column is named; Azure says the zone of its times with it. */
const NAME = /^\uFEFF?[\w@.:$-]{1,100}( \[UTC\])?$/;
const SEPARATORS = [',', ';', '\t'] as const;
/** Time as Azure's portal writes it into a table: month, day, year and a clock of twelve hours. */
const LOCAL = /^(\d{1,2})\/(\d{1,2})\/(\d{4}), (\d{1,2}):(\d\d):(\d\d)(\.\d+)? (AM|PM)$/;
/** Characters a head may have. */
const LONGEST_HEAD = 10_000;

/** What a line is to a table: nothing, a part of it that gives no row yet, a row, or one that does not fit. */
export type Taken = null | 'taken' | { row: JsonObject } | Problem;

/**
 * Rows of CSV, or of a table with semicolons or tabs, as consoles of clouds and of log stores export them [RFC 4180]: a head of columns of
 * which one is known to have lines or events, then rows, whose cells may span lines.
 *
 * @example
 * const table = new Columns(1e6);
 * table.take('@timestamp,@message'); // 'taken'
 * table.take('2026-01-01,"{""a"":1}"'); // { row: { '@timestamp': '2026-01-01', '@message': '{"a":1}' } }
 */
export class Columns {
  readonly #most: number;
  #columns: readonly string[] | null = null;
  #cells = new Cells(',');

  /** @param most Characters a row may have. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether a cell goes on in the next line. */
  get isOpen(): boolean {
    return this.#cells.isOpen;
  }

  /** @param line Without its end. */
  take(line: string): Taken {
    if (!this.isOpen && this.#isHead(line)) return 'taken';
    if (this.#columns === null || (!this.isOpen && /^\s*[{[]/.test(line))) return null;
    const cells = this.#cells.read(line);
    if (cells === null) return this.#cells.length <= this.#most ? 'taken' : this.#tooLong();
    const columns = this.#columns;
    if (cells.length !== columns.length)
      return {
        expected: `a row of ${columns.length} cells, as the table has columns`,
        got: `${cells.length}`,
      };
    return { row: rowOf(columns, cells) };
  }

  /** What is wrong at the end of the table, or null. */
  end(): Problem | null {
    return this.isOpen ? { expected: 'a whole row of a table', got: 'the end of the file' } : null;
  }

  #tooLong(): Problem {
    this.#cells = new Cells(this.#cells.separator);
    return { expected: `a row of at most ${this.#most} characters`, got: 'a longer one' };
  }

  #isHead(line: string): boolean {
    if (line.length > LONGEST_HEAD || /[{}]/.test(line)) return false;
    for (const separator of SEPARATORS) {
      const names = (new Cells(separator).read(line) ?? []).map((name) => name.replace('\uFEFF', ''));
      const telling = names.length > 1 ? TELLING : ALONE;
      if (!names.every((name) => NAME.test(name)) || !names.some((name) => telling.test(name))) continue;
      this.#columns = names;
      this.#cells = new Cells(separator);
      return true;
    }
    return false;
  }
}

/** Cuts rows into cells, a line at a time; each character is looked at once. */
class Cells {
  readonly separator: string;
  isOpen = false;
  /** Characters of the row so far. */
  length = 0;
  #done: string[] = [];
  #cell = '';

  constructor(separator: string) {
    this.separator = separator;
  }

  /** The cells of a row that ends with the line; null when one of them goes on. A quotation mark inside a bare cell is a letter. */
  read(line: string): string[] | null {
    if (this.isOpen) this.#cell += '\n';
    this.length += line.length + 1;
    for (let at = 0; ; ) {
      if (!this.isOpen && line[at] === '"') {
        this.isOpen = true;
        at++;
      }
      const end = line.indexOf(this.isOpen ? '"' : this.separator, at);
      this.#cell += line.slice(at, end < 0 ? undefined : end);
      if (this.isOpen) {
        if (end < 0) return null;
        at = end + 1;
        if (line[at] === '"') {
          this.#cell += '"';
          at++;
          continue;
        }
        this.isOpen = false;
        at = line.indexOf(this.separator, at);
      } else at = end;
      this.#done.push(this.#cell);
      this.#cell = '';
      if (at++ < 0) break;
    }
    const cells = this.#done;
    this.#done = [];
    this.length = 0;
    return cells;
  }
}

function rowOf(columns: readonly string[], cells: readonly string[]): JsonObject {
  const row: JsonObject = {};
  const isEvent = columns.includes('auditID');
  for (const [i, cell] of cells.entries()) {
    const column = columns[i]!;
    if (cell === '' && column !== 'verb') continue;
    const name = column.replace(/ \[UTC\]$/, '');
    row[name] = name !== column ? utcOf(cell) : isEvent ? jsonOf(cell) : cell;
  }
  return row;
}

/** A time of Azure's portal as RFC 3339; any other text as it is. */
function utcOf(text: string): string {
  const [, month, day, year, hour, minute, second, fraction = '', half] = LOCAL.exec(text) ?? [];
  if (month === undefined) return text;
  const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
  const two = (value: string | number | undefined): string => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hours)}:${minute}:${second}${fraction}Z`;
}
