import type { Piece } from './bytes.js';

const [TAB, NEWLINE, RETURN, SPACE, QUOTE, COMMA, COLON, BACKSLASH] = [
  0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a, 0x5c,
] as const;
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d] as const;
const MARK = new Set([0xef, 0xbb, 0xbf]);
/** Nesting that is followed; a deeper line is refused by whoever parses it. */
const DEEPEST = 10_000;
/** Bytes of a key that are looked at. */
const KEY_LENGTH = 16;
/** Keys of the lists in which exporters wrap what they have, as far as it is worth to open them before their end. */
const LISTS = new Set(['items', 'records', 'Records', 'events', 'logEvents', 'entries', 'hits', 'value']);

/** What may come next. */
const Next = { Value: 0, ValueOrClose: 1, Key: 2, KeyOrClose: 3, Colon: 4, CommaOrClose: 5 } as const;

/** How a document stands after the bytes that were fed. */
export type DocumentState = 'idle' | 'open' | 'broken';

/**
 * Follows the structure of JSON text byte by byte and cuts it into values: each value of the outermost level, or each item of the list
 * that the document is or holds under one of the keys of exporters (`items` of an EventList, `records`, `hits.hits`, …). Holds at most
 * one value or item, and nothing of one that is too long.
 */
export class DocumentScanner {
  /** Line of the next byte, from 1. */
  line: number;
  state: DocumentState = 'idle';
  /** Whether items of a list have been given whose end has not come. */
  inList = false;
  readonly #most: number;
  #stack = new Uint8Array(64);
  #depth = 0;
  #next: (typeof Next)[keyof typeof Next] = Next.Value;
  #inText = false;
  #escaped = false;
  #inScalar = false;
  #inKey = false;
  #key: number[] = [];
  #lastKey = '';
  /** Whether the outermost object is itself an audit event, whatever lists it has. */
  #isEvent = false;
  /** Depth of the open list whose items are given; 0: none. */
  #list = 0;
  /** Whether the outermost value has given items, and so is not given itself. */
  #listed = false;
  #collecting = false;
  #started = 0;
  #parts: Uint8Array[] = [];
  #length = 0;

  /** @param most Bytes a piece may have. */
  constructor(line: number, most: number) {
    this.line = line;
    this.#most = most;
  }

