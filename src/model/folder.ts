import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { show } from '../audit/event.js';
import { AuditweaveError, MismatchError, printable } from '../errors.js';
import { syncFolder, writeFileAtomic } from '../files/atomic.js';
import { brokenSeal, sealedJson } from '../files/seal.js';

/** The file of a model folder that says what kind of model it is, what it needs, and the hash of every other file. */
export const CONFIG = 'config.json';
/** What to do about a model folder that is not as it was written. */
export const AGAIN = 'copy the whole model folder again, or train the model again.';

/**
 * Writes a model folder: a config with the hash of each part and of itself, and the parts. It appears as a whole or not at all; one that was there is
 * replaced.
 *
 * @param dir The model folder, as in `results/a/blocked/model`.
 * @param config What the kind needs beside the parts; `model` is its name.
 * @param parts Contents by file name.
 * @example await writeModelParts('results/a/blocked/model', { model: 'bilstm' }, { 'card.md': card });
 */
export async function writeModelParts(
  dir: string,
  config: { model: string },
  parts: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const parent = dirname(resolve(dir));
  const fresh = join(parent, `.${basename(resolve(dir))}.new`);
  const old = join(parent, `.${basename(resolve(dir))}.old`);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  for (const [name, content] of Object.entries(parts)) await writeFileAtomic(join(fresh, name), content);
  const files = Object.fromEntries(Object.entries(parts).map(([name, content]) => [name, sha256(content)]));
  await writeFileAtomic(join(fresh, CONFIG), sealedJson({ ...config, files }));
  await rm(old, { recursive: true, force: true });
  if (await exists(dir)) await rename(dir, old);
  await rename(fresh, dir);
  await syncFolder(parent);
  await rm(old, { recursive: true, force: true });
}

/**
 * Where a model lies.
 *
 * @param dir A model folder; or a run, which holds it as `model`; or the runs of one `train`, of which `blocked` is preferred
 *   to `capture` and `paper`.
 * @throws {AuditweaveError} There is no model at `dir`.
 */
export async function findModelFolder(dir: string): Promise<string> {
  const places = ['', 'model', 'blocked/model', 'capture/model', 'paper/model'];
  for (const place of places) if (await exists(join(dir, place, CONFIG))) return join(dir, place);
  const got = (await exists(dir))
    ? `no ${CONFIG} there, nor in ${places.slice(1).join(', ')}`
    : 'no such folder';
  throw new AuditweaveError(`model: expected a trained model in ${dir}, got ${got}.`, {
    hint: 'train one: npm run train -- --window 60',
  });
}

/**
 * The name of the kind of model that a folder holds, unchecked.
 *
 * @throws {MismatchError} Its config is no JSON object, or names none.
 */
export async function readModelName(folder: string): Promise<string> {
  const file = join(folder, CONFIG);
  const name = (parseJson(await readPart(file, MOST_CONFIG_BYTES), file) as { model?: unknown } | null)
    ?.model;
  if (typeof name === 'string') return name;
  throw new MismatchError(
    {
      folder: 'model',
      file,
      expected: 'model to be the name of a kind',
      got: show(name),
    },
    { hint: AGAIN },
  );
}

/**
 * Reads parts of a model folder and holds them against their hashes.
 *
 * @throws {MismatchError} One is missing or was changed.
 */
export async function readModelParts<Name extends string>(
  folder: string,
  hashes: Readonly<Record<Name, string>>,
): Promise<Record<Name, Uint8Array>> {
  const parts = {} as Record<Name, Uint8Array>;
  for (const [name, expected] of Object.entries<string>(hashes)) {
    const file = join(folder, name);
    const part = await readPart(file);
    const got = sha256(part);
    if (got !== expected)
      throw new MismatchError(
        { folder: 'model', file, expected: `sha256 ${expected}`, got },
        { hint: AGAIN },
      );
    parts[name as Name] = part;
  }
  return parts;
}

/**
 * Reads a file of a model folder. A FIFO or device is not waited for.
 *
 * @param most Bytes that it may have. Default 1 GiB, far more than any model here has.
 * @throws {MismatchError} It is no regular file, or larger.
 * @throws {AuditweaveError} It cannot be read.
 */
export async function readPart(path: string, most = MOST_BYTES): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  const refuse = (expected: string, got: string): never => {
    throw new MismatchError({ folder: 'model', file: path, expected, got }, { hint: AGAIN });
  };
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) refuse('a file', sortOf(found));
    if (found.size > most) refuse(`at most ${most} bytes`, `${found.size}`);
    return await file.readFile();
  } catch (error) {
    if (error instanceof MismatchError) throw error;
    throw new AuditweaveError(`model: ${path}: ${(error as Error).message}`, { hint: AGAIN, cause: error });
  } finally {
    await file?.close();
  }
}

/** Bytes of the largest part that is read, and of the config. */
const MOST_BYTES = 2 ** 30;
export const MOST_CONFIG_BYTES = 2 ** 22;

/** @example sortOf(await stat('/dev/null')) // 'a device' */
function sortOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a FIFO';
  return found.isSocket() ? 'a socket' : 'a device';
}

/** @throws {MismatchError} It is not JSON. */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    const got = printable((error as Error).message);
    throw new MismatchError({ folder: 'model', file, expected: 'JSON', got }, { hint: AGAIN });
  }
}

/**
 * Holds a config against its own hash, which older ones do not have.
 *
 * @throws {MismatchError} It was changed.
 */
export function checkSeal(config: unknown, file: string): void {
  const broken = brokenSeal(config);
  if (broken) throw new MismatchError({ folder: 'model', file, ...broken }, { hint: AGAIN });
}

/** A value as the parts of a model folder hold it. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** @throws {Error} It cannot be told, as where this user may not look. */
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );
