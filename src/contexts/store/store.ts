import { rm } from 'node:fs/promises';
import { AuditweaveError } from '../../errors.js';
import { temporaryFolder } from '../../files/temporary.js';
import type { Context } from '../context.js';
import { sqlOf } from '../query/sql.js';
import type { Query } from '../query/tree.js';
import { checkCompact } from './compact-fields.js';
import { Database } from './database.js';
import { checkFiles, readStoreManifest, STREAMS, type StoreManifest, StreamCheck } from './manifest.js';
import { Members } from './members.js';
import { readPart, type StoredLine } from './read-part.js';
import { contextOf, type Found } from './stored-context.js';
import { viewsOf } from './views.js';

/** Contexts whose lines are looked up at once. */
const BATCH = 4096;
export interface StoreOptions {
  /** Megabytes of memory of the database. Default 512. */
  memory?: number;
}

/**
 * Contexts and lines that `writeStore` kept, to be asked. What is written meanwhile is not seen. A file is compared with what was written
 * before it is read.
 */
export class Store {
  readonly #members: Members;
  readonly #check: StreamCheck;

  private constructor(
    readonly dir: string,
    readonly manifest: StoreManifest,
    readonly database: Database,
    readonly temporary: string,
  ) {
    this.#check = new StreamCheck(dir);
    this.#members = new Members(database, dir, manifest.parts, this.#check);
  }

  /**
   * Opens a store.
   *
   * @throws {AuditweaveError} There is none, or its files are not as they were written.
   * @example const store = await Store.open('store');
   */
  static async open(dir: string, { memory = 512 }: StoreOptions = {}): Promise<Store> {
    const manifest = await readStoreManifest(dir);
    if (!manifest)
      throw new AuditweaveError(`contexts: expected ${dir} to be a store, got a folder without one.`, {
        hint: `auditweave contexts LOG --out ${dir}`,
      });
    await checkFiles(dir, manifest, (file) => file !== STREAMS);
    const temporary = await temporaryFolder();
    const database = await Database.open({ temporary, memory });
    const store = new Store(dir, manifest, database, temporary);
    try {
      if (manifest.parts.length > 0)
        for (const statement of viewsOf(dir, manifest)) await database.run(statement);
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  /** How many contexts an expression is true of. */
  async count(query: Query): Promise<number> {
    if (this.manifest.parts.length === 0) return 0;
    if (this.manifest.keep === 'compact') checkCompact(query);
    const { sql, bindings } = sqlOf(query);
    const [row] = await this.database.rows<{ n: bigint }>(
      `SELECT count(*) AS n FROM contexts WHERE ${sql}`,
      bindings,
    );
    return Number(row!.n);
  }

  /**
   * Contexts that an expression is true of, by time.
   *
   * @param most How many at most. Default all.
   */
  async *contexts(query: Query, most = Number.POSITIVE_INFINITY): AsyncGenerator<Context> {
    if (this.manifest.parts.length === 0) return;
    if (this.manifest.keep === 'compact') checkCompact(query);
    const { sql, bindings } = sqlOf(query);
    const limit = Number.isFinite(most) ? ` LIMIT ${Math.trunc(most)}` : '';
    const rows = this.database.stream<Found>(
      `SELECT * FROM contexts WHERE ${sql} ORDER BY "first", "context"${limit}`,
      bindings,
    );
    let batch: Found[] = [];
    for await (const row of rows) {
      batch.push(row);
      if (batch.length === BATCH) {
        yield* await this.#withLines(batch);
        batch = [];
      }
    }
    yield* await this.#withLines(batch);
  }

  /** How many lines of its contexts, or of one, the store counts and does not hold. */
  async missing(wanted: number | null = null): Promise<number> {
    if (this.manifest.keep !== 'compact' || this.manifest.parts.length === 0) return 0;
    const one = wanted === null ? '' : ` WHERE "context" = ${Math.trunc(wanted)}`;
    const [row] = await this.database.rows<{ n: bigint | null }>(
      `SELECT sum("lines" - 1) AS n FROM contexts${one}`,
    );
    return Number(row?.n ?? 0);
  }

  /** The lines that the store holds, as they came in, or those of some contexts. */
  async *lines(wanted?: (context: number | null) => boolean): AsyncGenerator<StoredLine> {
    const { parts, keep } = this.manifest;
    for (const part of parts) await this.#check.of(part);
    for (const part of parts)
      for await (const line of readPart(this.database, this.dir, part, keep))
        if (!line.retold && (!wanted || wanted(line.context))) yield line;
  }

  async close(): Promise<void> {
    this.database.close();
    await rm(this.temporary, { recursive: true, force: true });
  }

  async #withLines(rows: readonly Found[]): Promise<Context[]> {
    if (rows.length === 0) return [];
    const numbers = rows.map(({ context }) => context).sort((a, b) => a - b);
    const members = this.manifest.keep === 'compact' ? null : await this.#members.of(numbers);
    return rows.map((row) => contextOf(row, members?.get(row.context)));
  }
}
