/**
 * Which number a line of a log has in a store. A line that the store holds keeps its own; new ones go on behind all others, and where the log
 * goes on from lines that are held, by the log's own count: so a store that was cut off and finished numbers as one that was not.
 */
export class Numbering {
  readonly #next: number;
  /** Of lines that the store holds. */
  #held = new Int32Array(0);
  #offset: number | null = null;
  #base: number | null = null;
  /** The line that came last. */
  #at = -1;
  /** Lines still to come whose numbers were asked for: lines that are stored name them. */
  readonly #promised = new Set<number>();

  readonly #names: boolean;
  readonly #before: number;

  /**
   * @param next Above every number of the store.
   * @param names Whether lines that are stored name others by their numbers, as they do but in a compact store.
   * @param before Lines in front of the log that were taken out of the store: the log's own count begins behind them. Default 0.
   */
  constructor(next: number, names: boolean, before = 0) {
    this.#next = next;
    this.#names = names;
    this.#before = before;
    if (next === 0) this.#base = 0;
  }

  /** Takes the next line, and says whether it has to get the number that it was named by, even where the store holds its like. */
  comes(line: number): boolean {
    this.#at = line;
    return this.#promised.size > 0 && this.#promised.delete(line);
  }

  /** Notes that the store holds a line. */
  hold(line: number, number: number): void {
    if (line >= this.#held.length) {
      const longer = new Int32Array(Math.max(1 << 12, line + 1, this.#held.length * 2)).fill(-1);
      longer.set(this.#held);
      this.#held = longer;
    }
    this.#held[line] = number;
    if (line >= this.#before) this.#offset = number - line;
  }

  /** The number of a line that comes in now, and is new. */
  take(line: number): number {
    this.#base ??= this.#baseOf(line);
    return this.#base + line;
  }

  /** The number of any line of the log, as far as that is known by now. */
  of(line: number): number {
    const held = this.#held[line] ?? -1;
    if (held >= 0) return held;
    if (!this.#names || line <= this.#at) return (this.#base ?? this.#baseOf(line)) + line;
    this.#promised.add(line);
    this.#base ??= this.#baseOf(line);
    return this.#base + line;
  }

  /** Above every number, of lines that were left out behind the last one that is stored too: the next log is numbered as if the two were one. */
  get end(): number {
    const from = this.#base ?? this.#offset;
    return from === null ? this.#next : Math.max(this.#next, from + this.#at + 1);
  }

  #baseOf(line: number): number {
    return this.#offset !== null && this.#offset + line >= this.#next
      ? this.#offset
      : this.#next - this.#before;
  }
}
