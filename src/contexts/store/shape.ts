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
import { type Place, Places, remember, type Template, toFront } from './places.js';
import { Saying } from './saying.js';
import { DEEPEST, NotCompact, Scanner } from './scanner.js';
import type { Streams } from './streams.js';

/** Kinds of lines whose shapes are remembered. */
const MOST_KINDS = 8192;

/** What the caller knows of a line: parts of its text that stand elsewhere, each with a mark to write in its place. */
export interface Known {
  /** The mark of a string, with its quotes, or a number, by its path or by itself; or null. It stands at `from` up to `to` of `text`. */
  markOf(path: string, text: string, from: number, to: number): string | null;
  /** The text that a mark stands for, or null where the line has none. */
  textOf(mark: string): string | null;
}

/** Cuts lines, and pushes their values into streams. */
export class Cutter extends Scanner {
  readonly #streams: Streams;
  readonly #places: Places;
  readonly #whole: ReadonlySet<string>;
  /** Of lines, by their kind. */
  readonly #recent = new Map<string, Template[]>();
  readonly #saying: Saying;
  #resource = '';
  #known: Known = { markOf: () => null, textOf: () => null };

  /** @param whole Keys right below the top whose values are asked for as a whole, by the mark that `Known` has at that path, first. */
  constructor(streams: Streams, whole: ReadonlySet<string>) {
    super();
    this.#streams = streams;
    this.#places = new Places(streams);
    this.#whole = whole;
    this.#saying = new Saying(streams);
  }

  /**
   * Cuts a line.
   *
   * @param resource What the line is about.
   * @param kind Lines of one kind tend to have one shape.
   * @param like What lines that say the same have in common, the likest first.
   * @returns The number of its shape; the values are pushed.
   */
  cut(text: string, known: Known, resource: string, kind: string, like: readonly string[]): string {
    this.text = text;
    this.#known = known;
    this.#resource = resource;
    this.#saying.begin(like);
    const number = this.#byTemplate(kind) ?? this.#byKeys(kind);
    this.#saying.end(resource, like);
    this.#streams.cut(text.length);
    return number;
  }

  #byTemplate(kind: string): string | null {
    const recent = this.#recent.get(kind);
    if (recent === undefined) return null;
    try {
      for (let i = 0; i < recent.length; i++) {
        this.at = 0;
        if (this.#follow(recent[i]!, 0) && this.at === this.text.length) return toFront(recent, i).number;
        this.#saying.forget(0);
      }
    } catch (error) {
      if (!(error instanceof NotCompact)) throw error;
      this.#saying.forget(0);
    }
    return null;
  }

  #byKeys(kind: string): string {
    this.at = 0;
    let shape: string;
    try {
      shape = this.#value(this.#places.root(this.#resource), 0);
      if (this.at !== this.text.length) throw new NotCompact();
    } catch (error) {
      if (!(error instanceof NotCompact)) throw error;
      this.#saying.forget(0);
      this.#saying.push(this.#streams.of(''), this.text.replaceAll('\n', '\u0000'));
      return this.#streams.shape(MARK.text);
    }
    const number = this.#streams.shape(shape);
    const recent = this.#recent.get(kind) ?? [];
    if (this.#recent.size === MOST_KINDS) this.#recent.clear();
    this.#recent.set(kind, recent);
    remember(recent, this.#places.root(this.#resource).template(number, shape, this.#resource));
    return number;
  }

  /** Goes along a shape from where the text stands; false, with values of no use, where it is another. */
  #follow({ texts, holes }: Template, depth: number): boolean {
    const text = this.text;
    for (let i = 0; i < holes.length; i++) {
      const before = texts[i]!;
      if (!text.startsWith(before, this.at)) return false;
      this.at += before.length;
      const hole = holes[i]!;
      const { mark, place } = hole;
      if (mark === MARK.list) {
        if (text.charCodeAt(this.at) !== 0x5b) return false;
        this.#items(place, depth + hole.depth);
      } else if (mark === MARK.text || mark === MARK.number) {
        const isText = mark === MARK.text;
        const first = text.charCodeAt(this.at);
        if (isText ? first !== 0x22 : !(first === 0x2d || (first >= 0x30 && first <= 0x39))) return false;
        const { stream } = place;
        const expected = this.#saying.expected(stream);
        if (expected !== null && this.#stands(expected, isText)) {
          this.#saying.push(stream, expected);
          continue;
        }
        const from = this.at;
        if (isText) this.string();
        else this.word();
        const to = this.at;
        if (this.#known.markOf(place.path, text, from, to) !== null) return false;
        this.#saying.push(stream, isText ? text.slice(from + 1, to - 1) : text.slice(from, to));
      } else {
        const known = this.#known.textOf(mark);
        if (known === null || !text.startsWith(known, this.at)) return false;
        this.at += known.length;
      }
    }
    const rest = texts[holes.length]!;
    if (!text.startsWith(rest, this.at)) return false;
    this.at += rest.length;
    return true;
  }

  #value(place: Place, depth: number): string {
    if (depth > DEEPEST) throw new NotCompact();
    const [text, from] = [this.text, this.at];
    switch (text.charCodeAt(from)) {
      case 0x7b:
        return this.#object(place, depth);
      case 0x5b:
        this.#items(place, depth);
        return MARK.list;
      case 0x22: {
        this.string();
        const known = this.#known.markOf(place.path, text, from, this.at);
        if (known !== null) return known;
        this.#saying.push(place.stream, text.slice(from + 1, this.at - 1));
        return MARK.text;
      }
      default: {
        this.word();
        const raw = text.slice(from, this.at);
        if (raw === 'true' || raw === 'false' || raw === 'null') return raw;
        const known = this.#known.markOf(place.path, text, from, this.at);
        if (known !== null) return known;
        this.#saying.push(place.stream, raw);
        return MARK.number;
      }
    }
  }

