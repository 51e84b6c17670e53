import { evaluator, type Row } from '../../query/evaluate.js';
import type { FieldValue } from '../../query/fields.js';
import type { Query } from '../../query/tree.js';
import type { Texts } from './store.js';

/** A column of a table by rows: texts, of which an empty one is absent, or values. */
export type QueryColumn = Texts | { at: (row: number) => FieldValue };

/** Tables that an expression is asked of, by their columns; undefined where the page does not hold one. */
export interface QueryTables {
  context: (column: string) => QueryColumn | undefined;
  line: (column: string) => QueryColumn | undefined;
  /** First line of a row, and the line behind its last; the first is the triggering one. */
  linesOf: (row: number) => readonly [number, number];
}

export type RowTest = (row: number) => boolean;

const NO_LINES = (): [] => [];

/**
 * Makes a test of rows of an expression. It gives what `evaluator` gives: each of its tests is asked by it, of texts once for each that
 * there is, not for each row.
 */
export function columnTest(query: Query, tables: QueryTables): RowTest {
  return testOf(query, tables, tables.context);
}

function testOf(query: Query, tables: QueryTables, columns: QueryTables['context']): RowTest {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const parts = query.parts.map((part) => testOf(part, tables, columns));
      return (row) => parts.every((part) => part(row));
    }
    case 'or': {
      const parts = query.parts.map((part) => testOf(part, tables, columns));
      return (row) => parts.some((part) => part(row));
    }
    case 'not': {
      const part = testOf(query.part, tables, columns);
      return (row) => !part(row);
    }
    case 'any':
    case 'caused': {
      const part = testOf(query.part, tables, tables.line);
      const skipped = query.kind === 'caused' ? 1 : 0;
      return (row) => {
        const [from, to] = tables.linesOf(row);
        for (let line = from + skipped; line < to; line++) if (part(line)) return true;
        return false;
      };
    }
    case 'fields': {
      const [a, b] = [query.field.column, query.other.column];
      const [first, second] = [readerOf(columns(a)), readerOf(columns(b))];
      const ask = evaluator(query);
      return (row) => ask({ row: { [a]: first(row), [b]: second(row) }, lines: NO_LINES });
    }
    default: {
      const { column } = query.field;
      const from = columns(column);
      const isList = query.field.type === 'texts';
      const ask = evaluator(query);
      const value: Record<string, FieldValue> = { [column]: null };
      const subject = { row: value as Row, lines: NO_LINES };
      const holds = (known: FieldValue): boolean => {
        value[column] = isList && typeof known === 'string' ? [known] : known;
        return ask(subject);
      };
      if (from && 'ids' in from) {
        const { ids, values } = from;
        const hits = Uint8Array.from(values, (text) => (holds(text === '' ? null : text) ? 1 : 0));
        return (row) => hits[ids[row]!] === 1;
      }
      const at = readerOf(from);
      return (row) => holds(at(row));
    }
  }
}

export function readerOf(column: QueryColumn | undefined): (row: number) => FieldValue {
  if (!column) return () => null;
  if ('at' in column) return column.at;
  const { ids, values } = column;
  return (row) => values[ids[row]!]! || null;
}

/** The first field of an expression that its table does not hold, by name; null when all are held. */
export function missingField(
  query: Query,
  tables: QueryTables,
  columns: QueryTables['context'] = tables.context,
): string | null {
  switch (query.kind) {
    case 'all':
      return null;
    case 'and':
    case 'or':
      return (
        query.parts.map((part) => missingField(part, tables, columns)).find((one) => one !== null) ?? null
      );
    case 'not':
      return missingField(query.part, tables, columns);
    case 'any':
    case 'caused':
      return missingField(query.part, tables, tables.line);
    default: {
      const fields = query.kind === 'fields' ? [query.field, query.other] : [query.field];
      return fields.find(({ column }) => !columns(column))?.name ?? null;
    }
  }
}
