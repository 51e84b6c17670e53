import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  UUID,
  uuidValue,
  VARCHAR,
} from '@duckdb/node-api';
import type { FieldValue } from '../query/fields.js';
import type { ColumnType, StoredRow } from './columns.js';
import type { Database } from './database.js';

const DUCK: Record<ColumnType, DuckDBType> = {
  VARCHAR,
  INTEGER,
  BIGINT,
  DOUBLE,
  BOOLEAN,
  UUID,
  'VARCHAR[]': LIST(VARCHAR),
};
/** Rows that a table takes at once. */
export const CHUNK = 2048;

/**
 * Appends rows to a table.
 *
 * @param columns Of the table, in order.
 * @param rows `CHUNK` at most.
 */
export async function appendRows(
  database: Database,
  table: string,
  columns: readonly (readonly [name: string, type: ColumnType])[],
  rows: readonly StoredRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const chunk = DuckDBDataChunk.create(
    columns.map(([, type]) => DUCK[type]),
    rows.length,
  );
  const values: DuckDBValue[] = new Array(rows.length);
  for (const [i, [column, type]] of columns.entries()) {
    for (let at = 0; at < rows.length; at++) values[at] = storedValue(rows[at]![column], type);
    chunk.setColumnValues(i, values);
  }
  const appender = await database.connection.createAppender(table);
  appender.appendDataChunk(chunk);
  appender.closeSync();
}

function storedValue(value: FieldValue | bigint | undefined, type: ColumnType): DuckDBValue {
  if (value === null || value === undefined) return null;
  if (type === 'BIGINT') return typeof value === 'bigint' ? value : BigInt(value as number);
  if (type === 'UUID') return uuidValue(BigInt(`0x${(value as string).replaceAll('-', '')}`));
  if (type === 'VARCHAR[]') return listValue(value as readonly string[]);
  return value as DuckDBValue;
}
