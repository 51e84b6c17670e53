/** What stands in time: when a request was received, when its line was written, and which line it is. */
interface Timed {
  micros: number;
  until: number;
  line: number;
}

export interface TimeOrderOptions {
  /** Microseconds of the log to wait for requests that were received earlier. Default 2 s. */
  hold?: number;
  /** Lines that wait at most. Default 20,000. */
  most?: number;
}

/** Microseconds of the log for which requests are waited for that were received earlier. */
export const HOLD = 2_000_000;
/** A clock that jumps further than this is believed when three lines in a row say so: 10 minutes. */
const JUMP = 600_000_000;
const WITNESSES = 3;

/**
 * Brings lines, which are logged when requests end, into the order in which requests were received.
 *
 * The log's own clock decides, never this machine's, so that the same lines come out in the same order however they come in. What is
 * received earlier than the hold allows comes out at once, late. A line whose clock is wrong moves no other line.
 *
 * @example
 * const order = new TimeOrder<ContextLine>();
 * for (const line of lines) for (const next of order.push(line)) use(next);
 * for (const next of order.end()) use(next);
 */
export class TimeOrder<T extends Timed> {
  readonly #hold: number;
  readonly #most: number;
  /** A heap: each item comes before the two at twice its place. */
  readonly #heap: T[] = [];
  #clock = Number.NEGATIVE_INFINITY;
  #jumps: number[] = [];
  /** When the last line was written. */
  #last = Number.NEGATIVE_INFINITY;

  constructor({ hold = HOLD, most = 20_000 }: TimeOrderOptions = {}) {
    this.#hold = hold;
    this.#most = most;
  }

  /** The log's clock: microseconds since 1970. */
  get clock(): number {
    return this.#clock;
  }

  /** Takes a line, and gives those that nothing can come before. */
  push(item: T): T[] {
    this.#last = item.until;
    this.#advance(item.until);
    this.#add(item);
    return this.#release(this.#clock - this.#hold);
  }

  /**
   * Gives those that nothing can come before where no line came for a while: the log's clock is taken to have gone on meanwhile. A jump that
   * the last line tells of is believed then, for none speaks against it, unless it leads into the future.
   *
   * @param silent Microseconds since the last line came.
   * @param today What time it is, microseconds since 1970.
   */
  passed(silent: number, today: number): T[] {
    if (silent >= this.#hold && this.#last > this.#clock && this.#last <= today) {
      this.#clock = this.#last;
      this.#jumps = [];
    }
    return this.#release(this.horizon(silent));
  }

  /** The time up to which every request has come, after so many microseconds without a line; −∞ before the first. */
  horizon(silent: number): number {
    return this.#clock + silent - this.#hold;
  }

  /** Gives all that wait. */
  end(): T[] {
    const out: T[] = [];
    while (this.#heap.length > 0) out.push(this.#take());
    return out;
  }

  #release(until: number): T[] {
    const out: T[] = [];
    while (this.#heap.length > 0 && (this.#heap[0]!.micros <= until || this.#heap.length > this.#most))
      out.push(this.#take());
    return out;
  }

  #advance(until: number): void {
    if (until <= this.#clock) {
      this.#jumps = [];
      return;
    }
    if (this.#clock === Number.NEGATIVE_INFINITY || until - this.#clock <= JUMP) {
      this.#clock = until;
      this.#jumps = [];
      return;
    }
    this.#jumps.push(until);
    if (this.#jumps.length < WITNESSES) return;
    this.#clock = Math.min(...this.#jumps);
    this.#jumps = [];
  }

  #add(item: T): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(item, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = item;
  }

  #take(): T {
    const heap = this.#heap;
    const first = heap[0]!;
    const item = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below++;
      if (!before(heap[below]!, item)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = item;
    return first;
  }
}

function before(a: Timed, b: Timed): boolean {
  return a.micros < b.micros || (a.micros === b.micros && a.line < b.line);
}
