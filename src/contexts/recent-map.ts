/**
 * A map that keeps what was spoken of lately and forgets the rest: at least half of `most` keys, at most `most`. Nothing is moved one by
 * one, so that it stays fast when it is full.
 *
 * @example
 * const map = new RecentMap<number>(1000);
 * map.set('a', 1).get('a'); // 1
 */
export class RecentMap<V, K = string> {
  readonly #half: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  /** @param most Keys at most, from 2. */
  constructor(most: number) {
    this.#half = Math.max(1, most >> 1);
  }

  /** The value of a key. It becomes young. */
  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): this {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return this;
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