  #object(place: Place, depth: number): string {
    const text = this.text;
    let shape = '{';
    this.at++;
    if (text.charCodeAt(this.at) === 0x7d) {
      this.at++;
      return '{}';
    }
    for (;;) {
      const start = this.at;
      this.string();
      const key = text.slice(start, this.at);
      if (text.charCodeAt(this.at++) !== 0x3a) throw new NotCompact();
      const name = key.slice(1, -1);
      const below = place.below(name, depth === 0 ? this.#resource : null);
      shape += `${key}:${(depth === 0 ? this.#wholeOf(name) : null) ?? this.#value(below, depth + 1)}`;
      const next = text.charCodeAt(this.at++);
      if (next === 0x7d) return `${shape}}`;
      if (next !== 0x2c) throw new NotCompact();
      shape += ',';
    }
  }

  /** The mark of a whole value right below the top, which is gone past when there is one. */
  #wholeOf(key: string): string | null {
    if (!this.#whole.has(key)) return null;
    const start = this.at;
    this.skip(0);
    const mark = this.#known.markOf(key, this.text, start, this.at);
    if (mark === null) this.at = start;
    return mark;
  }

  #items(place: Place, depth: number): void {
    const text = this.text;
    const { lengths, shapes, item } = place.list;
    const slot = this.#saying.push(lengths, '');
    this.at++;
    let length = 0;
    if (text.charCodeAt(this.at) === 0x5d) this.at++;
    else
      for (;;) {
        const expected = this.#saying.expected(shapes);
        const place = this.#saying.push(shapes, '');
        this.#saying.set(place, this.#item(item, depth + 1, expected));
        length++;
        const next = text.charCodeAt(this.at++);
        if (next === 0x5d) break;
        if (next !== 0x2c) throw new NotCompact();
      }
    this.#saying.set(slot, String(length));
  }

  /**
   * The number of an item's shape, once it is gone past.
   *
   * @param expected The number that it is likely to be.
   */
  #item(place: Place, depth: number, expected: string | null): string {
    const [at, pushed] = [this.at, this.#saying.length];
    const likely = expected === null ? undefined : place.known(expected);
    if (likely) {
      if (this.#follow(likely, depth)) return likely.number;
      this.at = at;
      this.#saying.forget(pushed);
    }
    const { recent } = place;
    for (let i = 0; i < recent.length; i++) {
      if (recent[i] === likely) continue;
      if (this.#follow(recent[i]!, depth)) return toFront(recent, i).number;
      this.at = at;
      this.#saying.forget(pushed);
    }
    const shape = this.#value(place, depth);
    const number = this.#streams.shape(shape);
    remember(recent, place.template(number, shape, this.#resource));
    return number;
  }

  /** Whether a value stands next, which is gone past then. */
  #stands(value: string, isText: boolean): boolean {
    const { text } = this;
    const from = isText ? this.at + 1 : this.at;
    if (!text.startsWith(value, from)) return false;
    const to = from + value.length;
    const next = text.charCodeAt(to);
    if (isText ? next !== 0x22 : next !== 0x2c && next !== 0x7d && next !== 0x5d) return false;
    this.at = isText ? to + 1 : to;
    return true;
  }
}
