import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AuditweaveError } from '../../errors.js';
import { writeFileAtomic } from '../../files/atomic.js';

/** What a store keeps. `raw`: every line. `foreground`: no line of the control plane's own work. `compact`: triggering lines and counts. */
export const KEEPS = ['raw', 'foreground', 'compact'] as const;
export type Keep = (typeof KEEPS)[number];

/** A folder of Parquet files that were written together. */
export interface Part {
  name: string;
  /** Lines that it holds, and contexts that begin in it. */
  lines: number;
  contexts: number;
  /** Numbers of its lines, from and to, both in; lines of earlier parts that it repeats are below. */
  numbers: [first: number, last: number];
  /** Times of its requests, microseconds since 1970, both in. */
  received: [first: number, last: number];
  /** Bytes of its lines' text, with line ends. */
  textBytes: number;
  files: Record<string, { sha256: string; bytes: number }>;
  /** Contexts of it that a later part tells anew, with more lines. */
  superseded: number[];
}

/** What a store says of itself. It is written last: what it does not name is not there. */
export interface StoreManifest {
  format: 1;
  keep: Keep;
  redacted: boolean;
  /** The number of the next line. */
  next: number;
  parts: Part[];
}

const NAME = 'manifest.json';

/**
 * Reads what a store says of itself, or null where there is none.
 *
 * @throws {AuditweaveError} It is none that this version can read.
 */
export async function readStoreManifest(dir: string): Promise<StoreManifest | null> {
  const path = join(dir, NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
  try {
    const manifest = JSON.parse(text) as StoreManifest;
    if (manifest.format === 1 && KEEPS.includes(manifest.keep) && Array.isArray(manifest.parts))
      return manifest;
  } catch {
    // told below, as any other content
  }
  throw new AuditweaveError(`contexts: expected ${path} to be of a store of contexts, got something else.`, {
    hint: 'Name a folder that `auditweave contexts LOG --out DIR` wrote.',
  });
}

export const writeStoreManifest = (dir: string, manifest: StoreManifest): Promise<void> =>
  writeFileAtomic(join(dir, NAME), `${JSON.stringify(manifest, null, 1)}\n`);

/** What a manifest says of a file. */
export async function fileEntry(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { sha256: hash.digest('hex'), bytes: (await stat(path)).size };
}

/**
 * Checks that the files of a store are there as they were written.
 *
 * @param hashes Whether their contents are compared; else their sizes.
 * @throws {AuditweaveError} One is missing or another.
 */
export async function checkFiles(dir: string, { parts }: StoreManifest, hashes = false): Promise<void> {
  for (const part of parts)
    for (const [name, { sha256, bytes }] of Object.entries(part.files)) {
      const path = join(dir, part.name, name);
      const size = (await stat(path).catch(() => null))?.size;
      const same = size === bytes && (!hashes || (await fileEntry(path)).sha256 === sha256);
      if (!same)
        throw new AuditweaveError(
          `contexts: expected ${path} of ${bytes} bytes as it was written, got ${size === undefined ? 'no file' : size === bytes ? 'other bytes' : `${size} bytes`}.`,
          { hint: 'Write the store again from the log.' },
        );
    }
}
