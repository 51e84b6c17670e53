import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK = 4 << 20;

/** Follows a growing file by whole lines, from a byte on. */
export class Tail {
  readonly #file: number;
  #position: number;
  #rest: Buffer = Buffer.alloc(0);
  readonly #buffer = Buffer.allocUnsafe(CHUNK);

  /** @param from First byte. Default: the end as it is now. */
  constructor(path: string, from?: number) {
    this.#file = openSync(path, 'r');
    this.#position = from ?? fstatSync(this.#file).size;
  }

  /** Byte after the last whole line that was given. */
  get position(): number {
    return this.#position - this.#rest.length;
  }

  /** The lines that are complete by now, without line ends. */
  *read(): Generator<string> {
    for (;;) {
      const size = readSync(this.#file, this.#buffer, 0, CHUNK, this.#position);
      if (size === 0) return;
      this.#position += size;
      const bytes = Buffer.concat([this.#rest, this.#buffer.subarray(0, size)]);
      let start = 0;
      for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
        yield bytes.toString('utf8', start, end);
        start = end + 1;
      }
      this.#rest = Buffer.from(bytes.subarray(start));
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
