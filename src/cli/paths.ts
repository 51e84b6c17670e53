import { statSync } from 'node:fs';
import { AuditweaveError, printable } from '../errors.js';
import { camelCase, type Usage } from './command.js';

/**
 * Refuses a file where a command expects a folder, and a folder where it expects a file, before any work is done. What is not there is
 * left to the command, which may make it.
 *
 * @param options What was given, by names in camel case.
 * @throws {AuditweaveError} Something else stands there.
 */
export function checkPaths(
  { options: declared, positionals }: Pick<Usage, 'options' | 'positionals'>,
  options: Record<string, unknown>,
): void {
  const places = [
    ...[...declared].map(([name, spec]) => ({ place: `--${name}`, name, spec })),
    ...[...positionals].map(([name, spec]) => ({ place: `<${name}>`, name, spec })),
  ];
  for (const { place, name, spec } of places) {
    if (!spec.path) continue;
    for (const path of [options[camelCase(name)] ?? []].flat() as string[]) {
      const there = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
      if (!there || there.isDirectory() === (spec.path === 'folder')) continue;
      throw new AuditweaveError(
        `cli: expected ${place} to be a ${spec.path}, got ${there.isDirectory() ? 'a folder' : 'a file'}: ${printable(path, 4096)}.`,
        { hint: there.isDirectory() ? 'Name a file.' : 'Name the folder.' },
      );
    }
  }
}
