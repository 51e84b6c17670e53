/**
 * A JSON line as its shape and its values.
 *
 * Lines of a log repeat their structure; what differs are values, and values of one field are alike. So a line is cut into its shape, the
 * text with a mark in place of each value, and its values, each in the stream of its path. Streams compress a third better than lines.
 * The cut is made in the text, not in what it means, so a line comes back byte for byte.
 *
 * Shapes that begin alike are held as one, up to the text in which they part. A line is read once along them; where it is the first to go
 * another way, its keys are read, and the way is known from then on.
 */
import { MARK } from './pieces.js';
import { type Edge, Fork, Gap, type Place, Places } from './places.js';
import { Saying } from './saying.js';
import { DEEPEST, NotCompact, Scanner } from './scanner.js';
import { ownText, type Streams } from './streams.js';

/** Room for ways along shapes, in characters; a way counts as some more. Above, all are forgotten, those too that were passed over since. */
const [ROOM, WAY] = [32 << 20, 256] as const;

/** What the caller knows of a line: parts of its text that stand elsewhere, each with a mark to write in its place. */
export interface Known {
  /**
   * The mark of a string, with its quotes, or a number, by its path or by itself; or of any value that is asked for as a whole; or null. It
   * stands at `from` up to `to` of `text`.
   */
  markOf(path: string, text: string, from: number, to: number): string | null;
  /** The text that a mark stands for, or null where the line has none. */
  textOf(mark: string): string | null;
}

/** Cuts lines, and pushes their values into streams. */
export class Cutter extends Scanner {
  readonly #streams: Streams;
  readonly #whole: ReadonlySet<string>;
  readonly #saying: Saying;
  #places: Places;
  #held = 0;
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
   * @param like What lines that say the same have in common, the likest first.
   * @returns The number of its shape; the values are pushed.
   */
  cut(text: string, known: Known, resource: string, like: readonly string[]): string {
    this.text = text;
    this.at = 0;
    this.#known = known;
    this.#resource = resource;
    if (this.#held > ROOM) {
      this.#places = new Places(this.#streams);
      this.#held = 0;
    }
    this.#places.made = 0;
    this.#saying.begin(like);
    let number: string;
    try {
      if (!text.startsWith('{')) throw new NotCompact();
      number = this.#follow(this.#places.root(resource), 0);
      if (this.at !== text.length) throw new NotCompact();
    } catch (error) {
      if (!(error instanceof NotCompact)) throw error;
      number = this.#streams.shape(MARK.text);
      this.#saying.begin(like);
      this.#saying.push(this.#streams.of(''), text.replaceAll('\n', '\u0000'));
    }
    this.#saying.end(resource, like);
    this.#streams.cut(text.length);
    return number;
  }

