import { orderByReceived } from '../audit/order.js';

/** Microseconds by which a line may be ahead of those that came after it. */
const AHEAD = 3600e6;
/** Lines that are looked at to tell what time it is. */
const AROUND = 5;
const MAJORITY = 3;

/**
 * Lines that wait until those that were received before them have come.
 *
 * A line that claims a time more than an hour after that of the lines around it is *ahead*: it would wait for ever, and what comes
 * after it with it. A line that was received before one that has left is *late*. Neither can fall into order any more.
 *
 * @example
 * const buffer = new OrderBuffer<number>();
 * buffer.push(0, receivedMicros(event));
 * const [first] = buffer.release(1);
 */
export class OrderBuffer<T> {
  #items: T[] = [];
  #micros = new Float64Array(1024);
  /** When each line was written, in microseconds. */
  #clocks = new Float64Array(1024);
  /** Number of each line in order of arrival. */
  #arrivals = new Float64Array(1024);
  #pushed = 0;
  /** Latest time of a line that has left. */
  #frontier = Number.NEGATIVE_INFINITY;
  /** Lines running that were written before that. */
  #earlier = 0;
  /** Clocks of the lines that came last before those that wait. */
  #before: number[] = [];

  /** Lines that wait. */
  get length(): number {
    return this.#items.length;
  }

  /** Lines taken so far. */
  get pushed(): number {
    return this.#pushed;
  }

  /**
   * Whether lines received after this one have left. When several lines running were also written before that, the log begins anew, as
   * where another server's log follows, and none of them is late.
   *
   * @param clock When the line was written.
   */
  isLate(micros: number, clock = micros): boolean {
    this.#earlier = clock < this.#frontier ? this.#earlier + 1 : 0;
    if (this.#earlier > AROUND) this.#frontier = Number.NEGATIVE_INFINITY;
    return micros < this.#frontier;
  }

  /**
   * Takes a line: what stands for it, when it was received, and when it was written.
   *
   * @param clock Microseconds since 1970. Default: when it was received.
   */
  push(item: T, micros: number, clock = micros): void {
    const at = this.#items.length;
    if (at === this.#micros.length) {
      this.#micros = grown(this.#micros, 2 * at);
      this.#clocks = grown(this.#clocks, 2 * at);
      this.#arrivals = grown(this.#arrivals, 2 * at);
    }
    this.#items.push(item);
    this.#micros[at] = micros;
    this.#clocks[at] = clock;
    this.#arrivals[at] = this.#pushed++;
  }

  /** Hands on the `count` lines that were received first, in that order. */
  release(count: number): T[] {
    const order = orderByReceived(this.#micros.subarray(0, this.length));
    const last = order[Math.min(count, order.length) - 1];
    if (last !== undefined) this.#frontier = Math.max(this.#frontier, this.#micros[last]!);
    return this.#take(order.subarray(0, count), order.subarray(count).sort());
  }

  /**
   * Hands on the lines that are ahead, and those that more than `most` lines have overtaken.
   *
   * @param most Lines that may come while one waits.
   */
  releaseAhead(most: number): T[] {
    const gone: number[] = [];
    const kept: number[] = [];
    for (let i = 0; i < this.length; i++) {
      const overtaken = this.#pushed - this.#arrivals[i]! > most;
      (overtaken || this.#lower(i, i + 1, i + 1 + AROUND) >= MAJORITY ? gone : kept).push(i);
    }
    return gone.length === 0 ? [] : this.#take(Int32Array.from(gone), Int32Array.from(kept));
  }

  /** Hands on the lines that seem to be ahead, and of a time that is still to come: nothing that follows can put them right. */
  releaseFuture(today: number): T[] {
    const gone: number[] = [];
    const kept: number[] = [];
    for (let i = 0; i < this.length; i++)
      (this.#micros[i]! > today && this.#seemsAhead(i) ? gone : kept).push(i);
    return gone.length === 0 ? [] : this.#take(Int32Array.from(gone), Int32Array.from(kept));
  }

  /**
   * How many lines can leave when nothing is waited for any more: those received up to the latest of the lines that came before the
   * `mark`-th; a line that seems to be ahead, with too few after it to tell, waits on.
   */
  settled(mark: number): number {
    let latest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.length && this.#arrivals[i]! < mark; i++)
      if (this.#micros[i]! > latest && !this.#seemsAhead(i)) latest = this.#micros[i]!;
    let count = 0;
    for (let i = 0; i < this.length; i++) if (this.#micros[i]! <= latest) count++;
    return count;
  }

  /** How many of the lines were received by a time, in microseconds since 1970. */
  receivedBy(micros: number): number {
    let count = 0;
    for (let i = 0; i < this.length; i++) if (this.#micros[i]! <= micros) count++;
    return count;
  }

  /** Lines from `from` up to `to` whose clock is long before the time of line `i`. */
  #lower(i: number, from: number, to: number): number {
    let count = 0;
    for (let at = Math.max(0, from); at < Math.min(to, this.length); at++)
      if (this.#clocks[at]! < this.#micros[i]! - AHEAD) count++;
    return count;
  }

  #seemsAhead(i: number): boolean {
    if (i + AROUND < this.length) return false;
    const seen = Math.min(i, AROUND);
    const before = this.#before.slice(seen);
    const lower =
      this.#lower(i, i - seen, i) + before.filter((clock) => clock < this.#micros[i]! - AHEAD).length;
    return 2 * lower > seen + before.length;
  }

  #take(at: Int32Array, rest: Int32Array): T[] {
    const taken = Array.from(at, (i) => this.#items[i]!);
    for (const i of at) this.#before.push(this.#clocks[i]!);
    this.#before = this.#before.slice(-AROUND);
    this.#items = Array.from(rest, (i) => this.#items[i]!);
    for (const values of [this.#micros, this.#clocks, this.#arrivals])
      rest.forEach((from, to) => {
        values[to] = values[from]!;
      });
    return taken;
  }
}

function grown(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(values);
  return larger;
}
