import { placeOf, Repeats, type Said, sameOf } from './repeats.js';
import { ownText, type Stream, type Streams } from './streams.js';

/** What a line says while it is cut: values and their streams, which get those that the line does not repeat. */
export class Saying {
  readonly #all: Streams;
  readonly #repeats = new Repeats<Stream>();
  readonly #streams: Stream[] = [];
  readonly #values: string[] = [];
  /** Of each value, the place in `#said` of the one that it is likely to be, or -1. */
  readonly #likely: number[] = [];
  #length = 0;
  /** By a line that this one is likely to repeat, and the place there that the next value is looked for from. */
  #said: Said<Stream> | null = null;
  #from = 0;

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
    this.#from = 0;
    this.#length = 0;
  }

  /** The place of the value that the line is likely to say next, if it goes into this stream; or -1. A guess, which saves reading it. */
  find(stream: Stream): number {
    return this.#said === null ? -1 : placeOf(this.#said, stream, this.#from);
  }

  /** The value at a place. */
  said(likely: number): string {
    return this.#said!.values[likely]!;
  }

  /**
   * Says a value.
   *
   * @param likely As found.
   * @returns Its place in the line.
   */
  push(stream: Stream, value: string, likely = this.find(stream)): number {
    const place = this.#length++;
    this.#streams[place] = stream;
    this.#values[place] = value;
    this.#likely[place] = likely;
    if (likely >= 0) this.#from = likely + 1;
    return place;
  }

  /** Gives a value that was said before it was known. */
  set(place: number, value: string): void {
    this.#values[place] = value;
  }

  /**
   * Ends the line: its values go into their streams, behind counts of those that are as expected, which do not.
   *
   * @param resource What the line is about.
   * @param like As when it was begun.
   */
  end(resource: string, like: readonly string[]): void {
    const [said, length] = [this.#said, this.#length];
    const counts = this.#all.of(sameOf(resource));
    const values = this.#values.slice(0, length);
    let [same, letters] = [0, 0];
    for (let i = 0; i < length; i++) {
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
      this.#streams[i]!.push(value);
    }
    if (said !== null && length > 0) counts.push('');
    this.#repeats.keep(
      like,
      { streams: this.#sameStreams() ?? this.#streams.slice(0, length), values },
      letters,
    );
  }

  /** The streams of the line that this one repeats, where they are its own. */
  #sameStreams(): readonly Stream[] | null {
    const streams = this.#said?.streams;
    if (streams?.length !== this.#length) return null;
    for (let i = 0; i < streams.length; i++) if (streams[i] !== this.#streams[i]) return null;
    return streams;
  }
}
