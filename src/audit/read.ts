import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { MismatchError } from '../errors.js';
import { openBytes, type Piece, prepend, splitLines } from './bytes.js';
import { type AuditEvent, parseEvent } from './event.js';
import { beginsEventList, splitEventList } from './event-list.js';

/** One line of a log, or one item of an EventList. */
export interface LogLine {
  /** From 0, in order of the input. */
  line: number;
  /** The line as it stands, without its end; empty when it is not UTF-8 or too long. */
  text: string;
  /** Null when the line was skipped. */
  event: AuditEvent | null;
  /** Why. */
  skipped?: string;
  /** The integer `label` of the paper's public format. */
  publicLabel?: number;
}

export interface ReadOptions {
  /** How errors call the source. Default: its path, or `standard input`. */
  name?: string;
  /** Lines that cannot be read are given as skipped instead of ending with an error. Default false. */
  skipInvalid?: boolean;
  /** Bytes a line may have. Default 64 MiB. */
  maxLineBytes?: number;
}

/** Where a line stands and what makes it readable. */
interface Setting {
  file: string;
  line: number;
  most: number;
}

const DEFAULT_MAX = 64 * 1024 * 1024;
const HINT = 'Drop the line with --skip-invalid, or export the log again.';

/**
 * Reads an audit log as a stream: JSON lines or an EventList, plain or gzip, of any length in bounded memory.
 *
 * Errors name the line of the (unpacked) file, from 1.
 *
 * @param source Path of a file, or a stream of bytes.
 * @throws {MismatchError} A line cannot be read. With `skipInvalid` only when the file as a whole cannot: it is not there, its gzip or
 *   its EventList is cut off.
 * @example for await (const { event } of readAuditLog('audit.log.gz')) console.log(event?.verb);
 */
export async function* readAuditLog(
  source: string | Readable,
  options: ReadOptions = {},
): AsyncGenerator<LogLine> {
  const file = options.name ?? (typeof source === 'string' ? source : 'standard input');
  const most = options.maxLineBytes ?? DEFAULT_MAX;
  let line = 0;
  let last = 0;
  try {
    for await (const piece of pieces(source, file, most)) {
      last = piece.line;
      yield readLine(piece, line++, { file, line: last, most }, options.skipInvalid ?? false);
    }
  } catch (error) {
    if (!(error instanceof MismatchError) || error.mismatch.line !== undefined || last === 0) throw error;
    throw new MismatchError(
      { ...error.mismatch, line: last + 1 },
      { ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error },
    );
  }
}

async function* pieces(source: string | Readable, file: string, most: number): AsyncGenerator<Piece> {
  const chunks = openBytes(source, file);
  try {
    let head: Uint8Array = new Uint8Array(0);
    let ended = false;
    while (head.length < 4096 && !ended) {
      const next = await chunks.next();
      if (next.done) ended = true;
      else head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
    }
    const all = prepend(head, chunks);
    yield* beginsEventList(head) ? splitEventList(all, file, most) : splitLines(all, most);
  } finally {
    await chunks.return(undefined);
  }
}

function readLine({ bytes }: Piece, line: number, setting: Setting, skipInvalid: boolean): LogLine {
  let text = '';
  try {
    text = decode(bytes, setting);
    if (text.trim() === '') return { line, text, event: null, skipped: 'blank line' };
    const event = parseEvent(text, setting);
    const { label } = event as AuditEvent & { label?: unknown };
    return Number.isInteger(label)
      ? { line, text, event, publicLabel: label as number }
      : { line, text, event };
  } catch (error) {
    if (!skipInvalid || !(error instanceof MismatchError)) throw error;
    const { expected, got } = error.mismatch;
    return { line, text, event: null, skipped: `expected ${expected}, got ${got}` };
  }
}

function decode(bytes: Uint8Array | null, { file, line, most }: Setting): string {
  const fail = (expected: string, got: string): never => {
    throw new MismatchError({ folder: 'audit', file, line, expected, got }, { hint: HINT });
  };
  if (bytes === null) return fail(`a line of at most ${most} bytes`, 'a longer one');
  if (bytes.includes(0)) return fail('a line of UTF-8 text', 'NUL bytes');
  if (!isUtf8(bytes)) return fail('a line of UTF-8 text', 'other bytes');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.slice(text.startsWith('\uFEFF') ? 1 : 0, text.endsWith('\r') ? -1 : undefined);
}
