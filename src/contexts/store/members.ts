import { join } from 'node:path';
import { quoted } from '../../files/duckdb.js';
import type { Database } from './database.js';
import { type Part, STREAMS, type StreamCheck } from './manifest.js';

/** Parts whose numbers are held at once: four bytes a line. */
const HELD = 16;

/** A line of a context. */
export interface Member {
  line: number;
  /** The line that caused it, where that is known. */
  cause: number | null;
  /** Why it is in the context, in a word. */
  why: string;
}

interface Found {
  part: number;
  place: bigint;
  trigger: boolean;
  context: number;
  cause: number | null;
  why: string | null;
}

/** Finds which lines contexts have. */
export class Members {
  readonly #held = new Map<string, Int32Array>();

  constructor(
    readonly database: Database,
    readonly dir: string,
    readonly parts: readonly Part[],
    readonly check: StreamCheck,
  ) {}

  /**
   * The lines of some contexts, ascending, by context.
   *
   * @param contexts Numbers, from the least to the greatest.
   * @throws {AuditweaveError} A part's streams are not as they were written.
   */
  async of(contexts: readonly number[]): Promise<Map<number, Member[]>> {
    const found = new Map<number, Member[]>(contexts.map((context) => [context, []]));
    const rows = this.database.stream<Found>(
      `SELECT "part", place, "trigger", "context", cause, why FROM lines WHERE "context" BETWEEN ${contexts[0]} AND ${contexts.at(-1)}`,
    );
    for await (const { part, place, trigger, context, cause, why } of rows) {
      const lines = found.get(context);
      if (!lines) continue;
      const line = trigger ? context : (await this.#numbersOf(this.parts[part]!))[Number(place)]!;
      lines.push({ line, cause, why: why ?? '' });
    }
    for (const lines of found.values()) lines.sort((a, b) => a.line - b.line);
    return found;
  }

  /** Numbers of a part's lines that are caused, by their row. */
  async #numbersOf(part: Part): Promise<Int32Array> {
    const held = this.#held.get(part.name);
    if (held) return held;
    await this.check.of(part);
    const rows = await this.database.rows<{ path: string; data: string }>(
      `SELECT path, data FROM read_parquet(${quoted(join(this.dir, part.name, STREAMS))}) WHERE path IN (' lines in', ' lines +')`,
    );
    const stream = (name: string): string[] => rows.find(({ path }) => path === name)?.data.split('\n') ?? [];
    const steps = stream(' lines +');
    const caused: number[] = [];
    let line = 0;
    for (const [i, kind] of stream(' lines in').entries()) {
      line += Number(steps[i]);
      if (kind === 'c') caused.push(line);
    }
    const numbers = Int32Array.from(caused);
    this.#held.set(part.name, numbers);
    if (this.#held.size > HELD) this.#held.delete(this.#held.keys().next().value!);
    return numbers;
  }
}
