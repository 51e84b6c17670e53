import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../files/atomic.js';
import { type LockOwner, withLock } from '../files/lock.js';
import { Progress } from '../progress.js';
import { explainFileError, REMOVE, type Tools } from './library.js';
import { findDamageNow, seal } from './seal.js';

export interface BuildOptions {
  /** What is built, for people: “the binding to TensorFlow”. */
  what: string;
  /** How many pieces of work `build` reports. */
  parts: number;
  /** The cache folder, for an error. */
  cache: string;
  tools: Tools;
}

/**
 * Makes a folder of built files, once a machine: one process builds, others wait; what a killed one left is removed; the folder appears
 * by a rename once its files are on the disk, with their hashes. Files that have others by now are built again.
 *
 * @param folder Named by everything that it depends on.
 * @param build Puts the files into the folder it is given, which has a folder `work` that goes away after; calls `part` after each piece.
 * @throws {AuditweaveError} full disk, cache not writable, and what `build` throws.
 */
export async function buildFolder(
  folder: string,
  { what, parts, cache, tools }: BuildOptions,
  build: (partial: string, part: () => void) => Promise<void>,
): Promise<void> {
  const onWait = (owner: LockOwner | null) =>
    tools.sink.write(`native: waiting for process ${owner?.pid ?? '?'}, which builds ${what}\n`);
  const make = async () => {
    if (isBuilt(folder)) return;
    const damaged = damageIn(folder);
    if (damaged) tools.sink.write(`native: ${damaged} is damaged; building again\n`);
    await rm(folder, REMOVE);
    await removeLeftovers(folder);
    const partial = `${folder}.partial-${randomUUID()}`;
    const progress = startProgress(what, parts, tools);
    try {
      await mkdir(join(partial, 'work'), { recursive: true });
      await build(partial, () => progress.part());
      await rm(join(partial, 'work'), { recursive: true });
      const names = (await readdir(partial)).sort();
      for (const name of names) await syncFile(join(partial, name));
      await seal(partial, names);
      await rename(partial, folder);
      await syncFolder(dirname(folder));
      progress.done();
    } catch (error) {
      await rm(partial, REMOVE);
      throw error;
    } finally {
      progress.stop();
    }
  };
  try {
    await withLock(`${folder}.lock`, make, { onWait });
  } catch (error) {
    throw explainFileError(error, what, cache);
  }
}

/** Whether a folder's files are there and are those that were built: each is compared with its hash. */
export function isBuilt(folder: string): boolean {
  return findDamageNow(folder) === null;
}

/** The file of a built folder that is damaged, null when none is or nothing is built yet. */
export function damageIn(folder: string): string | null {
  const damaged = existsSync(folder) ? findDamageNow(folder) : null;
  return damaged && join(folder, damaged);
}

/** Shows each piece of work when it is done, and on a terminal the time that passes. */
function startProgress(what: string, total: number, { sink }: Tools) {
  sink.write(`native: building ${what}, once\n`);
  const progress = new Progress(`native: building ${what}`, { unit: 'parts', total, sink });
  const tick = setInterval(() => progress.advance(0), 200).unref();
  return {
    part: () => progress.advance(1),
    done: () => progress.done(),
    stop: () => clearInterval(tick),
  };
}

/** Nobody else works here while the lock is held. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder)))
    if (name.startsWith(`${basename(folder)}.partial-`)) await rm(join(dirname(folder), name), REMOVE);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}
