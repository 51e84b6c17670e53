import { isAscii, isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { MismatchError } from '../errors.js';
import { openBytes, type Piece } from './bytes.js';
import { type AuditEvent, checkEvent } from './event.js';
import { goJson } from './go-json.js';
import { withoutPadding } from './padding.js';
import { splitPieces } from './pieces.js';
import { SharedTexts } from './shared-texts.js';
import type { TextParts } from './wrappings/text-parts.js';
import { isEvent, Unwrapper } from './wrappings/unwrapper.js';
import type { Unwrapped } from './wrappings/wrapping.js';

/** One line of a log: of the file as it stands, or an event or a line that was wrapped in it. */
export interface LogLine {
  /** From 0, in order of the input; of its own file, where there are several. */
  line: number;
  /** Its file, where there are several. */
  file?: string;
  /** Physical line of the (unpacked) file on which it stands, from 1, where it was read from one. */
  at?: number;
  /** Its own text, without its end, of an event always on one line; empty when it is not UTF-8 or too long. */
  text: string;
  /** Null when the line was skipped. */
  event: AuditEvent | null;
  /** Why. */
  skipped?: string;
  /** Whether it was skipped because it cannot be read, and not because it is something else. */
  invalid?: true;
  /** That the event was made of an entry that says less: of Google Cloud Logging, or an admission review. */
  lacks?: 'google' | 'admission';
  /** The integer `label` of the paper's public format. */
  publicLabel?: number;
}

/**
 * A line's text; where it has none of its own, the event as the API server writes it.
 *
 * @example wholeText({ text: '' }, event) // '{"kind":"Event",…}'
 */
export const wholeText = ({ text }: Pick<LogLine, 'text'>, event: AuditEvent): string =>
  text === '' ? goJson(event) : text;

export interface ReadOptions {
  /** How errors call the source. Default: its path, or `standard input`. */
  name?: string;
  /** Lines that cannot be read are given as skipped instead of ending with an error. Default false. */
  skipInvalid?: boolean;
  /** Bytes a line may have. Default 64 MiB. */
  maxLineBytes?: number;
  /** Parts of lines whose rest is in a later file: what a log that is cut into files hands on, but for the last. */
  parts?: TextParts;
  /** Whether no later file has such rests. Default true. */
  last?: boolean;
  /** What a reader can do about a line that cannot be read. Default: `--skip-invalid`. */
  hint?: (place: { file: string; line: number }) => string;
}

/** A failed parse costs as much as a sound line, and a log may have millions of lines that are blank or of something else. */
const MAY_BE_JSON = /^\s*[{["\dtfn-]/;
const FEW_BYTES = 2000;
const DEFAULT_MAX = 64 * 1024 * 1024;
/** Bytes of lines, and lines, from which on no more are given together. */
const [BATCH_BYTES, BATCH_LINES] = [1 << 18, 4096] as const;
const HINT = 'Drop the line with --skip-invalid, or export the log again.';

/**
 * Reads an audit log as a stream of any length in bounded memory: JSON lines, values that span lines or stand on one, lists of events,
 * plain or packed, and events in what tools and clouds wrap them in (`wrappings/`); the form is found by content.
 *
 * Errors name the line of the (unpacked) file, from 1.
 *
 * @param source Path of a file, or a stream of bytes.
 * @throws {MismatchError} A line cannot be read. With `skipInvalid` only when the file as a whole cannot: it is not there, is an archive,
 *   its packed data or its list of events is cut off.
 * @example for await (const { event } of readAuditLog('audit.log.gz')) console.log(event?.verb);
 */
export async function* readAuditLog(
  source: string | Readable,
  options: ReadOptions = {},
): AsyncGenerator<LogLine> {
  for await (const lines of readBatches(source, options)) for (const line of lines) yield line;
}

/**
 * The same lines, those together that came together: who takes each by itself pays for the wait between two.
 *
 * @throws {MismatchError} As `readAuditLog`, after the lines before it were given.
 */
export async function* readBatches(
  source: string | Readable,
  options: ReadOptions = {},
): AsyncGenerator<LogLine[]> {
  const file = options.name ?? (typeof source === 'string' ? source : 'standard input');
  const most = options.maxLineBytes ?? DEFAULT_MAX;
  const reader = new LineReader(file, most, options);
  const chunks = openBytes(source, file);
  let last = 0;
  let lines: LogLine[] = [];
  try {
    for await (const pieces of splitPieces(withoutPadding(chunks), file, most)) {
      let bytes = 0;
      for (const piece of pieces) {
        last = piece.line;
        bytes += piece.bytes?.length ?? 0;
        const sound = reader.sound(piece);
        if (sound) lines.push(sound);
        else for (const line of reader.read(piece)) lines.push(line);
        if (bytes < BATCH_BYTES && lines.length < BATCH_LINES) continue;
        yield lines;
        lines = [];
        bytes = 0;
      }
      if (lines.length > 0) yield lines;
      lines = [];
    }
    for (const line of reader.end(last)) lines.push(line);
    if (lines.length > 0) yield lines;
  } catch (error) {
    if (lines.length > 0) yield lines;
    if (!(error instanceof MismatchError) || error.mismatch.line !== undefined || last === 0) throw error;
    throw new MismatchError(
      { ...error.mismatch, line: last + 1 },
      { ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error },
    );
  } finally {
    await chunks.return(undefined);
  }
}

/** Makes lines of pieces, and counts them. */
class LineReader {
  readonly #file: string;
  readonly #most: number;
  readonly #options: ReadOptions;
  readonly #unwrapper: Unwrapper;
  readonly #last: boolean;
  readonly #texts = new SharedTexts();
  #line = 0;
  /** What the last piece that is no plain event says, as `read` needs it. */
  #pending: { text: string; value?: unknown; problem?: [expected: string, got: string] } = { text: '' };

  constructor(file: string, most: number, options: ReadOptions) {
    this.#file = file;
    this.#most = most;
    this.#options = options;
    this.#unwrapper = new Unwrapper(most, options.parts);
    this.#last = options.last ?? true;
  }

  /** The line of a piece that is one audit event, as nearly all are; else null, and `read` is to be asked. */
  sound({ line: at, bytes }: Piece): LogLine | null {
    const ascii = bytes !== null && isAscii(bytes);
    const problem = this.#problemOf(bytes, ascii);
    if (problem) {
      this.#pending = { text: '', problem };
      return null;
    }
    const text = textOf(bytes!, ascii);
    if (!MAY_BE_JSON.test(text)) {
      this.#pending = { text };
      return null;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#pending = { text };
      return null;
    }
    if (isEvent(value)) return this.#lineOf(at, value, text, levelsOf(bytes!));
    this.#pending = { text, value };
    return null;
  }

  /** The lines of the piece that `sound` gave null for. */
  *read({ line: at }: Piece): Generator<LogLine> {
    const { text, problem } = this.#pending;
    if (problem) yield this.#invalid(at, '', { expected: problem[0], got: problem[1] });
    else if (text.trim() === '' && !this.#unwrapper.isInCell)
      yield { line: this.#line++, at, text, event: null, skipped: 'blank line' };
    else
      yield* this.#give(
        at,
        text,
        'value' in this.#pending
          ? this.#unwrapper.ofValue(this.#pending.value, text)
          : this.#unwrapper.ofText(text),
      );
  }

  *end(at: number): Generator<LogLine> {
    yield* this.#give(at, '', this.#unwrapper.end(this.#last));
  }

  *#give(at: number, text: string, found: readonly Unwrapped[]): Generator<LogLine> {
    for (const one of found) {
      if ('skipped' in one) yield { line: this.#line++, at, text, event: null, skipped: one.skipped };
      else if ('problem' in one) yield this.#invalid(at, text, one.problem);
      else {
        const line = this.#lineOf(at, one.event, one.text);
        yield one.lacks && line.event ? { ...line, lacks: one.lacks } : line;
      }
    }
  }

  #lineOf(at: number, value: unknown, text: string | undefined, bound = Number.POSITIVE_INFINITY): LogLine {
    const place = { file: this.#file, line: at };
    let event: AuditEvent;
    try {
      event = checkEvent(value, place, bound);
      this.#texts.share(event);
    } catch (error) {
      if (!(error instanceof MismatchError)) throw error;
      const own = error.hint === undefined || error.hint === HINT ? {} : { hint: error.hint };
      return this.#invalid(at, text ?? '', { ...error.mismatch, ...own });
    }
    // What stood on several lines becomes one, as the API server writes it: whoever puts lines out counts on it.
    const own = text === undefined || text.includes('\n') ? goJson(value) : text;
    const line: LogLine = { line: this.#line++, at, text: own, event };
    const { label } = value as { label?: unknown };
    if (Number.isInteger(label)) line.publicLabel = label as number;
    return line;
  }

  #invalid(
    at: number,
    text: string,
    { expected, got, hint }: { expected: string; got: string; hint?: string },
  ): LogLine {
    if (this.#options.skipInvalid)
      return {
        line: this.#line++,
        at,
        text,
        event: null,
        skipped: `expected ${expected}, got ${got}`,
        invalid: true,
      };
    const place = { file: this.#file, line: at };
    throw new MismatchError(
      { folder: 'audit', ...place, expected, got },
      { hint: hint ?? this.#options.hint?.(place) ?? HINT },
    );
  }

  #problemOf(bytes: Uint8Array | null, ascii: boolean): [expected: string, got: string] | null {
    if (bytes === null) return [`a line of at most ${this.#most} bytes`, 'a longer one'];
    if (bytes.includes(0)) return ['a line of UTF-8 text', 'NUL bytes'];
    return ascii || isUtf8(bytes) ? null : ['a line of UTF-8 text', 'other bytes'];
  }
}

function textOf(bytes: Uint8Array, ascii: boolean): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // ASCII is the same in latin1, which is copied as it stands.
  const text = buffer.toString(ascii ? 'latin1' : 'utf8');
  return text.slice(text.startsWith('\uFEFF') ? 1 : 0, text.endsWith('\r') ? -1 : undefined);
}

/** Levels that a text can be nested at most. What has few bytes needs no count: each level takes two. */
function levelsOf(bytes: Uint8Array): number {
  return bytes.length < FEW_BYTES ? bytes.length / 2 : openings(bytes);
}

/**
 * Brackets and braces that open in a text, which bound its nesting: counted four bytes at once, for every line is looked at. With bit 5
 * away both are 0x5b, and a byte of x is 0 where one stands.
 *
 * @returns At most six too many.
 */
function openings(bytes: Uint8Array): number {
  const skip = -bytes.byteOffset & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + skip, Math.max(0, bytes.length - skip) >> 2);
  let count = 6;
  for (let i = 0; i < words.length; i++) {
    const x = (words[i]! & 0xdfdfdfdf) ^ 0x5b5b5b5b;
    let found = ~(((x & 0x7f7f7f7f) + 0x7f7f7f7f) | x | 0x7f7f7f7f);
    for (; found !== 0; found &= found - 1) count++;
  }
  return count;
}
