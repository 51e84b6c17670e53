import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { isLogName } from '../audit/logs.js';
import { AuditweaveError, printable } from '../errors.js';

/**
 * Refuses to write over what is read: a log is evidence, and is read once more while the answer is written.
 *
 * @param option As `label: --out`: who asks, and where it is said.
 * @param target Where the answer goes; undefined where it is printed.
 * @param sources Files and folders that are read.
 * @throws {AuditweaveError} It is one of them by whatever name, a log or a store's file in one of them, or `-`.
 */
export function checkTarget(option: string, target: string | undefined, sources: readonly string[]): void {
  if (target === undefined) return;
  const [command, name] = option.split(': ');
  if (target === '-')
    throw new AuditweaveError(`${command}: expected ${name} to be a file, got -.`, {
      hint:
        name === '--out'
          ? 'Leave it out: rows go to standard output.'
          : `Name one, as in ${name} ${name === '--html' ? 'page.html' : 'contexts.parquet'}.`,
    });
  const own = placeOf(target);
  if (own === null) return;
  for (const source of sources) {
    const other = source === '-' ? null : placeOf(source);
    if (other && (own.id === other.id || (own.path.startsWith(`${other.path}${sep}`) && isSource(own.path))))
      throw new AuditweaveError(
        `${command}: expected ${name} to be another file than the log, got ${printable(target, 4096)}.`,
      );
  }
}

/** Whether a file in a folder that is read is a log of it, or a file of the store that it is. */
const isSource = (path: string): boolean =>
  isLogName(basename(path)) || basename(path) === 'manifest.json' || /^\d{6,}$/.test(basename(dirname(path)));

/** The real path of what is there, and which file it is, by however many names; null where nothing is. */
function placeOf(path: string): { path: string; id: string } | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return { path: realpathSync(path), id: `${dev} ${ino}` };
  } catch {
    return null;
  }
}
