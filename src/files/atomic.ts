import { createWriteStream, type Stats } from 'node:fs';
import { mkdir, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AuditweaveError } from '../errors.js';
import { atPath } from '../system-faults.js';
import { removeLeft, temporaryName } from './temporary.js';

type Content = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Writes a file so that a reader sees the old content or the new, never a part: temporary file beside it, fsync, rename,
 * fsync of the folder. Parent folders are made; temporary files of processes that were killed are removed.
 *
 * Only a regular file is replaced: through a link its target is, and a device or pipe is written into.
 *
 * @param path Where the content ends up.
 * @param content Text (UTF-8) or bytes, or an iterable of them, written in order.
 * @throws {AuditweaveError} There is a folder of that name, or something else that takes no content.
 * @example await writeFileAtomic('results/a/run.json', JSON.stringify(run, null, 2));
 */
export async function writeFileAtomic(path: string, content: Content): Promise<void> {
  const chunks = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  await mkdir(dirname(path), { recursive: true });
  const there = await stat(path).catch(() => null);
  if (there && !there.isFile()) return await writeInto(path, there, chunks);
  const target = there ? await realpath(path) : await endOfLinks(path);
  const folder = dirname(target);
  const temporary = join(folder, temporaryName(basename(target)));
  await removeLeft(folder);
  try {
    const file = await open(temporary, 'wx');
    try {
      if (there) await file.chmod(there.mode);
      for await (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw isOf(error, temporary) ? atPath(error, path) : error;
  }
  await syncFolder(folder);
}

/** Whether a fault is of writing this file, and not of the content's source: a write does not say its file. */
function isOf(error: unknown, temporary: string): boolean {
  const { path } = error as NodeJS.ErrnoException;
  return path === undefined || path === temporary;
}

/** Writes into what is no regular file. */
async function writeInto(
  path: string,
  there: Stats,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  if (!there.isCharacterDevice() && !there.isFIFO())
    throw new AuditweaveError(
      `files: expected ${path} to be a file, got ${there.isDirectory() ? 'a folder' : 'something else'}.`,
      { hint: 'Name another file.' },
    );
  await pipeline(Readable.from(chunks), createWriteStream(path, { flags: 'r+' })).catch((error: unknown) => {
    throw isOf(error, path) ? atPath(error, path) : error;
  });
}

/** Where a link leads that leads to nothing yet. */
async function endOfLinks(path: string): Promise<string> {
  let at = path;
  for (let i = 0; i < 40; i++) {
    const next = await readlink(at).catch(() => null);
    if (next === null) return at;
    at = resolve(dirname(at), next);
  }
  throw new AuditweaveError(`files: expected ${path} to lead to a file, got links without end.`);
}

/** Makes a rename in `folder` last through a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
