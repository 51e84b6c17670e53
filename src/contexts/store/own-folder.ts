import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditweaveError, printable } from '../../errors.js';

const MANIFEST = 'manifest.json';
/** What a write that was killed leaves beside parts: its lock, the database's files, a manifest or a part that was not finished. */
const LEFT = /^\.(?:lock(?:\.turn)?|tmp|\d{6}\.tmp|manifest\.json\..*\.tmp)$/;
const PART = /^\d{6}$/;
/** Names that are told. */
const TOLD = 3;

/**
 * Keeps a store from being written among other files, of which some could have its names and be replaced.
 *
 * @param dir Where a store is or will be.
 * @throws {AuditweaveError} It has no store's manifest, and something else than a first write leaves that was killed.
 */
export async function checkOwnFolder(dir: string): Promise<void> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.includes(MANIFEST)) return;
  const others: string[] = [];
  for (const name of names.sort())
    if (!LEFT.test(name) && !(PART.test(name) && (await isPart(join(dir, name))))) others.push(name);
  if (others.length === 0) return;
  const told = others.slice(0, TOLD).map((name) => printable(name));
  const more = others.length > TOLD ? ` and ${others.length - TOLD} more` : '';
  throw new AuditweaveError(
    `contexts: expected ${printable(dir, 4096)} to hold a store or nothing, got ${told.join(', ')}${more}.`,
    { hint: 'Name another folder, as in --out store.' },
  );
}

/** Whether a folder has tables only. */
async function isPart(path: string): Promise<boolean> {
  const files = await readdir(path).catch(() => ['no folder']);
  return files.every((file) => file.endsWith('.parquet'));
}
