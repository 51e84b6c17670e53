import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { AuditweaveError } from '../errors.js';
import { PROGRAM } from '../files/program.js';

/** Where reference records lie: committed, cited, and read like any others. Own runs and studies lie beside it, in `results/`. */
export const REFERENCE = join('results', 'reference');

/**
 * Whether a folder is that of reference records, or below it, whatever links lead there.
 *
 * @example isReference('results/reference/window-size') // true
 */
export function isReference(folder: string): boolean {
  for (let at = real(resolve(folder)); at !== dirname(at); at = dirname(at))
    if (basename(at) === 'reference' && basename(dirname(at)) === 'results') return true;
  return false;
}

/**
 * Keeps reference records from being written by the way.
 *
 * @param update Whether that is asked for: `--update-reference`; null where it cannot be.
 * @param instead What to do to get the same elsewhere.
 * @throws {AuditweaveError} The folder is one of them, and it is not asked for.
 * @example refuseReference(out, options.updateReference, 'Leave --out out');
 */
export function refuseReference(folder: string, update: boolean | null, instead: string): void {
  if (update || !isReference(folder)) return;
  throw new AuditweaveError(
    `studies: expected a folder of your own to write to, got ${folder}, which holds reference records.`,
    { hint: `${instead}${update === null ? '' : '; --update-reference makes the reference records anew'}.` },
  );
}

/** Folders of the studies and runs that have reference records: of the folder one stands in, else of this program. */
export function referenceFolders(): string[] {
  const root = [REFERENCE, join(PROGRAM, REFERENCE)].find((folder) => existsSync(folder));
  if (root === undefined) return [];
  return readdirSync(root)
    .sort()
    .map((name) => join(root, name))
    .filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory());
}

/** A path without links, as far as it is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(real(dirname(path)), basename(path));
  }
}
