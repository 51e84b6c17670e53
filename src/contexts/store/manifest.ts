import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isRecord } from '../../audit/event.js';
import { AuditweaveError } from '../../errors.js';
import { writeFileAtomic } from '../../files/atomic.js';
import { brokenSeal, sealed } from '../../files/seal.js';
import { KEEPS, type Keep } from './keep.js';

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
  /** Contexts of earlier parts that it tells anew, and their lines; absent in parts of older versions. */
  retold?: [context: number, lines: number][];
}

/** What a store says of itself. It is written last: what it does not name is not there. */
export interface StoreManifest {
  /** 1 where every part was written before lines were stored as repeats of others, which older versions cannot read. */
  format: 1 | 2;
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
 * @param options.others Whether a folder of something else, as a dataset, is taken for none. Default false.
 * @throws {AuditweaveError} It is none that this version can read, or damaged.
 */
export async function readStoreManifest(
  dir: string,
  { others = false }: { others?: boolean } = {},
): Promise<StoreManifest | null> {
  const path = join(dir, NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
  let manifest: unknown = null;
  try {
    manifest = JSON.parse(text);
  } catch {
    // told below, as any other content
  }
  if (isRecord(manifest)) {
    if (others && manifest.keep === undefined && manifest.parts === undefined) return null;
    const broken = brokenSeal(manifest);
    if (broken !== null)
      throw new AuditweaveError(`contexts: expected ${path} with ${broken.expected}, got ${broken.got}.`, {
        hint: 'It is damaged: write the store again from the log, into a new folder.',
      });
    if (isManifest(manifest)) return manifest;
  }
  throw new AuditweaveError(`contexts: expected ${path} to be of a store of contexts, got something else.`, {
    hint: 'Name a folder that `auditweave contexts LOG --out DIR` wrote.',
  });
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isPair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isInteger);

/** Whether a value is what a store says of itself; a name in it leads nowhere else. */
function isManifest(value: Record<string, unknown>): value is Record<string, unknown> & StoreManifest {
  const { format, keep, redacted, next, parts } = value;
  return (
    (format === 1 || format === 2) &&
    KEEPS.includes(keep as Keep) &&
    typeof redacted === 'boolean' &&
    isCount(next) &&
    Array.isArray(parts) &&
    parts.every(isPart)
  );
}

function isPart(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, lines, contexts, numbers, received, textBytes, files, superseded, retold } = value;
  return (
    /^\d{6,}$/.test(String(name)) &&
    [lines, contexts, textBytes].every(isCount) &&
    [numbers, received].every(isPair) &&
    isRecord(files) &&
    Object.entries(files).every(([file, entry]) => /^[a-z]+\.parquet$/.test(file) && isRecord(entry)) &&
    Array.isArray(superseded) &&
    superseded.every(isCount) &&
    (retold === undefined || (Array.isArray(retold) && retold.every(isPair)))
  );
}

export const writeStoreManifest = (dir: string, manifest: StoreManifest): Promise<void> =>
  writeFileAtomic(join(dir, NAME), `${JSON.stringify(sealed(manifest), null, 1)}\n`);

/** What a store says of itself before it has a part. */
export const emptyManifest = (keep: Keep, redacted: boolean): StoreManifest => ({
  format: 2,
  keep,
  redacted,
  next: 0,
  parts: [],
});

/**
 * Checks that a store goes on as it was begun.
 *
 * @throws {AuditweaveError} It keeps something else.
 */
export function checkSame(dir: string, manifest: StoreManifest, keep: Keep, redacted: boolean): void {
  if (manifest.keep !== keep)
    throw new AuditweaveError(
      `contexts: expected ${dir} to be a store with --keep ${keep}, got one with --keep ${manifest.keep}.`,
      {
        hint: `Go on with --keep ${manifest.keep}, or name another folder.`,
      },
    );
  if (manifest.redacted !== redacted)
    throw new AuditweaveError(
      `contexts: expected ${dir} to be a store ${redacted ? 'without' : 'with'} secrets, got one ${redacted ? 'with' : 'without'}.`,
      {
        hint: redacted
          ? 'Go on with --keep-secrets, or name another folder.'
          : 'Leave --keep-secrets away, or name another folder.',
      },
    );
}

/** Holds the lines' own texts: the larger half of a store, which questions do not need. */
export const STREAMS = 'streams.parquet';

/** Compares the texts of a store's parts with what was written, each once. */
export class StreamCheck {
  readonly #dir: string;
  readonly #sound = new Set<string>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** @throws {AuditweaveError} They are missing or others. */
  async of(part: Part): Promise<void> {
    if (this.#sound.has(part.name)) return;
    await checkFiles(this.#dir, { parts: [part] }, (file) => file === STREAMS);
    this.#sound.add(part.name);
  }
}

/** What a manifest says of a file. */
export async function fileEntry(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { sha256: hash.digest('hex'), bytes: (await stat(path)).size };
}

/**
 * Checks that the files of a store are there as they were written.
 *
 * @param hashes Of which files the contents are compared; of the others their sizes. Default all.
 * @throws {AuditweaveError} One is missing or another.
 */
export async function checkFiles(
  dir: string,
  { parts }: Pick<StoreManifest, 'parts'>,
  hashes: (file: string) => boolean = () => true,
): Promise<void> {
  for (const part of parts)
    for (const [name, { sha256, bytes }] of Object.entries(part.files)) {
      const path = join(dir, part.name, name);
      const size = (await stat(path).catch(() => null))?.size;
      const same = size === bytes && (!hashes(name) || (await fileEntry(path)).sha256 === sha256);
      if (!same)
        throw new AuditweaveError(
          `contexts: expected ${path} of ${bytes} bytes as it was written, got ${size === undefined ? 'no file' : size === bytes ? 'other bytes' : `${size} bytes`}.`,
          { hint: 'Write the store again from the log, into a new folder.' },
        );
    }
}
