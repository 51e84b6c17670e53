/**
 * The stream of how many values of a line are as in the one that it repeats, before each that is not; an empty count when all that are left
 * are. One for each of what lines are about.
 */
export const sameOf = (resource: string): string => ` lines =${resource}`;
/** Says that a part's lines repeat others: parts were written without. */
export const REPEATS = ' lines =';

/** Room for what lines said, in characters; a value counts as eight more. */
const ROOM = 16 << 20;
/** Values that are looked past for one of the same stream. */
const FAR = 64;

/** What a line said: its values in the order in which they were read, and whose each is. */
export interface Said<S> {
  readonly streams: readonly S[];
  readonly values: readonly string[];
}

/**
 * What lines said last: a line mostly says what the last one on its object did, or the last one of its kind. Who cuts lines and who joins
 * them keep the same.
 */
export class Repeats<S> {
  readonly #said = new Map<string, Said<S>>();
  #held = 0;

  /**
   * What a line is likely to say, or null.
   *
   * @param like Names of what it is like, the likest first.
   */
  of(like: readonly string[]): Said<S> | null {
    for (const name of like) {
      const said = this.#said.get(name);
      if (said !== undefined) return said;
    }
    return null;
  }

  /** @param letters Of the values that no line said before. */
  keep(like: readonly string[], said: Said<S>, letters: number): void {
    this.#held += letters + 8 * said.values.length;
    if (this.#held > ROOM) {
      this.#said.clear();
      this.#held = 0;
    }
    for (const name of like) this.#said.set(name, said);
  }
}

/** The place of the next value of a stream, from a place on: another line may have longer or shorter lists. -1 where none is near. */
export function placeOf<S>({ streams }: Said<S>, stream: S, from: number): number {
  const end = Math.min(streams.length, from + FAR);
  for (let i = from; i < end; i++) if (streams[i] === stream) return i;
  return -1;
}

/** Goes along what a line said, with the values of another. */
export class Expected<S> {
  #said: Said<S> | null = null;
  #at = 0;

  begin(said: Said<S> | null): void {
    this.#said = said;
    this.#at = 0;
  }

  /** The value that comes next of a stream, or null. */
  of(stream: S): string | null {
    if (this.#said === null) return null;
    const place = placeOf(this.#said, stream, this.#at);
    if (place < 0) return null;
    this.#at = place + 1;
    return this.#said.values[place]!;
  }
}
