import { openBytes, splitLines } from '../audit/bytes.js';
import { isRecord, show } from '../audit/event.js';
import type { Label } from '../audit/labels.js';
import { MismatchError, printable } from '../errors.js';

/** A row of `truth.jsonl.gz`: what one line of the log belongs to. */
export interface TruthRow {
  /** From 0. */
  line: number;
  auditID: string;
  stage: string;
  capture: string;
  /** Null when the triggering event is no request on a resource (discovery, health checks). */
  label: Label | null;
  context: string;
  /** Whether this is the line of the context's triggering event. */
  trigger: boolean;
  background: boolean;
  /** The rule that found it. */
  how: string;
  /** Whether two ways of finding it disagree. */
  disputed: boolean;
  /** Lines of the requests that it comes of directly, where the cluster said so. */
  causes?: number[];
  /** Lines of the triggering events that these go back to. */
  roots?: number[];
}

/**
 * Reads `truth.jsonl.gz`, a row at a time.
 *
 * @throws {MismatchError} A row is not of that form, or out of order, with its line.
 */
export async function* readTruth(file: string): AsyncGenerator<TruthRow> {
  let next = 0;
  for await (const { line, bytes } of splitLines(openBytes(file, file), 1 << 20)) {
    const fail = (expected: string, got: unknown): never => {
      throw new MismatchError({ folder: 'audit', file, line, expected, got: show(got) });
    };
    let row: unknown;
    try {
      row = bytes === null ? null : JSON.parse(Buffer.from(bytes).toString('utf8'));
    } catch (error) {
      fail('a JSON object', printable((error as Error).message));
    }
    if (!isRecord(row)) return fail('a JSON object', row);
    if (row.line !== next) fail(`line ${next}`, row.line);
    for (const key of ['auditID', 'stage', 'capture', 'context', 'how'])
      if (typeof row[key] !== 'string') fail(`${key} to be a text`, row[key]);
    for (const key of ['trigger', 'background', 'disputed'])
      if (typeof row[key] !== 'boolean') fail(`${key} to be true or false`, row[key]);
    for (const key of ['causes', 'roots'])
      if (row[key] !== undefined && !(Array.isArray(row[key]) && row[key].every(Number.isInteger)))
        fail(`${key} to be lines of the log`, row[key]);
    const { label } = row;
    if (label !== null && !(Array.isArray(label) && label.length === 5 && label.every(Number.isInteger)))
      fail('label to be five integers or null', label);
    next++;
    yield row as unknown as TruthRow;
  }
}
