import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AuditweaveError } from '../errors.js';
import { findPath, PROGRAM } from '../files/program.js';
import { nearestName } from '../nearest-name.js';

/** Kinds of files in `experiments/`, by what their names end in. */
const KINDS = { config: 'a settings file', study: 'a study file' } as const;
const FOLDER = 'experiments';

/**
 * Finds a file of `experiments/` by its path or by its name alone, from any folder.
 *
 * @param said As in `experiments/fast.config.yaml` or `fast`.
 * @param kind What it is.
 * @param beside A folder that is looked into before all others.
 * @returns Its path.
 * @throws {AuditweaveError} There is none; the hint names those there are.
 * @example findExperiment('fast', 'config') // 'experiments/fast.config.yaml'
 */
export function findExperiment(said: string, kind: keyof typeof KINDS, beside?: string): string {
  const folders = [...(beside === undefined ? [] : [beside]), FOLDER, join(PROGRAM, FOLDER)];
  const named = /^[\w-]+$/.test(said) ? folders.map((folder) => join(folder, `${said}.${kind}.yaml`)) : [];
  const found = [...named, findPath(said)].find((path) => existsSync(path));
  if (found !== undefined) return found;
  const names = [...new Set(folders.flatMap((folder) => namesIn(folder, kind)))].sort();
  const near = nearestName(said, names);
  throw new AuditweaveError(`studies: expected ${KINDS[kind]}, got no readable ${said}.`, {
    hint: near === null ? `Name a file, or one of these: ${names.join(', ')}.` : `Did you mean ${near}?`,
  });
}

function namesIn(folder: string, kind: string): string[] {
  const end = `.${kind}.yaml`;
  try {
    return readdirSync(folder).flatMap((name) => (name.endsWith(end) ? [name.slice(0, -end.length)] : []));
  } catch {
    return [];
  }
}
