import { join } from 'node:path';
import { AuditweaveError } from '../../errors.js';
import { quoted } from '../../files/duckdb.js';
import { groupOf, kindOf, LINE_COLUMNS, LineTexts, likeOf, type StoredRow } from './columns.js';
import type { Database } from './database.js';
import type { Keep } from './keep.js';
import { identityOf, type KnownLine } from './known-lines.js';
import type { Part } from './manifest.js';
import { Joiner } from './unshape.js';
import { Values } from './values.js';

/** A line that a store keeps. */
export interface StoredLine {
  /** Its number in the store. */
  line: number;
  text: string;
  /** Number of its context, or null. */
  context: number | null;
  /** Number of the line that caused it, where that is known. */
  cause: number | null;
  trigger: boolean;
  /** Lines of the context that it triggers, as they were told last. */
  told?: number;
  /** Whether an earlier part has it too. */
  retold: boolean;
}

/** The lines of a part as they came, in order. Holds one part. */
export async function* readPart(
  database: Database,
  dir: string,
  part: Part,
  keep: Keep,
): AsyncGenerator<StoredLine> {
  const from = (name: string): string => `read_parquet(${quoted(join(dir, part.name, `${name}.parquet`))})`;
  const damaged = (): never => {
    throw new AuditweaveError(
      `contexts: expected the lines of ${join(dir, part.name)} to be whole, got fewer values.`,
      {
        hint: 'Write the store again from the log, into a new folder.',
      },
    );
  };
  const values = new Values(damaged);
  for await (const { path, data } of database.stream<{ path: string; data: string }>(
    `SELECT path, data FROM ${from('streams')}`,
  ))
    values.add(path, data);
  const joiner = new Joiner(values);
  const clients = await database.rows<StoredRow>(`SELECT * FROM ${from('clients')} ORDER BY client`);
  const columns = Object.keys(LINE_COLUMNS)
    .map((column) => `"${column}"`)
    .join(', ');
  type Row = StoredRow & { context: number | null; cause: number | null; lines: number | null };
  const triggers = database.stream<Row>(`SELECT ${columns}, lines FROM ${from('triggers')}`);
  const caused = database.stream<Row>(
    `SELECT ${columns}, NULL AS lines FROM ${from(keep === 'compact' ? 'triggers' : 'caused')}`,
  );
  let line = 0;
  for (let i = values.count(' lines in'); i > 0; i--) {
    const trigger = values.take(' lines in') === 't';
    line += Number(values.take(' lines +'));
    const { value: row, done } = await (trigger ? triggers : caused).next();
    if (done) return damaged();
    const texts = new LineTexts(row, clients[row.client as unknown as number] ?? damaged());
    const shape = values.shape(Number(values.take(' lines #')));
    const group = groupOf(row, keep);
    values.begin(group, likeOf(row, group, kindOf(row, group)));
    const text = joiner.line(shape, group, (mark) => texts.textOf(mark) ?? damaged());
    values.end();
    yield {
      line,
      text,
      context: row.context,
      cause: row.cause,
      trigger,
      retold: part.lines === 0 || line < part.numbers[0],
      ...(row.lines === null ? {} : { told: row.lines }),
    };
  }
}

/** The lines of a part by what they are. */
export async function linesOfPart(
  database: Database,
  dir: string,
  part: Part,
  keep: Keep,
): Promise<Map<string, KnownLine>> {
  const known = new Map<string, KnownLine>();
  for await (const { line, text, context, told } of readPart(database, dir, part, keep))
    known.set(identityOf(text), { line, context, ...(told === undefined ? {} : { told }) });
  return known;
}