  /** Goes past a value along the shapes that stood at its place before. The number of its shape. */
  #follow(place: Place, depth: number): string {
    if (depth > DEEPEST) throw new NotCompact();
    let fork = place.fork;
    for (;;) {
      const { next } = this.#next(fork) ?? this.#grow(fork, depth);
      if (next instanceof Gap) fork = next.whole ? this.#wholeValue(next) : this.#value(next, depth);
      else {
        next.number ??= this.#streams.shape(next.shape);
        return next.number;
      }
    }
  }

  /** The text that stands next of those that are known, which is gone past. */
  #next({ edges }: Fork): Edge | null {
    const { text, at } = this;
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i]!;
      if (!text.startsWith(edge.text, at)) continue;
      const to = at + edge.text.length;
      const { next } = edge;
      if (next instanceof Gap && !next.whole && !beginsValue(text.charCodeAt(to))) continue;
      this.at = to;
      if (i > 0) {
        edges.splice(i, 1);
        edges.unshift(edge);
      }
      return edge;
    }
    return null;
  }

  /** Reads keys up to the next value or the end, and notes the way. */
  #grow(fork: Fork, depth: number): Edge {
    const { text } = this;
    const from = this.at;
    let { open, value: place } = fork;
    const way = (): string => {
      this.#held += this.at - from + WAY + 8 * open.length;
      return ownText(text.slice(from, this.at));
    };
    for (;;) {
      if (place !== null) {
        const first = text.charCodeAt(this.at);
        if (first === 0x7b && text.charCodeAt(this.at + 1) !== 0x7d) {
          this.at++;
          open = [...open, place];
          if (open.length + depth > DEEPEST) throw new NotCompact();
        } else if (beginsValue(first)) {
          return fork.to(way(), open, place, false);
        } else {
          if (first === 0x7b) this.at += 2;
          else this.word();
          place = null;
          continue;
        }
      } else {
        if (open.length === 0) return fork.toEnd(way());
        const next = text.charCodeAt(this.at++);
        if (next === 0x7d) {
          open = open.slice(0, -1);
          continue;
        }
        if (next !== 0x2c) throw new NotCompact();
      }
      const start = this.at + 1;
      this.string();
      const key = text.slice(start, this.at - 1);
      if (text.charCodeAt(this.at++) !== 0x3a) throw new NotCompact();
      const top = depth === 0 && open.length === 1;
      // Streams of the store's own have such names.
      if (top && key.startsWith(' ')) throw new NotCompact();
      place = open.at(-1)!.below(key, top ? this.#resource : null);
      if (top && this.#whole.has(key)) return fork.to(way(), open, place, true);
    }
  }

  /** Goes past a value; what comes behind it. */
  #value(gap: Gap, depth: number): Fork {
    const { text, at: from } = this;
    const first = text.charCodeAt(from);
    const known = this.#knownPart(gap);
    if (known !== null) return known;
    if (first === 0x5b) {
      this.#items(gap.place, depth);
      gap.list ??= gap.behind(MARK.list);
      return gap.list;
    }
    const isText = first === 0x22;
    const { stream, path } = gap.place;
    const likely = this.#saying.find(stream);
    const said = likely >= 0 ? this.#saying.said(likely) : null;
    if (said !== null && this.#stands(said, isText)) this.#saying.push(stream, said, likely);
    else {
      if (isText) this.string();
      else this.number();
      const mark = this.#known.markOf(path, text, from, this.at);
      if (mark !== null) return gap.knows(mark);
      this.#saying.push(
        stream,
        isText ? text.slice(from + 1, this.at - 1) : text.slice(from, this.at),
        likely,
      );
    }
    if (isText) {
      gap.text ??= gap.behind(MARK.text);
      return gap.text;
    }
    gap.number ??= gap.behind(MARK.number);
    return gap.number;
  }

  /** Goes past a value that is asked for as a whole, or only to its beginning where the caller does not know it. */
  #wholeValue(gap: Gap): Fork {
    const known = this.#knownPart(gap);
    if (known !== null) return known;
    const start = this.at;
    this.skip(0);
    const mark = this.#known.markOf(gap.place.path, this.text, start, this.at);
    if (mark !== null) return gap.knows(mark);
    this.at = start;
    gap.inside ??= new Fork(gap.shape, gap.open, gap.place);
    return gap.inside;
  }

  /** Goes past a part that the caller knows and that stood here before; null where none stands. */
  #knownPart({ known }: Gap): Fork | null {
    for (let i = 0; i < known.length; i++) {
      const { mark, fork } = known[i]!;
      const part = this.#known.textOf(mark);
      if (part === null || !this.text.startsWith(part, this.at)) continue;
      const to = this.at + part.length;
      if (isDigit(part.charCodeAt(0)) && !endsNumber(this.text.charCodeAt(to))) continue;
      this.at = to;
      return fork;
    }
    return null;
  }

  #items(place: Place, depth: number): void {
    const { text } = this;
    const saying = this.#saying;
    const { lengths, shapes, item } = place.list;
    const slot = saying.push(lengths, '');
    this.at++;
    let length = 0;
    if (text.charCodeAt(this.at) === 0x5d) this.at++;
    else
      for (;;) {
        const shape = saying.push(shapes, '');
        saying.set(shape, this.#follow(item, depth + 1));
        length++;
        const next = text.charCodeAt(this.at++);
        if (next === 0x5d) break;
        if (next !== 0x2c) throw new NotCompact();
      }
    saying.set(slot, String(length));
  }

  /** Whether a value stands next, which is gone past then. */
  #stands(value: string, isText: boolean): boolean {
    const { text } = this;
    const from = isText ? this.at + 1 : this.at;
    if (!text.startsWith(value, from)) return false;
    const to = from + value.length;
    const next = text.charCodeAt(to);
    if (isText ? next !== 0x22 : !endsNumber(next)) return false;
    this.at = isText ? to + 1 : to;
    return true;
  }
}

const isDigit = (code: number): boolean => code === 0x2d || (code >= 0x30 && code <= 0x39);
const endsNumber = (code: number): boolean => code === 0x2c || code === 0x7d || code === 0x5d;
/** Whether a string, a list or a number begins. */
const beginsValue = (code: number): boolean => code === 0x22 || code === 0x5b || isDigit(code);
