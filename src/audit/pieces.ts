import { MismatchError } from '../errors.js';
import type { Piece } from './bytes.js';
import { DocumentScanner } from './document.js';

const [NEWLINE, RETURN, SPACE, TAB, QUOTE] = [0x0a, 0x0d, 0x20, 0x09, 0x22] as const;
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d] as const;
/** What may follow the beginning of a list of events. */
const AFTER_LIST = new Set<number>([OPEN, OPEN_LIST, CLOSE_LIST, QUOTE]);
const NOTHING = new Uint8Array(0);
const LINE_END = Uint8Array.of(NEWLINE);
/** Bytes of a line without end after which it is looked at whether it is a list that can be opened before its end. */
const LONG = 1 << 20;
const LIST_HEAD =
  /^\uFEFF?\s*(\[\s*[[{"]|\{[^[]{0,4000}"(items|records|Records|events|logEvents|entries|hits|value)"\s*:\s*\[)/;
/** A line of a list that broke before: nothing but ends. */
const ENDS_ONLY = /^\s*[\]},][\s\]},]*$/;

/**
 * Cuts the bytes of a log into pieces: lines where each is JSON text or something else, and values where a document spans lines or a line
 * has a list of them. Holds at most one piece, and nothing of one that is too long.
 *
 * A line that breaks off inside a text, or goes on with what cannot stand there, is a piece by itself, and the next line is read anew.
 *
 * @param most Bytes a piece may have.
 * @returns The pieces that are complete after each chunk; to be taken before the next are asked for.
 * @throws {MismatchError} The log ends inside a list whose first items were given.
 */
export async function* splitPieces(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  most: number,
): AsyncGenerator<Iterable<Piece>> {
  const splitter = new Splitter(most);
  for await (const chunk of chunks) {
    splitter.add(chunk);
    yield splitter.pieces();
  }
  splitter.end();
  yield splitter.pieces();
  if (splitter.cut !== null)
    throw new MismatchError(
      {
        folder: 'audit',
        file: name,
        line: splitter.cut,
        expected: 'a complete list of events',
        got: 'its end in the middle',
      },
      { hint: 'The file is cut off; copy it again, or use JSON lines.' },
    );
}

/**
 * The values that stand one after another in a text, and what is left where it goes on with something else, or null.
 *
 * @example valuesOf('{"a":1}{"b":2}', 1e6) // { values: ['{"a":1}', '{"b":2}'], rest: null }
 */
export function valuesOf(text: string, most: number): { values: string[]; rest: string | null } {
  const bytes = Buffer.from(`${text}\n`);
  const scanner = new DocumentScanner(1, most);
  const pieces: Piece[] = [];
  let at = 0;
  // It stops at each end of a line between two values.
  do at = scanner.feed(bytes, at, pieces);
  while (scanner.state === 'idle' && at < bytes.length);
  const values = pieces.flatMap((piece) => (piece.bytes ? [Buffer.from(piece.bytes).toString('utf8')] : []));
  if (scanner.state === 'idle') return { values, rest: null };
  const begun = scanner.rest.bytes?.length ?? 0;
  return { values, rest: bytes.toString('utf8', at - begun).trim() };
}

/**
 * The pieces of a text of several lines, which a wrapping held as one: lines, and values that span lines.
 *
 * @param most Bytes that a piece may have; a longer one is the text that it is.
 * @example textsOf('started\n{"a":\n1}', 1e6) // ['started', '{"a":\n1}']
 */
export function textsOf(text: string, most: number): string[] {
  const splitter = new Splitter(most);
  const bytes = Buffer.from(text);
  splitter.add(bytes);
  const pieces = [...splitter.pieces()];
  splitter.end();
  pieces.push(...splitter.pieces());
  // Items that were given of a list without an end would be taken for all there is.
  if (splitter.cut !== null || pieces.some((piece) => piece.bytes === null)) return [text];
  return pieces.map((piece) => Buffer.from(piece.bytes!).toString('utf8')).filter((one) => one.trim() !== '');
}

/** The state of `splitPieces` between two chunks. */
class Splitter {
  /** Line on which the log ended inside a list, or null. */
  cut: number | null = null;
  readonly #most: number;
  #chunk: Uint8Array = NOTHING;
  #at = 0;
  #ended = false;
  #line = 1;
  #parts: Uint8Array[] = [];
  #length = 0;
  #document: DocumentScanner | null = null;
  readonly #ready: Piece[] = [];
  /** The line that begins here is given as it stands. */
  #asLine = false;
  /** What is left of a list that broke: lines of nothing but ends. */
  #afterList = false;
  /** The line so far was looked at and is no list. */
  #looked = false;
  /** The line so far is too long, and was given as that; its rest is passed over. */
  #told = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes the next bytes; all before must have been given. */
  add(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** Says that no more bytes come. */
  end(): void {
    this.#ended = true;
  }

  /** The pieces that are complete. */
  *pieces(): Generator<Piece> {
    for (let piece = this.#next(); piece; piece = this.#next()) yield piece;
  }

  #next(): Piece | undefined {
    for (;;) {
      const ready = this.#ready.shift();
      if (ready) return ready;
      if (this.#document) {
        if (this.#at >= this.#chunk.length && !this.#ended) return undefined;
        this.#scan(this.#document);
        continue;
      }
      const end = this.#chunk.indexOf(NEWLINE, this.#at);
      if (end >= 0) {
        const piece = this.#takeLine(end);
        if (piece) return piece;
        continue;
      }
      const tail = this.#chunk.subarray(this.#at);
      this.#chunk = NOTHING;
      this.#at = 0;
      if (this.#opensList(tail, Math.min(LONG, this.#most))) {
        this.#begin(this.#joined(tail));
        continue;
      }
      this.#hold(tail);
      if (this.#length > this.#most && !this.#told) {
        this.#told = true;
        return { line: this.#line, bytes: null };
      }
      if (!this.#ended || this.#length === 0) return undefined;
      this.#chunk = LINE_END;
    }
  }

  /** Ends the line at a newline; undefined when it is the beginning of a document, or nothing. */
  #takeLine(end: number): Piece | undefined {
    const [line, start] = [this.#line, this.#at];
    const last = this.#chunk.subarray(start, end);
    const isList = this.#opensList(last, this.#most);
    const whole = this.#length + last.length > this.#most && !isList ? null : this.#joined(last);
    const kind = this.#asLine ? 'object' : isList ? 'document' : whole && kindOf(whole);
    const inChunk = this.#parts.length === 0;
    const told = this.#told;
    this.#parts = [];
    this.#length = 0;
    this.#looked = false;
    this.#told = false;
    this.#asLine = false;
    if (whole && kind === 'document') {
      if (inChunk) this.#document = new DocumentScanner(line, this.#most);
      else this.#begin(Buffer.concat([whole, this.#chunk.subarray(end)]));
      return undefined;
    }
    this.#at = end + 1;
    this.#line++;
    if (told) return undefined;
    if (this.#afterList && kind === 'text' && ENDS_ONLY.test(Buffer.from(whole!).toString('latin1')))
      return undefined;
    return { line, bytes: whole };
  }

  /** Begins a document with bytes that go before all others. */
  #begin(bytes: Uint8Array): void {
    this.#document = new DocumentScanner(this.#line, this.#most);
    this.#parts = [];
    this.#length = 0;
    this.#looked = false;
    this.#chunk = bytes;
    this.#at = 0;
  }

  /** Feeds the document that is open. */
  #scan(document: DocumentScanner): void {
    if (this.#at >= this.#chunk.length) {
      // The log has ended; an end of a line ends a last number, and no more.
      document.feed(LINE_END, 0, this.#ready);
      this.#chunk = NOTHING;
      this.#at = 0;
      this.#document = null;
      if (document.state === 'idle') return;
      if (document.inList) this.cut = document.line - (document.state === 'broken' ? 0 : 1);
      else this.#giveUp(document, 0, document.state === 'open');
      return;
    }
    this.#at = document.feed(this.#chunk, this.#at, this.#ready);
    if (document.state === 'broken') this.#giveUp(document, this.#at);
    else if (document.state === 'idle' && this.#at > 0 && this.#chunk[this.#at - 1] === NEWLINE) {
      this.#document = null;
      this.#line = document.line;
    }
  }

  /** Takes what the document holds back into lines, from the position on that it stopped at; without the end of a line added to it. */
  #giveUp(document: DocumentScanner, at: number, endAdded = false): void {
    const { line, bytes: held } = document.rest;
    const bytes = endAdded && held ? held.subarray(0, -1) : held;
    this.#document = null;
    this.#afterList = document.inList;
    this.#line = line;
    this.#asLine = true;
    if (bytes === null) {
      this.#ready.push({ line, bytes: null });
      this.#line = document.line;
      const end = this.#chunk.indexOf(NEWLINE, at);
      this.#at = end < 0 ? this.#chunk.length : end + 1;
      this.#asLine = false;
      if (end >= 0) this.#line++;
      else {
        // Its end is in a later chunk.
        this.#told = true;
        this.#looked = true;
        this.#length = this.#most + 1;
      }
      return;
    }
    const from = at - bytes.length;
    if (from >= 0 && Buffer.compare(this.#chunk.subarray(from, at), bytes) === 0) this.#at = from;
    else {
      this.#chunk = Buffer.concat([bytes, this.#chunk.subarray(at)]);
      this.#at = 0;
    }
  }

  #hold(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length <= this.#most) this.#parts.push(bytes);
    else this.#parts = [];
  }

  #joined(last: Uint8Array): Uint8Array {
    return this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
  }

  /** Whether the line so far has more than `limit` bytes and is a list that can be opened before its end. */
  #opensList(tail: Uint8Array, limit: number): boolean {
    if (this.#length + tail.length <= limit || this.#looked || this.#asLine) return false;
    this.#looked = true;
    return LIST_HEAD.test(Buffer.from(this.#joined(tail).subarray(0, 4096)).toString('utf8'));
  }
}

/** Whether a line is one object as it seems, may be the beginning of a document or a list, or is something else. */
function kindOf(line: Uint8Array): 'object' | 'document' | 'text' {
  let from = line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? 3 : 0;
  while (from < line.length && isSpace(line[from]!)) from++;
  if (line[from] === OPEN_LIST) {
    // A time or a name in brackets begins no list.
    do from++;
    while (from < line.length && isSpace(line[from]!));
    return from === line.length || AFTER_LIST.has(line[from]!) ? 'document' : 'text';
  }
  if (line[from] !== OPEN) return 'text';
  let last = line.length - 1;
  while (last > from && isSpace(line[last]!)) last--;
  return line[last] === CLOSE ? 'object' : 'document';
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}
