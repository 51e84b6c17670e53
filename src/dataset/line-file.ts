import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { hashFile, type ManifestFile } from './manifest.js';

/** Writes a file of lines, gzip when its name says so, under a temporary name until it is closed. */
export class LineFile {
  readonly #path: string;
  readonly #file;
  readonly #head;
  #lines = 0;

  private constructor(path: string) {
    this.#path = path;
    this.#file = createWriteStream(`${path}.part`);
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
    if (!this.#head.write(`${line}\n`)) await once(this.#head, 'drain');
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
    await finished(this.#file);
    await rename(`${this.#path}.part`, this.#path);
    const { size } = await stat(this.#path);
    return { sha256: await hashFile(this.#path), bytes: size, lines: this.#lines };
  }
}

/** SHA-256 of a text, in hex. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
