import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { MismatchError } from '../errors.js';
import { writeFileAtomic } from './atomic.js';
import { asSystemFault, openDuckDB, quoted } from './duckdb.js';
import { temporaryFolder } from './temporary.js';

/** Values of one column, all of one type: whole numbers of 32 bits, numbers of 32 bits, or texts that may be missing. */
export type ParquetColumn = Int32Array | Float32Array | readonly (string | null)[];

const typeOf = (column: ParquetColumn): 'INTEGER' | 'FLOAT' | 'VARCHAR' =>
  column instanceof Int32Array ? 'INTEGER' : column instanceof Float32Array ? 'FLOAT' : 'VARCHAR';

/**
 * Writes columns as a Parquet file, compressed, at once.
 *
 * @param columns By name, all of one length N.
 * @throws {RangeError} They differ in length, or a name is not plain.
 * @example await writeParquet('a.parquet', { line: Int32Array.of(0, 1), capture: ['a1', 'a1'] });
 */
export async function writeParquet(path: string, columns: Record<string, ParquetColumn>): Promise<void> {
  const [entries, rows] = [Object.entries(columns), Object.values(columns)[0]?.length ?? 0];
  for (const [name, { length }] of entries)
    if (!/^[a-z]\w*$/i.test(name) || length !== rows)
      throw new RangeError(`files: expected plain columns of ${rows} values, got ${name} of ${length}.`);
  await withDatabase(async (connection, folder) => {
    await connection.run(
      `CREATE TABLE t (${entries.map(([name, column]) => `"${name}" ${typeOf(column)}`).join(', ')})`,
    );
    const appender = await connection.createAppender('t');
    for (let row = 0; row < rows; row++) {
      for (const [, column] of entries) {
        const value = column[row]!;
        if (value === null) appender.appendNull();
        else if (typeof value === 'string') appender.appendVarchar(value);
        else if (column instanceof Int32Array) appender.appendInteger(value);
        else appender.appendFloat(value);
      }
      appender.endRow();
    }
    appender.closeSync();
    const file = join(folder, `${randomUUID()}.parquet`);
    await connection.run(`COPY t TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd)`);
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, await readFile(file));
  });
}

/**
 * Reads columns of a Parquet file.
 *
 * @param names Columns with an example of each one's type: an empty array of it.
 * @returns Null where there is no such file.
 * @throws {MismatchError} It cannot be read, or has other columns.
 * @example await readParquet('a.parquet', { line: new Int32Array(0), capture: [] })
 */
export async function readParquet<T extends Record<string, ParquetColumn>>(
  path: string,
  names: T,
): Promise<T | null> {
  if (!existsSync(path)) return null;
  const asked = Object.entries(names);
  const select = asked.map(([name, column]) => `"${name}"::${typeOf(column)} AS "${name}"`).join(', ');
  return await withDatabase(async (connection) => {
    const reader = await connection
      .runAndReadAll(`SELECT ${select} FROM read_parquet(${quoted(path)})`)
      .catch((cause: Error) => {
        throw new MismatchError(
          {
            folder: 'files',
            file: path,
            expected: 'a Parquet file with these columns',
            got: firstLine(cause),
          },
          { cause },
        );
      });
    const values = reader.getColumnsJS();
    return Object.fromEntries(
      asked.map(([name, column], i) => {
        const own = values[i] ?? [];
        if (column instanceof Int32Array) return [name, Int32Array.from(own as number[])];
        if (column instanceof Float32Array) return [name, Float32Array.from(own as number[])];
        return [name, own as (string | null)[]];
      }),
    ) as T;
  });
}

const firstLine = ({ message }: Error): string => message.split('\n')[0]!;

async function withDatabase<T>(
  work: (connection: DuckDBConnection, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await temporaryFolder();
  const { instance, connection } = await openDuckDB({ threads: 1 });
  try {
    return await work(connection, folder);
  } catch (error) {
    throw asSystemFault(error);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}
