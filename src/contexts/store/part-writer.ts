import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../files/atomic.js';
import { quoted } from '../../files/duckdb.js';
import { appendRows, CHUNK } from './append-rows.js';
import type { ColumnType, StoredRow } from './columns.js';
import type { Database } from './database.js';
import { fileEntry, type Part } from './manifest.js';

/** A table of a part, in memory until the part is finished. */
interface Table {
  name: string;
  columns: readonly [name: string, type: ColumnType][];
  waiting: StoredRow[];
  appended: number;
}

/** Tables that are files even without rows. */
const ALWAYS = ['triggers', 'caused', 'clients', 'streams', 'kinds', 'effects'];

/** Writes the Parquet files of one part, in a folder that gets its name when all of them are there. */
export class PartWriter {
  readonly #database: Database;
  readonly #level: number;
  readonly #tables = new Map<string, Table>();

  /** @param level Of zstd, 1 to 22. */
  constructor(database: Database, level: number) {
    this.#database = database;
    this.#level = level;
  }

  async table(name: string, columns: Readonly<Record<string, ColumnType>>): Promise<void> {
    const list = Object.entries(columns);
    await this.#database.run(
      `CREATE OR REPLACE TABLE "${name}" (${list.map(([column, type]) => `"${column}" ${type}`).join(', ')})`,
    );
    this.#tables.set(name, { name, columns: list, waiting: [], appended: 0 });
  }

  rows(name: string): number {
    const { appended, waiting } = this.#tables.get(name)!;
    return appended + waiting.length;
  }

  async add(name: string, row: StoredRow): Promise<void> {
    const table = this.#tables.get(name)!;
    table.waiting.push(row);
    if (table.waiting.length === CHUNK) await this.#append(table);
  }

  /**
   * Writes all tables that have rows, and names the folder.
   *
   * @param dir The store.
   */
  async finish(dir: string, name: string): Promise<Part['files']> {
    const temporary = join(dir, `.${name}.tmp`);
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    try {
      const files = await this.#write(temporary);
      await rm(join(dir, name), { recursive: true, force: true });
      await rename(temporary, join(dir, name));
      await syncFolder(dir);
      return files;
    } catch (error) {
      // On a full disk what is half written takes the room that is missing.
      await rm(temporary, { recursive: true, force: true }).catch(() => {});
      throw error;
    }
  }

  /** Writes the tables into a folder, and says what they are. */
  async #write(temporary: string): Promise<Part['files']> {
    for (const table of this.#tables.values()) {
      await this.#append(table);
      if (table.appended === 0 && !ALWAYS.includes(table.name)) continue;
      const path = join(temporary, `${table.name}.parquet`);
      await this.#database.run(
        `COPY "${table.name}" TO ${quoted(path)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL ${this.#level}, WRITE_BLOOM_FILTER false)`,
      );
      await this.#database.run(`DROP TABLE "${table.name}"`);
    }
    this.#tables.clear();
    const files: Part['files'] = {};
    for (const file of (await readdir(temporary)).sort()) {
      const path = join(temporary, file);
      const handle = await open(path, 'r');
      await handle.sync().finally(() => handle.close());
      files[file] = await fileEntry(path);
    }
    await syncFolder(temporary);
    return files;
  }

  async #append(table: Table): Promise<void> {
    await appendRows(this.#database, table.name, table.columns, table.waiting);
    table.appended += table.waiting.length;
    table.waiting = [];
  }
}
