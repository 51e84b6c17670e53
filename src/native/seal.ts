import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeFileAtomic } from '../files/atomic.js';

/** The hashes of a folder's files, as `sha256sum --check` reads them. */
const SUMS = 'SHA256SUMS';
/** How the files looked when their hashes were right: size, time of change and inode. */
const STAMPS = 'stamps.json';

/**
 * Seals a folder: writes down the hash of each file, and how it looks from outside, so that damage is seen before a file is used.
 *
 * @param folder Whose files; the seal lies in it.
 * @param paths Of the files, below the folder.
 * @param onBytes Told about each piece that was hashed.
 */
export async function seal(
  folder: string,
  paths: readonly string[],
  onBytes?: (bytes: number) => void,
): Promise<void> {
  const lines: string[] = [];
  for (const path of paths) lines.push(`${await hashOf(join(folder, path), onBytes)}  ${path}\n`);
  await writeFileAtomic(join(folder, SUMS), lines.join(''));
  await stamp(folder);
}

/** Notes how sealed files look now: to be called when their hashes are right. */
export async function stamp(folder: string): Promise<void> {
  const stamps = Object.fromEntries(
    Object.keys(sumsOf(folder) ?? {}).map((path) => [path, look(folder, path)]),
  );
  await writeFileAtomic(join(folder, STAMPS), `${JSON.stringify(stamps, null, 2)}\n`);
}

/**
 * Says how sealed files look, without reading them: `unsealed` where there is no seal, `changed` where one looks other than when its
 * hash was right. Takes well below a millisecond.
 */
export function glance(folder: string): 'whole' | 'changed' | 'unsealed' {
  const sums = sumsOf(folder);
  if (sums === null) return 'unsealed';
  try {
    const stamps = JSON.parse(readFileSync(join(folder, STAMPS), 'utf8')) as { [path: string]: string };
    return Object.keys(sums).every((path) => stamps[path] === look(folder, path)) ? 'whole' : 'changed';
  } catch {
    return 'changed';
  }
}

/**
 * Compares every sealed file with its hash.
 *
 * @returns The first file that is missing or has another hash, null when all are whole.
 */
export async function findDamage(folder: string, onBytes?: (bytes: number) => void): Promise<string | null> {
  const sums = sumsOf(folder);
  if (sums === null) return SUMS;
  for (const [path, expected] of Object.entries(sums)) {
    const got = await hashOf(join(folder, path), onBytes).catch(() => null);
    if (got !== expected) return path;
  }
  return null;
}

/** `findDamage` at once, for files so small that reading them takes no time. */
export function findDamageNow(folder: string): string | null {
  const sums = sumsOf(folder);
  if (sums === null) return SUMS;
  for (const [path, expected] of Object.entries(sums)) {
    try {
      if (
        createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex') !== expected
      )
        return path;
    } catch {
      return path;
    }
  }
  return null;
}

/** Hash by path; null when there is no seal, or what is there is none. */
function sumsOf(folder: string): { [path: string]: string } | null {
  try {
    const lines = readFileSync(join(folder, SUMS), 'utf8').split('\n');
    const sums: { [path: string]: string } = {};
    for (const line of lines.slice(0, -1)) {
      const [, hash, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      if (!hash || !path) return null;
      sums[path] = hash;
    }
    return lines.length > 1 && lines.at(-1) === '' ? sums : null;
  } catch {
    return null;
  }
}

function look(folder: string, path: string): string {
  const { size, mtimeMs, ino } = statSync(join(folder, path));
  return `${size} ${mtimeMs} ${ino}`;
}

async function hashOf(path: string, onBytes?: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 22 }), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      hash.update(chunk);
      onBytes?.(chunk.length);
    }
  });
  return hash.digest('hex');
}
