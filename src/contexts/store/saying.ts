import { Expected, Repeats, type Said, sameOf } from './repeats.js';
import { ownText, type Stream, type Streams } from './streams.js';

/** How far off its place a value that is expected is looked for. */
const OFF = 8;

/** What a line says while it is cut: values and their streams, which get those that the line does not repeat. */
export class Saying {
  readonly #all: Streams;
  readonly #repeats = new Repeats<Stream>();
  readonly #expected = new Expected<Stream>();
  readonly #streams: Stream[] = [];
  readonly #values: string[] = [];
  /** By a line that this one is likely to repeat, and how far its values are off. */
  #said: Said<Stream> | null = null;
  #off = 0;

  constructor(all: Streams) {
    this.#all = all;
  }

  /**
   * Begins a line.
   *
   * @param like What lines that say the same have in common, the likest first.
   */
  begin(like: readonly string[]): void {
    this.#said = this.#repeats.of(like);
    this.#off = 0;
    this.forget(0);
  }

  get length(): number {
    return this.#values.length;
  }

  /** @returns The value's place in the line. */
  push(stream: Stream, value: string): number {
    this.#streams.push(stream);
    return this.#values.push(value) - 1;
  }

  /** Gives a value that was pushed before it was known. */
  set(place: number, value: string): void {
    this.#values[place] = value;
  }

  /** Takes back all but the first values. */
  forget(length: number): void {
    this.#streams.length = length;
    this.#values.length = length;
  }

  /** What the line is likely to push next, if into this stream; or null. A guess, which saves reading it. */
  expected(stream: Stream): string | null {
    if (this.#said === null) return null;
    const { streams, values } = this.#said;
    const here = this.#values.length;
    const at = here + this.#off;
    if (streams[at] === stream) return values[at]!;
    for (let i = 1; i <= OFF; i++)
      for (const near of [at + i, at - i])
        if (streams[near] === stream) {
          this.#off = near - here;
          return values[near]!;
        }
    return null;
  }

  /**
   * Ends the line: its values go into their streams, behind counts of those that are as expected, which do not.
   *
   * @param resource What the line is about.
   * @param like As when it was begun.
   */
  end(resource: string, like: readonly string[]): void {
    const said = this.#said;
    const counts = this.#all.of(sameOf(resource));
    const [streams, values] = [this.#streams.slice(), this.#values.slice()];
    this.#expected.begin(said);
    let [same, letters] = [0, 0];
    for (let i = 0; i < streams.length; i++) {
      const expected = this.#expected.of(streams[i]!);
      if (expected !== null && expected === values[i]) {
        values[i] = expected;
        same++;
        continue;
      }
      if (said !== null) counts.push(String(same));
      same = 0;
      const value = ownText(values[i]!);
      values[i] = value;
      letters += value.length;
      streams[i]!.push(value);
    }
    if (said !== null && streams.length > 0) counts.push('');
    this.#repeats.keep(like, { streams, values }, letters);
  }
}
