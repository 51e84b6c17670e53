import { placeOf, Repeats, type Said, sameOf } from './repeats.js';
import { ownText, type Stream, type Streams } from './streams.js';

/** What a line says while it is cut: values and their streams, which get those that the line does not repeat. */
export class Saying {
  readonly #all: Streams;
  readonly #repeats = new Repeats<Stream>();
  readonly #streams: Stream[] = [];
  readonly #values: string[] = [];
  /** By a line that this one is likely to repeat. */
  #said: Said<Stream> | null = null;
  /** Of each value, the place there of the one that it is likely to be, or -1; and the place that the next is looked for from. */
  readonly #likely: number[] = [];
  readonly #next: number[] = [];

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
    this.forget(0);
  }

  get length(): number {
    return this.#values.length;
  }

  /** @returns The value's place in the line. */
  push(stream: Stream, value: string): number {
    const likely = this.#find(stream);
    this.#likely.push(likely);
    this.#next.push(likely < 0 ? this.#from : likely + 1);
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
    this.#likely.length = length;
    this.#next.length = length;
  }

  /** What the line is likely to push next, if into this stream; or null. A guess, which saves reading it. */
  expected(stream: Stream): string | null {
    const likely = this.#find(stream);
    return likely < 0 ? null : this.#said!.values[likely]!;
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
    let [same, letters] = [0, 0];
    for (let i = 0; i < streams.length; i++) {
      const likely = this.#likely[i]!;
      if (likely >= 0 && said!.values[likely] === values[i]) {
        values[i] = said!.values[likely]!;
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

  get #from(): number {
    const { length } = this.#next;
    return length === 0 ? 0 : this.#next[length - 1]!;
  }

  #find(stream: Stream): number {
    return this.#said === null ? -1 : placeOf(this.#said, stream, this.#from);
  }
}
