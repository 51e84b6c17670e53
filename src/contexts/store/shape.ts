/**
 * A JSON line as its shape and its values.
 *
 * Lines of a log repeat their structure; what differs are values, and values of one field are alike. So a line is cut into its shape, the
 * text with a mark in place of each value, and its values, each in the stream of its path. Streams compress a third better than lines.
 * The cut is made in the text, not in what it means, so a line comes back byte for byte.
 *
 * A mark is one control character, which compact JSON never holds:
 *
 *     \u0001 string    \u0002 number    \u000e list: its length, then a shape for each of its items
 *     the others       what the caller knows of the line, as its object's name
 */
export const MARK = { text: '\u0001', number: '\u0002', list: '\u000e' } as const;
/** Marks of what the caller knows: 27, without the line end that shapes are joined by. */
export const KNOWN_MARKS =
  '\u0003\u0004\u0005\u0006\u0007\b\t\v\f\r\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f';
/** Deeper than this, a line is one value. */
const DEEPEST = 128;
/** Below these keys, keys are names that somebody chose: one stream for all. */
const BODIES = new Set(['requestObject', 'responseObject']);
const MAPS = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'selector',
  'nodeSelector',
  'data',
  'fieldsV1',
  'extra',
]);

/**
 * The path of a value that stands in an object at `path`.
 *
 * @param top Of an object at the top, what the line is about: values of one resource are alike, in what was asked and what was answered.
 */
export function pathBelow(path: string, key: string, top: string | null): string {
  if (top !== null) return BODIES.has(key) ? `body${top}` : key;
  if (path === 'annotations') return `${path}.${key}`;
  const inMap = MAPS.has(path.slice(path.lastIndexOf('.') + 1)) || path.includes('.fieldsV1');
  return inMap ? `${path}.*` : `${path}.${key}`;
}

/** From this many characters on, V8 makes a part of a text by pointing into it. */
const SLICED = 13;

/** Values of a block of lines, by path. */
export class Streams {
  readonly values = new Map<string, string[]>();
  readonly #shapes = new Map<string, number>();
  readonly #texts = new Map<string, string>();

  push(path: string, value: string): void {
    const stream = this.values.get(path);
    const own = value.length < SLICED ? value : this.#own(value);
    if (stream) stream.push(own);
    else this.values.set(path, [own]);
  }

  /** One text for all that are equal, and apart from the line that it was cut from, which would be held as a whole by its part. */
  #own(value: string): string {
    let own = this.#texts.get(value);
    if (own === undefined) {
      own = ` ${value}`.slice(1);
      this.#texts.set(own, own);
    }
    return own;
  }

  /** The number of a shape. */
  shape(text: string): string {
    let id = this.#shapes.get(text);
    if (id === undefined) {
      id = this.#shapes.size;
      this.#shapes.set(text, id);
    }
    return String(id);
  }

  get shapes(): string[] {
    return [...this.#shapes.keys()];
  }
}

/** What the caller knows of a value by its path, or by the value alone: a mark to write in its place, or null. */
export type Knows = (path: string, raw: string) => string | null;

/** Text that is no compact JSON, or too deep. */
class NotCompact extends Error {}

/**
 * Cuts a line.
 *
 * @param knows Asked for each string, with its quotes, and each number.
 * @param whole Keys right below the top whose values it is asked for as a whole, first.
 * @param resource What the line is about.
 * @returns The shape; the values are pushed.
 */
export function cutLine(
  text: string,
  streams: Streams,
  knows: Knows,
  whole: ReadonlySet<string>,
  resource: string,
): string {
  const pushed: [path: string, value: string][] = [];
  try {
    const push = (path: string, value: string): void => void pushed.push([path, value]);
    const shape = new Cutter(text, push, (part) => streams.shape(part), knows, whole, resource).cut();
    for (const [path, value] of pushed) streams.push(path, value);
    return shape;
  } catch (error) {
    if (!(error instanceof NotCompact)) throw error;
    streams.push('', text.replaceAll('\n', '\u0000'));
    return MARK.text;
  }
}

class Cutter {
  #at = 0;

