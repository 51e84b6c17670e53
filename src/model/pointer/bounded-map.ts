/** A map that forgets what was used longest ago when it has more than `limit` entries. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;
  readonly #forgotten: ((value: V) => void) | undefined;

  /** @param forgotten Told of each value that is forgotten. */
  constructor(limit: number, forgotten?: (value: V) => void) {
    this.#limit = limit;
    this.#forgotten = forgotten;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Does not count as use. */
  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** The value that was used longest ago. */
  oldest(): [key: string, value: V] | undefined {
    return this.#entries.entries().next().value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    const [first, old] = this.oldest()!;
    this.#entries.delete(first);
    this.#forgotten?.(old);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
