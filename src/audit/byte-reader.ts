const NOTHING = new Uint8Array(0);

/** Reads bytes that come in chunks as a whole: by count, by looking ahead, or as they come. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = NOTHING;

  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** The next bytes, as many as are at hand; null at the end. */
  async chunk(): Promise<Uint8Array | null> {
    while (this.#held.length === 0) if (!(await this.#more())) return null;
    const held = this.#held;
    this.#held = NOTHING;
    return held;
  }

  /** Bytes that were taken and are to be read next. */
  putBack(bytes: Uint8Array): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([bytes, this.#held]);
  }

  /** The next `count` bytes without taking them; fewer at the end. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#held.length < count) if (!(await this.#more())) break;
    return this.#held.subarray(0, count);
  }

  /** The next `count` bytes; fewer at the end. */
  async take(count: number): Promise<Uint8Array> {
    const taken = await this.peek(count);
    this.#held = this.#held.subarray(taken.length);
    return taken;
  }

  /** Passes bytes up to one that is not 0; false at the end. */
  async skipZeros(): Promise<boolean> {
    for (;;) {
      const at = this.#held.findIndex((byte) => byte !== 0);
      this.#held = at < 0 ? NOTHING : this.#held.subarray(at);
      if (at >= 0) return true;
      if (!(await this.#more())) return false;
    }
  }

  /** Passes a text up to and with the 0 that ends it; false when it is cut off or longer than `most` bytes. */
  async skipText(most: number): Promise<boolean> {
    for (let size = 256; ; size *= 2) {
      const bytes = await this.peek(size);
      const end = bytes.indexOf(0);
      if (end >= 0) {
        this.#held = this.#held.subarray(end + 1);
        return true;
      }
      if (bytes.length < size || size > most) return false;
    }
  }

  /** All that is left, as it comes. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.chunk(); chunk; chunk = await this.chunk()) yield chunk;
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done) return false;
    this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    return true;
  }
}
