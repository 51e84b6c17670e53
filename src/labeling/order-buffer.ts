import { orderByReceived } from '../audit/order.js';

/**
 * Encoded lines that wait until those that were received before them have come.
 *
 * @example
 * const buffer = new OrderBuffer<number>(39);
 * buffer.push(0, receivedMicros(event), row);
 * const { items, rows } = buffer.release(1);
 */
export class OrderBuffer<T> {
  readonly #features: number;
  #items: T[] = [];
  #micros = new Float64Array(1024);
  #rows: Float32Array;

  /** @param features F, values a row. */
  constructor(features: number) {
    this.#features = features;
    this.#rows = new Float32Array(1024 * features);
  }

  /** Lines that wait. */
  get length(): number {
    return this.#items.length;
  }

  /** Takes a line: what stands for it, when it was received, and its row, shape [F]. */
  push(item: T, micros: number, row: Float32Array): void {
    const at = this.#items.length;
    if (at === this.#micros.length) {
      this.#micros = grown(this.#micros, 2 * at, Float64Array);
      this.#rows = grown(this.#rows, 2 * at * this.#features, Float32Array);
    }
    this.#items.push(item);
    this.#micros[at] = micros;
    this.#rows.set(row, at * this.#features);
  }

  /** Hands on the `count` lines that were received first, in that order: their rows have shape [count, F]. */
  release(count: number): { items: T[]; rows: Float32Array } {
    const order = orderByReceived(this.#micros.subarray(0, this.length));
    const taken = this.#pick(order.subarray(0, count));
    const kept = this.#pick(order.subarray(count).sort());
    this.#items = kept.items;
    this.#micros = grown(kept.micros, Math.max(1024, this.#micros.length), Float64Array);
    this.#rows = grown(kept.rows, this.#micros.length * this.#features, Float32Array);
    return taken;
  }

  #pick(at: Int32Array): { items: T[]; micros: Float64Array<ArrayBuffer>; rows: Float32Array<ArrayBuffer> } {
    const features = this.#features;
    const rows = new Float32Array(at.length * features);
    at.forEach((from, to) => {
      rows.set(this.#rows.subarray(from * features, (from + 1) * features), to * features);
    });
    return {
      items: Array.from(at, (i) => this.#items[i]!),
      micros: Float64Array.from(at, (i) => this.#micros[i]!),
      rows,
    };
  }
}

function grown<A extends Float32Array | Float64Array>(
  values: A,
  length: number,
  Type: new (length: number) => A,
): A {
  const larger = new Type(length);
  larger.set(values);
  return larger;
}