  /** What the unfinished piece has so far and the line on which it starts; null bytes when it is too long. */
  get rest(): { line: number; bytes: Uint8Array | null } {
    const bytes = this.#length > this.#most ? null : Buffer.concat(this.#parts);
    return { line: this.#collecting ? this.#started : this.line, bytes };
  }

  /**
   * Takes bytes from `from` on, up to the end of a line that ends a document, to a byte that cannot stand where it does, or to the last.
   *
   * @param out Gets the pieces that are complete.
   * @returns Position after the last byte taken; of the byte that cannot stand where it does when `state` is then `broken`.
   */
  feed(chunk: Uint8Array, from: number, out: Piece[]): number {
    let begin = this.#collecting ? from : -1;
    const keep = (end: number): void => {
      if (begin < 0) return;
      this.#length += end - begin;
      if (this.#length <= this.#most) this.#parts.push(chunk.subarray(begin, end));
      else this.#parts = [];
      begin = -1;
    };
    const start = (at: number): void => {
      if (this.#collecting) return;
      this.#collecting = true;
      this.#started = this.line;
      begin = at;
    };
    const give = (end: number): void => {
      keep(end);
      out.push({ line: this.#started, bytes: this.#length > this.#most ? null : this.#joined() });
      this.#drop();
    };
    /** A value has ended with the byte before `end`. */
    const ended = (end: number): void => {
      this.#next = this.#depth === 0 ? Next.Value : Next.CommaOrClose;
      if (this.#depth === 0) {
        this.state = 'idle';
        if (!this.#listed) give(end);
        this.#reset();
      } else if (this.#depth === this.#list) give(end);
    };
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#inText) {
        if (byte === NEWLINE) break;
        if (this.#inKey && this.#key.length < KEY_LENGTH) this.#key.push(byte);
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inText = false;
          if (!this.#inKey) ended(at + 1);
          else {
            this.#inKey = false;
            this.#next = Next.Colon;
            this.#lastKey = this.#depth <= 2 ? String.fromCharCode(...this.#key.slice(0, -1)) : '';
            if (this.#depth === 1 && this.#lastKey === 'auditID') {
              if (this.#listed) break;
              this.#isEvent = true;
            }
          }
        }
        continue;
      }
      if (this.#inScalar) {
        if (isScalar(byte)) continue;
        this.#inScalar = false;
        ended(at);
      }
      if (byte === NEWLINE) {
        this.line++;
        if (this.#depth === 0) {
          at++;
          this.state = 'idle';
          return at;
        }
        continue;
      }
      if (byte === SPACE || byte === TAB || byte === RETURN) continue;
      if (this.#depth === 0 && (byte === COMMA || MARK.has(byte))) continue;
      if (byte === QUOTE) {
        if (this.#next === Next.Key || this.#next === Next.KeyOrClose) {
          this.#inKey = true;
          this.#key = [];
        } else if (this.#mayValue()) {
          if (this.#takesItem()) start(at);
        } else break;
        this.#inText = true;
      } else if (byte === OPEN || byte === OPEN_LIST) {
        if (!this.#mayValue() || this.#depth >= DEEPEST) break;
        this.state = 'open';
        const isList = byte === OPEN_LIST;
        if (isList && this.#opensList()) {
          this.#drop();
          begin = -1;
          this.#list = this.#depth + 1;
          this.#listed = true;
          this.inList = true;
        } else if (this.#takesItem()) start(at);
        this.#push(isList ? 1 : 0);
        this.#next = isList ? Next.ValueOrClose : Next.KeyOrClose;
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        const isList = byte === CLOSE_LIST;
        const mayClose =
          this.#next === Next.CommaOrClose || this.#next === (isList ? Next.ValueOrClose : Next.KeyOrClose);
        if (this.#depth === 0 || !mayClose || this.#stack[this.#depth] !== (isList ? 1 : 0)) break;
        if (this.#depth === this.#list) this.#list = 0;
        this.#depth--;
        ended(at + 1);
      } else if (byte === COMMA) {
        if (this.#next !== Next.CommaOrClose) break;
        this.#next = this.#stack[this.#depth] === 1 ? Next.Value : Next.Key;
      } else if (byte === COLON) {
        if (this.#next !== Next.Colon) break;
        this.#next = Next.Value;
      } else if (isScalar(byte)) {
        if (!this.#mayValue()) break;
        if (this.#takesItem()) start(at);
        this.#inScalar = true;
      } else break;
      if (this.#depth > 0 || this.#inText || this.#inScalar) this.state = 'open';
    }
    keep(at);
    if (at < chunk.length) this.state = 'broken';
    return at;
  }

  #joined(): Uint8Array {
    return this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
  }

  #drop(): void {
    this.#collecting = false;
    this.#parts = [];
    this.#length = 0;
  }

  #reset(): void {
    this.#list = 0;
    this.#listed = false;
    this.inList = false;
    this.#isEvent = false;
    this.#lastKey = '';
  }

  #mayValue(): boolean {
    return this.#next === Next.Value || this.#next === Next.ValueOrClose;
  }

  /** Whether the value that begins is a piece, or the beginning of one. */
  #takesItem(): boolean {
    return !this.#collecting && (this.#depth === 0 || (this.#list > 0 && this.#depth === this.#list));
  }

  /** Whether the list that begins is one whose items are given. */
  #opensList(): boolean {
    if (this.#isEvent || this.#list > 0) return false;
    if (this.#depth === 0) return true;
    if (this.#stack[1] === 1 || !LISTS.has(this.#lastKey)) return false;
    return this.#depth === 1 || (this.#depth === 2 && this.#lastKey === 'hits' && this.#stack[2] === 0);
  }

  #push(kind: 0 | 1): void {
    this.#depth++;
    if (this.#depth === this.#stack.length) {
      const larger = new Uint8Array(2 * this.#depth);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    this.#stack[this.#depth] = kind;
  }
}

/** Digits, letters and signs: of numbers, `true`, `false` and `null`, or of what is none of them. */
function isScalar(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e
  );
}
