import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this program, which has `experiments/` and `datasets/` in it. */
export const PROGRAM = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Where a path leads: as it is given, from the folder one stands in; else, where there is nothing, from the folder of this program.
 *
 * @returns The path as given when neither is there.
 * @example findPath('datasets/first-light') // from any folder
 */
export function findPath(path: string): string {
  if (path === '' || isAbsolute(path) || existsSync(path)) return path;
  const own = join(PROGRAM, path);
  return existsSync(own) ? own : path;
}
