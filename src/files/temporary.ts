import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { processSpace, startOf } from './lock.js';

/** Process, its start in ticks, and where both mean something; `mkdtemp` and names of files add letters of their own. */
const OWNED = /^(\d+)-(\d+)-([\da-f]{8})[\w-]{6,}$/;
const FOLDER = 'auditweave-';
/** A file that is being written, as `temporaryName` calls it. */
const TEMPORARY = /^\..+\.(\d+-\d+-[\da-f]{8}-[\da-f]{8})\.tmp$/;

/** A hash of what numbers of processes are counted in. Not of the boot: a process of an earlier one is gone, by its start. */
const here = (): string =>
  createHash('sha256').update(`${hostname()} ${processSpace()}`).digest('hex').slice(0, 8);

const ownName = (): string => `${process.pid}-${startOf(process.pid) ?? 0}-${here()}`;

/**
 * A name beside a file that is being written, which nobody shares, and which says whose it is.
 *
 * @param base Name of the file.
 * @example temporaryName('run.json') // '.run.json.4711-90210-1c3e5a7b-9d3f10aa.tmp'
 */
export function temporaryName(base: string): string {
  return `.${base}.${ownName()}-${randomBytes(4).toString('hex')}.tmp`;
}

/** Folders that this process has looked through, at most `MOST_LOOKED`: what dies while it lives is left to the next. */
const looked = new Set<string>();
const MOST_LOOKED = 10_000;

/**
 * Removes the temporary files of a folder whose processes are gone: killed, they could not do so themselves. A process looks once, for a
 * folder may hold many files and be written into often.
 */
export async function removeLeft(folder: string): Promise<void> {
  if (looked.has(folder)) return;
  if (looked.size >= MOST_LOOKED) looked.clear();
  looked.add(folder);
  const space = here();
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = TEMPORARY.exec(name)?.[1];
    if (owner !== undefined) await removeDead(join(folder, name), owner, space);
  }
}

/**
 * A folder for what need not last, in the system's place for such; only its owner may look into it. Those of processes that are gone are removed.
 *
 * @example const folder = await temporaryFolder(); // '/tmp/auditweave-4711-90210-1c3e5a7bAbCdEf'
 */
export async function temporaryFolder(): Promise<string> {
  const space = here();
  for (const name of await readdir(tmpdir()).catch(() => []))
    if (name.startsWith(FOLDER)) await removeDead(join(tmpdir(), name), name.slice(FOLDER.length), space);
  return await mkdtemp(join(tmpdir(), `${FOLDER}${ownName()}`));
}

/** @param owner As in names: process, start, and where both mean something. */
async function removeDead(path: string, owner: string, space: string): Promise<void> {
  const [, pid, started, of] = OWNED.exec(owner) ?? [];
  if (of !== space || startOf(Number(pid)) === started) return;
  // Somebody else's, or another was faster.
  await rm(path, { recursive: true, force: true }).catch(() => {});
}
