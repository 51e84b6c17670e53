/** Characters of lines after which what streams hold is put together. */
const TOGETHER = 1 << 20;

/** Characters of one stream, as far as it was put together, or of all shapes, at which a block is full. */
const LONGEST = 16 << 20;
/** The same of all paths; a stream counts as some more. */
const [ROOM, STREAM] = [32 << 20, 512] as const;

/** Values of one path, in the order in which they came. */
export class Stream {
  #waiting: string[] = [];
  readonly #together: string[] = [];
  readonly #touched: Stream[];
  /** Of all values that were put together. */
  characters = 0;

  /** @param touched Gets the stream when a value waits in it. */
  constructor(touched: Stream[]) {
    this.#touched = touched;
  }

  push(value: string): void {
    if (this.#waiting.length === 0) this.#touched.push(this);
    this.#waiting.push(value);
  }

  /**
   * Makes one text of what waits: values point into the lines that they were cut from, which are held as long as they do, and a text of its
   * own costs a value more room than its letters do.
   */
  putTogether(): void {
    const [first, ...more] = this.#waiting;
    if (first === undefined) return;
    const text = more.length === 0 ? first : this.#waiting.join('\n');
    this.#together.push(text);
    this.characters += text.length;
    this.#waiting = [];
  }

  /** All values, a line each; null where there is none. */
  get text(): string | null {
    this.putTogether();
    return this.#together.length === 0 ? null : this.#together.join('\n');
  }
}

/** Values of a block of lines, by path, and its shapes by number. */
export class Streams {
  readonly #streams = new Map<string, Stream>();
  readonly #shapes = new Map<string, string>();
  #touched: Stream[] = [];
  #characters = 0;
  #shapeCharacters = 0;
  #longest = 0;
  #paths = 0;

  /**
   * Whether a block should end: its longest stream, or its shapes, are a long value of a table, which the database copies several times; or
   * it has many streams.
   */
  get full(): boolean {
    return this.#longest >= LONGEST || this.#paths >= ROOM;
  }

  of(path: string): Stream {
    let stream = this.#streams.get(path);
    if (stream === undefined) {
      stream = new Stream(this.#touched);
      this.#streams.set(path, stream);
      this.#paths += path.length + STREAM;
    }
    return stream;
  }

  /** The number of a shape. */
  shape(text: string): string {
    let number = this.#shapes.get(text);
    if (number === undefined) {
      number = String(this.#shapes.size);
      this.#shapes.set(text, number);
      this.#shapeCharacters += text.length + 1;
      this.#longest = Math.max(this.#longest, this.#shapeCharacters);
    }
    return number;
  }

  /** Notes that a line of so many characters was cut. */
  cut(characters: number): void {
    this.#characters += characters;
    if (this.#characters < TOGETHER) return;
    this.#characters = 0;
    for (const stream of this.#touched) {
      stream.putTogether();
      this.#longest = Math.max(this.#longest, stream.characters);
    }
    this.#touched.length = 0;
  }

  get shapes(): string[] {
    return [...this.#shapes.keys()];
  }

  /** Paths that have values. Each stream's text is given once, and let go of. */
  *take(paths: readonly string[]): Generator<{ path: string; data: string }> {
    for (const path of paths) {
      const data = this.#streams.get(path)?.text ?? null;
      this.#streams.delete(path);
      if (data !== null) yield { path, data };
    }
  }

  get paths(): string[] {
    return [...this.#streams.keys()];
  }
}

/** Letters from which on a text that is cut from another points into it. */
const POINTS = 13;

/** A text of its own, which does not hold the line that it was cut from. */
export const ownText = (text: string): string => (text.length < POINTS ? text : Buffer.from(text).toString());
