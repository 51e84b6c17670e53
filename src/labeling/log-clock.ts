/** Lines that are looked at to tell what time it is, and their middle. */
const [AROUND, MIDDLE] = [5, 2] as const;

/**
 * What time it is in a log, by the lines that came last: the middle of five, so that one whose clock is wrong moves nothing.
 *
 * @example
 * const clock = new LogClock();
 * for (const written of [1, 2, 3e15, 4, 5]) clock.push(written);
 * clock.now // 4
 */
export class LogClock {
  readonly #last = new Float64Array(AROUND).fill(Number.NEGATIVE_INFINITY);
  #at = 0;

  /** Takes when the next line was written, in microseconds since 1970. */
  push(written: number): void {
    this.#last[this.#at] = written;
    this.#at = (this.#at + 1) % AROUND;
  }

  /** Microseconds since 1970; −∞ before the third line. */
  get now(): number {
    return Float64Array.from(this.#last).sort()[MIDDLE]!;
  }
}
