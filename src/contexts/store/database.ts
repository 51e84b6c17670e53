import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api';
import { AuditweaveError } from '../../errors.js';
import { asSystemFault, type DuckDBOptions, openDuckDB } from '../../files/duckdb.js';
import type { Binding } from '../query/sql.js';

/** A database in memory that reads and writes Parquet, as `openDuckDB` opens it. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.connection = connection;
  }

  static async open(options: DuckDBOptions = {}): Promise<Database> {
    const { instance, connection } = await openDuckDB(options);
    return new Database(instance, connection);
  }

  /** Runs a statement of the project's own; values are bound. */
  async run(sql: string, bindings: readonly Binding[] = []): Promise<void> {
    await explained(() => this.connection.run(sql, valuesOf(bindings), typesOf(bindings)));
  }

  /** All rows of an answer, by column. */
  async rows<T = Record<string, unknown>>(sql: string, bindings: readonly Binding[] = []): Promise<T[]> {
    const reader = await explained(() =>
      this.connection.runAndReadAll(sql, valuesOf(bindings), typesOf(bindings)),
    );
    return reader.getRowObjectsJS() as T[];
  }

  /** Rows of an answer as they come, in bounded memory. */
  async *stream<T = Record<string, unknown>>(
    sql: string,
    bindings: readonly Binding[] = [],
  ): AsyncGenerator<T> {
    // A connection has one answer at a time that is still read.
    const connection = await this.#instance.connect();
    try {
      const result = await explained(() => connection.stream(sql, valuesOf(bindings), typesOf(bindings)));
      const chunks = result.yieldRowObjectJs()[Symbol.asyncIterator]();
      for (;;) {
        const { value: rows, done } = await explained(() => chunks.next());
        if (done) return;
        yield* rows as T[];
      }
    } finally {
      connection.closeSync();
    }
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }
}

const TYPES: Record<Binding['type'], DuckDBType> = {
  text: VARCHAR,
  number: DOUBLE,
  time: BIGINT,
  flag: BOOLEAN,
};
const typesOf = (bindings: readonly Binding[]): DuckDBType[] => bindings.map(({ type }) => TYPES[type]);
const valuesOf = (bindings: readonly Binding[]): DuckDBValue[] =>
  bindings.map(({ type, value }) => (type === 'time' ? BigInt(value as number) : value));

/** What the database has no memory for as an error of the one who asked, and faults of the system as such. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { message } = cause as Error;
    if (/^Out of Memory Error/.test(message))
      throw new AuditweaveError(
        'contexts: expected the work to fit into the memory that it may use, got more.',
        {
          hint: 'Ask for less at once, as with --limit 1000.',
          cause,
        },
      );
    throw asSystemFault(cause);
  }
}
