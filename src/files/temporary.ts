import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { processSpace, startOf } from './lock.js';

/** Process, its start in ticks, and where both mean something; `mkdtemp` and names of files add letters of their own. */
const OWNED = /^(\d+)-(\d+)-([\da-f]{8})[\w-]{6,}$/;
const FOLDER = 'auditweave-';

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

/** Removes the temporary files beside a file whose processes are gone: killed, they could not do so themselves. */
export async function removeLeft(folder: string, base: string): Promise<void> {
  await removeDead(folder, `.${base}.`, '.tmp');
}

/**
 * A folder for what need not last, in the system's place for such; only its owner may look into it. Those of processes that are gone are removed.
 *
 * @example const folder = await temporaryFolder(); // '/tmp/auditweave-4711-90210-1c3e5a7bAbCdEf'
 */
export async function temporaryFolder(): Promise<string> {
  await removeDead(tmpdir(), FOLDER, '');
  return await mkdtemp(join(tmpdir(), `${FOLDER}${ownName()}`));
}

async function removeDead(folder: string, before: string, after: string): Promise<void> {
  const space = here();
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(before) || !name.endsWith(after)) continue;
    const [, pid, started, of] = OWNED.exec(name.slice(before.length, name.length - after.length)) ?? [];
    if (of !== space || startOf(Number(pid)) === started) continue;
    // Somebody else's, or another was faster.
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {});
  }
}
