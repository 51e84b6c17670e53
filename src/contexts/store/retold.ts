import { join } from 'node:path';
import { quoted } from '../../files/duckdb.js';
import type { Database } from './database.js';
import type { Part, StoreManifest } from './manifest.js';

/** Which contexts later parts of a store tell anew, and how many lines they had when they were told last. */
export class Retold {
  readonly #manifest: StoreManifest;
  readonly #last = new Map<number, { part: Part; lines: number }>();

  private constructor(manifest: StoreManifest) {
    this.#manifest = manifest;
  }

  /** Reads what the parts say of it, or, in parts of older versions, their contexts. */
  static async of(dir: string, manifest: StoreManifest, database: Database): Promise<Retold> {
    const retold = new Retold(manifest);
    const some = manifest.parts.some(({ superseded, lines }) => superseded.length > 0 || lines === 0);
    for (const part of some ? manifest.parts : [])
      retold.add(part, part.retold ?? (await earlier(dir, part, database)));
    return retold;
  }

  /** Lines of a context as it was told anew last; undefined when it never was. */
  linesOf(context: number): number | undefined {
    return this.#last.get(context)?.lines;
  }

  /** Takes contexts that a part tells anew: what an earlier one tells of them no longer holds. */
  add(part: Part, contexts: Iterable<readonly [context: number, lines: number]>): void {
    for (const [context, lines] of contexts) {
      const before = this.#last.get(context)?.part ?? this.#manifest.parts.find(has(context));
      if (before && before !== part && !before.superseded.includes(context)) before.superseded.push(context);
      this.#last.set(context, { part, lines });
    }
  }
}

const has =
  (context: number) =>
  ({ numbers: [first, last] }: Part): boolean =>
    context >= first && context <= last;

async function earlier(dir: string, part: Part, database: Database): Promise<[number, number][]> {
  const before = part.lines === 0 ? '' : `WHERE "context" < ${part.numbers[0]}`;
  const rows = await database.rows<{ context: number; lines: number }>(
    `SELECT "context"::DOUBLE AS "context", lines::DOUBLE AS lines FROM read_parquet(${quoted(join(dir, part.name, 'triggers.parquet'))}) ${before}`,
  );
  return rows.map(({ context, lines }) => [context, lines]);
}
