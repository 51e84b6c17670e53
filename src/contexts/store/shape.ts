/**
 * A JSON line as its shape and its values.
 *
 * Lines of a log repeat their structure; what differs are values, and values of one field are alike. So a line is cut into its shape, the
 * text with a mark in place of each value, and its values, each in the stream of its path. Streams compress a third better than lines.
 * The cut is made in the text, not in what it means, so a line comes back byte for byte.
 *
 * Most lines have the shape of one that came shortly before: a line is held against those first, which takes a fifth of the time that it
 * takes to read its keys.
 */
import { MARK } from './pieces.js';
import { type Place, Places, type Template, toFront } from './places.js';
import type { Stream, Streams } from './streams.js';

/** Deeper than this, a line is one value. */
const DEEPEST = 128;
/** Kinds of lines whose shapes are remembered. */
const MOST_KINDS = 8192;

/** What the caller knows of a line: parts of its text that stand elsewhere, each with a mark to write in its place. */
export interface Known {
  /** The mark of a string, with its quotes, or a number, by its path or by itself; or null. It stands at `from` up to `to` of `text`. */
  markOf(path: string, text: string, from: number, to: number): string | null;
  /** The text that a mark stands for, or null where the line has none. */
  textOf(mark: string): string | null;
}

/** Text that is no compact JSON, or too deep. */
class NotCompact extends Error {}

/** Cuts lines, and pushes their values into streams. */
export class Cutter {
  readonly #streams: Streams;
  readonly #places: Places;
  readonly #whole: ReadonlySet<string>;
  /** Of lines, by their kind. */
  readonly #recent = new Map<string, Template[]>();
  /** What the line that is cut pushes, when all of it is cut. */
  readonly #into: Stream[] = [];
  readonly #values: string[] = [];
  #text = '';
  #at = 0;
  #resource = '';
  #known: Known = { markOf: () => null, textOf: () => null };

  /** @param whole Keys right below the top whose values are asked for as a whole, by the mark that `Known` has at that path, first. */
  constructor(streams: Streams, whole: ReadonlySet<string>) {
    this.#streams = streams;
    this.#places = new Places(streams);
    this.#whole = whole;
  }

