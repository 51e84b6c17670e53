import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../files/atomic.js';
import { quoted } from '../../files/duckdb.js';
import { temporaryFolder } from '../../files/temporary.js';
import type { Context } from '../context.js';
import { FIELDS, type FieldType } from '../query/fields.js';
import { contextRow } from '../query/row.js';
import { redactUri } from '../redact.js';
import { appendRows, CHUNK } from '../store/append-rows.js';
import type { ColumnType, StoredRow } from '../store/columns.js';
import type { Database } from '../store/database.js';

const TYPES: Record<FieldType, ColumnType> = {
  text: 'VARCHAR',
  texts: 'VARCHAR[]',
  number: 'DOUBLE',
  time: 'BIGINT',
  flag: 'BOOLEAN',
};
const COLUMNS: readonly (readonly [name: string, type: ColumnType])[] = [
  ...FIELDS.map(({ column, type }) => [column, TYPES[type]] as const),
  ['via', 'VARCHAR'],
  ['decided_by', 'VARCHAR'],
];
const SELECTED = [
  ...FIELDS.map(({ column, type }) =>
    type === 'time' ? `make_timestamp("${column}") AS "${column}"` : `"${column}"`,
  ),
  'via',
  'decided_by',
].join(', ');

/**
 * Writes contexts as a Parquet file, a row each: the fields of the query language by their columns, times in UTC.
 *
 * @param path Appears when all are written.
 * @returns How many.
 */
export async function writeContextsParquet(
  database: Database,
  path: string,
  contexts: AsyncIterable<Context>,
): Promise<number> {
  await database.run(
    `CREATE OR REPLACE TABLE exported (${COLUMNS.map(([name, type]) => `"${name}" ${type}`).join(', ')})`,
  );
  let [rows, count]: [StoredRow[], number] = [[], 0];
  for await (const context of contexts) {
    const { request_uri: address, ...row } = contextRow(context);
    rows.push({
      ...row,
      request_uri: typeof address === 'string' ? redactUri(address) : null,
      via: context.via ?? null,
      decided_by: context.decidedBy,
    });
    count++;
    if (rows.length < CHUNK) continue;
    await appendRows(database, 'exported', COLUMNS, rows);
    rows = [];
  }
  await appendRows(database, 'exported', COLUMNS, rows);
  const temporary = await temporaryFolder();
  const file = join(temporary, 'contexts.parquet');
  try {
    await database.run(
      `COPY (SELECT ${SELECTED} FROM exported) TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    await writeFileAtomic(path, createReadStream(file));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await database.run('DROP TABLE exported');
  return count;
}
