import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { atPath } from '../system-faults.js';
import { hashFile, type ManifestFile } from './manifest.js';

/** Writes a file of lines, gzip when its name says so, under a temporary name until it is closed. */
export class LineFile {
  readonly #path: string;
  readonly #file;
  readonly #head;
  #lines = 0;
  /** A fault of writing, as a full disk: the stream tells it when it likes, the next write or `close` throws it. */
  #fault: unknown;

  private constructor(path: string) {
    this.#path = path;
    this.#file = createWriteStream(`${path}.part`);
    this.#file.on('error', (error) => {
      this.#fault = atPath(error, path);
      this.#head.destroy();
    });
    const gzip = path.endsWith('.gz') ? createGzip({ level: 9 }) : null;
    gzip?.pipe(this.#file);
    this.#head = gzip ?? this.#file;
  }

  static async open(folder: string, name: string): Promise<LineFile> {
    await mkdir(folder, { recursive: true });
    return new LineFile(join(folder, name));
  }

  async write(line: string): Promise<void> {
    this.#lines++;
    if (this.#fault) throw this.#fault;
    if (!this.#head.write(`${line}\n`))
      await Promise.race([once(this.#head, 'drain'), once(this.#head, 'close')]);
    if (this.#fault) throw this.#fault;
  }

  /** Leaves nothing behind. */
  async abort(): Promise<void> {
    this.#head.destroy();
    this.#file.destroy();
    if (!this.#file.closed) await once(this.#file, 'close');
    await rm(`${this.#path}.part`, { force: true });
  }

  /** @returns What the manifest says of the file. */
  async close(): Promise<ManifestFile> {
    this.#head.end();
    await finished(this.#file).catch((error: unknown) => {
      throw this.#fault ?? error;
    });
    await rename(`${this.#path}.part`, this.#path);
    const { size } = await stat(this.#path);
    return { sha256: await hashFile(this.#path), bytes: size, lines: this.#lines };
  }
}

/** SHA-256 of a text, in hex. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
