import type { Readable } from 'node:stream';
import { MismatchError } from '../errors.js';
import { openBytes, type Piece, splitLines } from './bytes.js';
import { type AuditEvent, parseEvent } from './event.js';
import { beginsEventList, splitEventList } from './event-list.js';

/** One line of a log, or one item of an EventList. */
export interface LogLine {
  /** From 0, in order of the input. */
  line: number;
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

const DEFAULT_MAX = 64 * 1024 * 1024;

/**
 * Reads an audit log as a stream: JSON lines or an EventList, plain or gzip, of any length in bounded memory.
 *
 * @param source Path of a file, or a stream of bytes.
 * @throws {MismatchError} The log cannot be read, with file and line. With `skipInvalid` only when it can't be read at all.
 * @example for await (const { event } of readAuditLog('audit.log.gz')) console.log(event?.verb);
 */
export async function* readAuditLog(
  source: string | Readable,
  options: ReadOptions = {},
): AsyncGenerator<LogLine> {
  const name = options.name ?? (typeof source === 'string' ? source : 'standard input');
  const most = options.maxLineBytes ?? DEFAULT_MAX;
  let line = 0;
  for await (const piece of pieces(source, name, most)) yield readLine(piece, line++, name, options);
}

async function* pieces(source: string | Readable, name: string, most: number): AsyncGenerator<Piece> {
  const chunks = openBytes(source, name);
  let head: Uint8Array = new Uint8Array(0);
  let ended = false;
  while (head.length < 4096 && !ended) {
    const next = await chunks.next();
    if (next.done) ended = true;
    else head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    if (!ended) yield* chunks;
  };
  yield* beginsEventList(head) ? splitEventList(all(), name, most) : splitLines(all(), name, most);
}

function readLine(piece: Piece, line: number, name: string, { skipInvalid = false }: ReadOptions): LogLine {
  const place = { file: name, line: piece.line };
  let text = '';
  try {
    text = decode(piece.bytes, place);
    if (text.trim() === '') return { line, text, event: null, skipped: 'blank line' };
    const event = parseEvent(text, place);
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

function decode(bytes: Uint8Array, place: { file: string; line: number }): string {
  const fail = (got: string): never => {
    throw new MismatchError(
      { folder: 'audit', ...place, expected: 'a line of UTF-8 text', got },
      { hint: 'Drop the line with --skip-invalid, or export the log again.' },
    );
  };
  if (bytes.includes(0)) fail('NUL bytes');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r$/, '');
  } catch {
    return fail('bytes that are not UTF-8');
  }
}
