import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MismatchError } from '../errors.js';
import { isNotThere } from './parse.js';
import { type RunFolder, readRun } from './record.js';

/**
 * The runs of a folder: the one that it is, or those right below, by name.
 *
 * @param dir As in `results/first-light-w60-s7`, with `paper/` and `blocked/`.
 * @throws {MismatchError} No run there, or a broken record.
 * @example (await findRuns('results/first-light-w60-s7')).map(({ run }) => run.leak.protocol)
 */
export async function findRuns(dir: string): Promise<RunFolder[]> {
  const below = await names(dir);
  if (below.includes('run.json')) return [await readRun(dir)];
  const found: RunFolder[] = [];
  for (const name of below.sort())
    if ((await names(join(dir, name))).includes('run.json')) found.push(await readRun(join(dir, name)));
  if (found.length > 0) return found;
  throw new MismatchError(
    {
      folder: 'studies',
      file: dir,
      expected: 'study.json, or run.json there or in a folder below',
      got: below.length === 0 ? 'nothing' : `only ${below.slice(0, 8).join(', ')}`,
    },
    { hint: 'Name a folder that `train` or `study` has written, such as results/window-size.' },
  );
}

async function names(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
}
