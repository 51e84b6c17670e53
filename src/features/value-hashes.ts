import { createHash } from 'node:crypto';

/** Hashes of a column that are kept at hand; one takes about 100 bytes. */
const MOST = 100_000;

/**
 * Stands hashes in the place of values: who holds them can try a guess, and read nothing off.
 *
 *     hash(f, value) = first 16 bytes of SHA-256(salt, 0, name of f, 0, value), in hex
 *
 * @example new ValueHashes('salt', ['verb']).of('get', 0)
 */
export class ValueHashes {
  readonly salt: string;
  readonly #names: readonly string[];
  /** By value, of each column. */
  readonly #known: readonly Map<string, string>[];

  /** @param salt Kept with the hashes, so that a value has other ones in other models. */
  constructor(salt: string, names: readonly string[]) {
    this.salt = salt;
    this.#names = names;
    this.#known = names.map(() => new Map());
  }

  /** What stands for a value of column `f`; no value stays none. */
  of(value: string | null, f: number): string | null {
    if (value === null) return null;
    const known = this.#known[f]!;
    const found = known.get(value);
    if (found !== undefined) return found;
    const text = `${this.salt}\0${this.#names[f]}\0${value}`;
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
    if (known.size >= MOST) known.clear();
    known.set(value, hash);
    return hash;
  }
}
