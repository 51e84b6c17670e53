import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export interface DuckDBOptions {
  /** Where what does not fit into memory goes; its folder is made and removed by the database. Default: nowhere. */
  temporary?: string;
  /** Megabytes of memory at most. Default 512. */
  memory?: number;
  /** Default: as many as the machine has cores. */
  threads?: number;
}

/**
 * Opens a database in memory that reads and writes Parquet. It loads and fetches nothing: no extension, no secret, no setting of the user.
 *
 * The library is loaded late, for it takes a moment that what needs no table need not wait for.
 */
export async function openDuckDB({
  temporary,
  memory = 512,
  threads,
}: DuckDBOptions = {}): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memory}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    temp_directory: temporary ?? '',
    preserve_insertion_order: 'true',
    ...(threads === undefined ? {} : { threads: String(threads) }),
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'; SET lock_configuration = true");
  return { instance, connection };
}

/** How the database tells faults of the system, and their codes. */
const FAULTS: readonly (readonly [says: string, code: string])[] = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['File too large', 'EFBIG'],
  ['Read-only file system', 'EROFS'],
  ['Permission denied', 'EACCES'],
  ['File name too long', 'ENAMETOOLONG'],
  ['Too many open files', 'EMFILE'],
  ['Input/output error', 'EIO'],
  ['Cannot allocate memory', 'ENOMEM'],
];

/**
 * What the database says of a fault of the system, as Node tells one: with its code and file. Anything else stays as it is.
 *
 * @example asSystemFault(new Error('IO Error: Could not write file "/a": No space left on device')).code // 'ENOSPC'
 */
export function asSystemFault(error: unknown): unknown {
  if (!(error instanceof Error) || !/^(IO|Permission) Error/.test(error.message)) return error;
  const [, code] = FAULTS.find(([says]) => error.message.includes(says)) ?? [];
  const [, path] = /"([^"]+)"/.exec(error.message) ?? [];
  return code === undefined
    ? error
    : Object.assign(new Error(error.message, { cause: error }), {
        code,
        ...(path === undefined ? {} : { path }),
      });
}

/** A path as a text of SQL; the only text from outside that statements hold, for COPY takes no binding. */
export const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;
