import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { comesOnce, logAt } from '../audit/open-log.js';
import { temporaryFolder } from '../files/temporary.js';

/**
 * Does work on files that are read more than once: standard input and pipes, which cannot be, are copied to temporary files first.
 *
 * @param options.signal Ends the copying; what came until then is the file.
 * @example await onFiles(['-'], async ([log]) => await readTwice(log!));
 */
export async function onFiles<T>(
  files: readonly string[],
  work: (files: readonly string[]) => Promise<T>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<T> {
  if (!files.some(comesOnce)) return await work(files);
  const folder = await temporaryFolder();
  try {
    const kept: string[] = [];
    for (const [i, file] of files.entries()) {
      const path = join(folder, `input-${i}`);
      if (comesOnce(file)) await copy(file, path, signal);
      kept.push(comesOnce(file) ? path : file);
    }
    return await work(kept);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function copy(file: string, path: string, signal: AbortSignal | undefined): Promise<void> {
  const { source } = logAt(file);
  await pipeline(source, createWriteStream(path, { mode: 0o600 }), { ...(signal ? { signal } : {}) }).catch(
    (error: unknown) => {
      if (!signal?.aborted) throw error;
    },
  );
}