  constructor(
    readonly text: string,
    readonly push: (path: string, value: string) => void,
    readonly shapeId: (shape: string) => string,
    readonly knows: Knows,
    readonly whole: ReadonlySet<string>,
    readonly resource: string,
  ) {}

  cut(): string {
    const shape = this.#value('', 0);
    if (this.#at !== this.text.length) throw new NotCompact();
    return shape;
  }

  #value(path: string, depth: number): string {
    if (depth > DEEPEST) throw new NotCompact();
    const { text } = this;
    switch (text.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object(path, depth);
      case 0x5b:
        return this.#list(path, depth);
      case 0x22: {
        const raw = this.#string();
        const known = this.knows(path, raw);
        if (known !== null) return known;
        this.push(path, raw.slice(1, -1));
        return MARK.text;
      }
      default: {
        const raw = this.#word();
        if (raw === 'true' || raw === 'false' || raw === 'null') return raw;
        const known = this.knows(path, raw);
        if (known !== null) return known;
        this.push(path, raw);
        return MARK.number;
      }
    }
  }

  #object(path: string, depth: number): string {
    const { text } = this;
    let shape = '{';
    this.#at++;
    if (text.charCodeAt(this.#at) === 0x7d) {
      this.#at++;
      return '{}';
    }
    for (;;) {
      const key = this.#string();
      if (text.charCodeAt(this.#at++) !== 0x3a) throw new NotCompact();
      const below = pathBelow(path, key.slice(1, -1), depth === 0 ? this.resource : null);
      shape += `${key}:${(depth === 0 ? this.#known(key.slice(1, -1)) : null) ?? this.#value(below, depth + 1)}`;
      const next = text.charCodeAt(this.#at++);
      if (next === 0x7d) return `${shape}}`;
      if (next !== 0x2c) throw new NotCompact();
      shape += ',';
    }
  }

  /** The mark of a whole value right below the top, which is gone past when there is one. */
  #known(key: string): string | null {
    if (!this.whole.has(key)) return null;
    const start = this.#at;
    this.#skip(0);
    const mark = this.knows(key, this.text.slice(start, this.#at));
    if (mark === null) this.#at = start;
    return mark;
  }

  #list(path: string, depth: number): string {
    const { text } = this;
    this.#at++;
    let length = 0;
    if (text.charCodeAt(this.#at) === 0x5d) this.#at++;
    else
      for (;;) {
        const shape = this.#value(`${path}[]`, depth + 1);
        this.push(`${path} #`, this.shapeId(shape));
        length++;
        const next = text.charCodeAt(this.#at++);
        if (next === 0x5d) break;
        if (next !== 0x2c) throw new NotCompact();
      }
    this.push(`${path} n`, String(length));
    return MARK.list;
  }

  /** With its quotes. */
  #string(): string {
    const { text } = this;
    const start = this.#at;
    if (text.charCodeAt(start) !== 0x22) throw new NotCompact();
    let end = start + 1;
    for (;;) {
      end = text.indexOf('"', end);
      if (end < 0) throw new NotCompact();
      let slashes = 0;
      while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
      if (slashes % 2 === 0) break;
      end++;
    }
    this.#at = end + 1;
    return text.slice(start, end + 1);
  }

  #word(): string {
    WORD.lastIndex = this.#at;
    const found = WORD.exec(this.text)?.[0];
    if (!found) throw new NotCompact();
    this.#at += found.length;
    return found;
  }

  /** Goes past a value. */
  #skip(depth: number): void {
    if (depth > DEEPEST) throw new NotCompact();
    const open = this.text.charCodeAt(this.#at);
    if (open === 0x22) this.#string();
    else if (open === 0x7b || open === 0x5b) {
      const close = open + 2;
      this.#at++;
      if (this.text.charCodeAt(this.#at) === close) {
        this.#at++;
        return;
      }
      for (;;) {
        if (open === 0x7b) {
          this.#string();
          if (this.text.charCodeAt(this.#at++) !== 0x3a) throw new NotCompact();
        }
        this.#skip(depth + 1);
        const next = this.text.charCodeAt(this.#at++);
        if (next === close) return;
        if (next !== 0x2c) throw new NotCompact();
      }
    } else this.#word();
  }
}

const WORD = /-?\d[\d.eE+-]*|true|false|null/y;
