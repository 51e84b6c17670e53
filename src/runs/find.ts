import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MismatchError } from '../errors.js';
import { PROTOCOLS } from '../settings/protocols.js';
import { type RunFolder, readRun } from './record.js';

const HINT = 'Name a folder that `train` or `study` has written, such as results/reference/window-size.';

/**
 * The runs of a folder: the one that it is, or those right below; folders named like a protocol first, then by name.
 *
 * @param dir As in `results/reference/first-light-w60-s7`, with `paper/` and `blocked/`.
 * @throws {MismatchError} No run there, or a broken record.
 * @example (await findRuns('results/reference/first-light-w60-s7')).map(({ run }) => run.leak.protocol)
 */
export async function findRuns(dir: string): Promise<RunFolder[]> {
  const entries = await list(dir);
  if (isRun(entries)) return [await readRun(dir)];
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found: RunFolder[] = [];
  for (const name of folders.sort(byProtocol)) {
    const path = join(dir, name);
    if (isRun(await list(path))) found.push(await readRun(path));
  }
  if (found.length > 0) return found;
  const expected = 'study.json, or run.json there or in a folder below';
  throw new MismatchError({ folder: 'studies', file: dir, expected, got: describe(entries) }, { hint: HINT });
}

async function list(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (cause) {
    const got = (cause as NodeJS.ErrnoException).code === 'ENOTDIR' ? 'a file' : 'no such folder';
    throw new MismatchError(
      { folder: 'studies', file: dir, expected: 'a folder of a study or of runs', got },
      { hint: HINT, cause },
    );
  }
}

const isRun = (entries: readonly Dirent[]): boolean => entries.some(({ name }) => name === 'run.json');

function describe(entries: readonly Dirent[]): string {
  const names = entries.map(({ name }) => name).sort();
  return names.length === 0 ? 'an empty folder' : `only ${names.slice(0, 8).join(', ')}`;
}

function byProtocol(a: string, b: string): number {
  const rank = (name: string): number => {
    const at = (PROTOCOLS as readonly string[]).indexOf(name);
    return at < 0 ? PROTOCOLS.length : at;
  };
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