  /**
   * Cuts a line.
   *
   * @param resource What the line is about.
   * @param kind Lines of one kind tend to be alike.
   * @returns The number of its shape; the values are pushed.
   */
  cut(text: string, known: Known, resource: string, kind: string): string {
    this.#text = text;
    this.#known = known;
    this.#resource = resource;
    this.#forget(0);
    const number = this.#byTemplate(kind) ?? this.#byKeys(kind);
    for (let i = 0; i < this.#into.length; i++) this.#into[i]!.push(this.#values[i]!);
    this.#forget(0);
    this.#streams.cut(text.length);
    return number;
  }

  #byTemplate(kind: string): string | null {
    const recent = this.#recent.get(kind);
    if (recent === undefined) return null;
    try {
      for (let i = 0; i < recent.length; i++) {
        this.#at = 0;
        if (this.#follow(recent[i]!, 0) && this.#at === this.#text.length) return toFront(recent, i).number;
        this.#forget(0);
      }
    } catch (error) {
      if (!(error instanceof NotCompact)) throw error;
      this.#forget(0);
    }
    return null;
  }

  #byKeys(kind: string): string {
    this.#at = 0;
    let shape: string;
    try {
      shape = this.#value(this.#places.root(this.#resource), 0);
      if (this.#at !== this.#text.length) throw new NotCompact();
    } catch (error) {
      if (!(error instanceof NotCompact)) throw error;
      this.#forget(0);
      this.#push(this.#streams.of(''), this.#text.replaceAll('\n', '\u0000'));
      return this.#streams.shape(MARK.text);
    }
    const number = this.#streams.shape(shape);
    const recent = this.#recent.get(kind) ?? [];
    if (this.#recent.size === MOST_KINDS) this.#recent.clear();
    this.#recent.set(kind, recent);
    this.#places.remember(recent, shape, number, '', this.#resource);
    return number;
  }

  /** Goes along a shape from where the text stands; false, with values of no use, where it is another. */
  #follow({ texts, holes }: Template, depth: number): boolean {
    const text = this.#text;
    for (let i = 0; i < holes.length; i++) {
      const before = texts[i]!;
      if (!text.startsWith(before, this.#at)) return false;
      this.#at += before.length;
      const hole = holes[i]!;
      const { mark, place } = hole;
      if (mark === MARK.list) {
        if (text.charCodeAt(this.#at) !== 0x5b) return false;
        this.#items(place, depth + hole.depth);
      } else if (mark === MARK.text || mark === MARK.number) {
        const isText = mark === MARK.text;
        const first = text.charCodeAt(this.#at);
        if (isText ? first !== 0x22 : !(first === 0x2d || (first >= 0x30 && first <= 0x39))) return false;
        const from = this.#at;
        if (isText) this.#string();
        else this.#word();
        const to = this.#at;
        if (this.#known.markOf(place.path, text, from, to) !== null) return false;
        this.#push(place.stream, isText ? text.slice(from + 1, to - 1) : text.slice(from, to));
      } else {
        const known = this.#known.textOf(mark);
        if (known === null || !text.startsWith(known, this.#at)) return false;
        this.#at += known.length;
      }
    }
    const rest = texts[holes.length]!;
    if (!text.startsWith(rest, this.#at)) return false;
    this.#at += rest.length;
    return true;
  }

  #value(place: Place, depth: number): string {
    if (depth > DEEPEST) throw new NotCompact();
    const [text, from] = [this.#text, this.#at];
    switch (text.charCodeAt(from)) {
      case 0x7b:
        return this.#object(place, depth);
      case 0x5b:
        this.#items(place, depth);
        return MARK.list;
      case 0x22: {
        this.#string();
        const known = this.#known.markOf(place.path, text, from, this.#at);
        if (known !== null) return known;
        this.#push(place.stream, text.slice(from + 1, this.#at - 1));
        return MARK.text;
      }
      default: {
        this.#word();
        const raw = text.slice(from, this.#at);
        if (raw === 'true' || raw === 'false' || raw === 'null') return raw;
        const known = this.#known.markOf(place.path, text, from, this.#at);
        if (known !== null) return known;
        this.#push(place.stream, raw);
        return MARK.number;
      }
    }
  }

  #object(place: Place, depth: number): string {
    const text = this.#text;
    let shape = '{';
    this.#at++;
    if (text.charCodeAt(this.#at) === 0x7d) {
      this.#at++;
      return '{}';
    }
    for (;;) {
      const start = this.#at;
      this.#string();
      const key = text.slice(start, this.#at);
      if (text.charCodeAt(this.#at++) !== 0x3a) throw new NotCompact();
      const name = key.slice(1, -1);
      const below = place.below(name, depth === 0 ? this.#resource : null);
      shape += `${key}:${(depth === 0 ? this.#wholeOf(name) : null) ?? this.#value(below, depth + 1)}`;
      const next = text.charCodeAt(this.#at++);
      if (next === 0x7d) return `${shape}}`;
      if (next !== 0x2c) throw new NotCompact();
      shape += ',';
    }
  }

  /** The mark of a whole value right below the top, which is gone past when there is one. */
  #wholeOf(key: string): string | null {
    if (!this.#whole.has(key)) return null;
    const start = this.#at;
    this.#skip(0);
    const mark = this.#known.markOf(key, this.#text, start, this.#at);
    if (mark === null) this.#at = start;
    return mark;
  }

  #items(place: Place, depth: number): void {
    const text = this.#text;
    const { lengths, shapes, item } = place.list;
    this.#at++;
    let length = 0;
    if (text.charCodeAt(this.#at) === 0x5d) this.#at++;
    else
      for (;;) {
        this.#push(shapes, this.#item(item, depth + 1));
        length++;
        const next = text.charCodeAt(this.#at++);
        if (next === 0x5d) break;
        if (next !== 0x2c) throw new NotCompact();
      }
    this.#push(lengths, String(length));
  }

  /** The number of an item's shape, once it is gone past. */
  #item(place: Place, depth: number): string {
    const [at, pushed] = [this.#at, this.#into.length];
    const { recent } = place;
    for (let i = 0; i < recent.length; i++) {
      if (this.#follow(recent[i]!, depth)) return toFront(recent, i).number;
      this.#at = at;
      this.#forget(pushed);
    }
    const shape = this.#value(place, depth);
    const number = this.#streams.shape(shape);
    this.#places.remember(recent, shape, number, place.path, this.#resource);
    return number;
  }

  #push(stream: Stream, value: string): void {
    this.#into.push(stream);
    this.#values.push(value);
  }

  /** Takes back what the line pushed, but for the first of it. */
  #forget(length: number): void {
    this.#into.length = length;
    this.#values.length = length;
  }

  /** Goes past a string. */
  #string(): void {
    const text = this.#text;
    if (text.charCodeAt(this.#at) !== 0x22) throw new NotCompact();
    let end = this.#at + 1;
    for (;;) {
      end = text.indexOf('"', end);
      if (end < 0) throw new NotCompact();
      let slashes = 0;
      while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
      if (slashes % 2 === 0) break;
      end++;
    }
    this.#at = end + 1;
  }

  /** Goes past a number, or a word. */
  #word(): void {
    WORD.lastIndex = this.#at;
    if (!WORD.test(this.#text)) throw new NotCompact();
    this.#at = WORD.lastIndex;
  }

  /** Goes past a value. */
  #skip(depth: number): void {
    if (depth > DEEPEST) throw new NotCompact();
    const text = this.#text;
    const open = text.charCodeAt(this.#at);
    if (open === 0x22) this.#string();
    else if (open === 0x7b || open === 0x5b) {
      const close = open + 2;
      this.#at++;
      if (text.charCodeAt(this.#at) === close) {
        this.#at++;
        return;
      }
      for (;;) {
        if (open === 0x7b) {
          this.#string();
          if (text.charCodeAt(this.#at++) !== 0x3a) throw new NotCompact();
        }
        this.#skip(depth + 1);
        const next = text.charCodeAt(this.#at++);
        if (next === close) return;
        if (next !== 0x2c) throw new NotCompact();
      }
    } else this.#word();
  }
}

const WORD = /-?\d[\d.eE+-]*|true|false|null/y;
