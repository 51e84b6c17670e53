import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MismatchError } from '../errors.js';
import { syncFolder, writeFileAtomic } from '../files/atomic.js';
import { withLock } from '../files/lock.js';
import { Progress, type ProgressSink } from '../progress.js';
import { diskFull, downloadWheel } from './pip.js';
import type { RunProgram } from './program.js';
import { unpackWheel } from './wheel.js';
import type { LibraryPlan, Wheel } from './wheels.js';

/** TensorFlow's C library on this machine. */
export interface Library {
  /** Names the build: `tensorflow-cpu-2.21.0`, or `given-…` for one of the user's. */
  key: string;
  /** libtensorflow. */
  library: string;
  /** libtensorflow_framework. */
  framework: string;
  /** The folder of the C headers. */
  include: string;
}

/** What provisioning reaches outside for. */
export interface Tools {
  run: RunProgram;
  env: NodeJS.ProcessEnv;
  /** Where progress is shown. */
  sink: ProgressSink;
}

interface Record {
  package: string;
  version: string;
  wheels: Pick<Wheel, 'name' | 'version' | 'sha256'>[];
  /** Bytes of every file in lib/. */
  files: { [path: string]: number };
}

/**
 * Gives the library of a plan, fetching it on first use: one copy a machine.
 *
 * Wheels are unpacked one by one into folders that appear by a rename once whole; the library is put together of them and appears by
 * a rename too. A killed run leaves folders that nothing takes for whole, and the wheels it had finished.
 *
 * @param plan What to fetch.
 * @param cache The cache folder, as `cacheFolder` gives it.
 * @throws {AuditweaveError} no Python, pip or network, wrong hash, full disk, cache not writable.
 */
export async function ensureLibrary(plan: LibraryPlan, cache: string, tools: Tools): Promise<Library> {
  const folder = libraryFolder(plan, cache);
  const ready = findLibrary(folder);
  if (ready) return ready;
  const { sink } = tools;
  try {
    return await withLock(
      `${folder}.lock`,
      async () => findLibrary(folder) ?? (await fetchLibrary(plan, folder, tools)),
      {
        onWait: (owner) =>
          sink.write(`native: waiting for process ${owner?.pid ?? '?'}, which fetches TensorFlow\n`),
      },
    );
  } catch (error) {
    throw explainFileError(error, `TensorFlow ${plan.version}`, cache);
  }
}

/** Where the library of a plan lies, whether it is there or not. */
export function libraryFolder(plan: LibraryPlan, cache: string): string {
  return join(cache, 'libtensorflow', `${plan.package}-${plan.version}`);
}

/** The library in a folder, or null when it is not there or not whole (a file with another size). Takes well below a millisecond. */
export function findLibrary(folder: string): Library | null {
  try {
    const record = JSON.parse(readFileSync(join(folder, 'library.json'), 'utf8')) as Record;
    for (const [path, bytes] of Object.entries(record.files))
      if (statSync(join(folder, path)).size !== bytes) return null;
    return {
      key: basename(folder),
      library: join(folder, 'lib/libtensorflow_cc.so.2'),
      framework: join(folder, 'lib/libtensorflow_framework.so.2'),
      include: join(folder, 'include'),
    };
  } catch {
    return null;
  }
}

/** With patience: a pip or compiler whose parent was killed may still write there. */
export const REMOVE = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

async function fetchLibrary(plan: LibraryPlan, folder: string, tools: Tools): Promise<Library> {
  const wheels = `${folder}.wheels`;
  await mkdir(wheels, { recursive: true });
  await removeLeftovers(folder);
  const present = new Set(await readdir(wheels));
  const missing = plan.wheels.filter((wheel) => !present.has(wheelName(wheel)));
  await checkSpace(missing, dirname(folder));
  const bytes = missing.reduce((sum, wheel) => sum + wheel.bytes, 0);
  if (missing.length > 0)
    tools.sink.write(
      `native: TensorFlow ${plan.version} (${plan.package}) is not on this machine yet; fetching ${megabytes(bytes)} into ${folder}, once\n`,
    );
  for (const wheel of missing) await fetchWheel(wheel, wheels, tools);

  const partial = `${folder}.partial-${randomUUID()}`;
  await mkdir(partial);
  for (const wheel of plan.wheels) await moveInto(join(wheels, wheelName(wheel)), partial);
  const record: Record = {
    package: plan.package,
    version: plan.version,
    wheels: plan.wheels.map(({ name, version, sha256 }) => ({ name, version, sha256 })),
    files: await sizesBelow(partial),
  };
  await writeFileAtomic(join(partial, 'library.json'), `${JSON.stringify(record, null, 2)}\n`);
  await rename(partial, folder);
  await syncFolder(dirname(folder));
  await rm(wheels, REMOVE);
  const made = findLibrary(folder);
  if (made === null)
    throw new MismatchError(
      { folder: 'native', expected: `a whole library in ${folder}`, got: 'files that changed meanwhile' },
      { hint: 'Run the same command again.' },
    );
  return made;
}

async function fetchWheel(wheel: Wheel, wheels: string, tools: Tools): Promise<void> {
  const partial = join(wheels, `partial-${randomUUID()}`);
  const unpacked = join(partial, 'unpacked');
  await mkdir(unpacked, { recursive: true });
  try {
    const download = meter(`downloading ${wheelName(wheel)}`, wheel.bytes, tools.sink);
    const file = await downloadWheel(wheel, partial, { ...tools, onBytes: download.reach });
    download.done();
    let bytes = 0;
    const unpack = meter(`unpacking ${wheelName(wheel)}`, wheel.unpacked, tools.sink);
    await unpackWheel(file, unpacked, (more) => {
      bytes += more;
      unpack.reach(bytes);
    });
    unpack.done();
    await rename(unpacked, join(wheels, wheelName(wheel)));
  } finally {
    await rm(partial, REMOVE);
  }
}

/** Removes what killed runs left: nobody else works here while the lock is held. A library that is not whole goes too. */
async function removeLeftovers(folder: string): Promise<void> {
  const beside = (await readdir(dirname(folder)))
    .filter((name) => name.startsWith(`${basename(folder)}.partial-`))
    .map((name) => join(dirname(folder), name));
  const wheels = (await readdir(`${folder}.wheels`))
    .filter((name) => name.startsWith('partial-'))
    .map((name) => join(`${folder}.wheels`, name));
  for (const path of [...beside, ...wheels, folder]) await rm(path, REMOVE);
}

/** Bytes that fetching wheels takes at the worst: everything unpacked, and one wheel twice (pip copies it). */
export function spaceNeeded(wheels: readonly Wheel[]): number {
  const unpacked = wheels.reduce((sum, wheel) => sum + wheel.unpacked, 0);
  return unpacked + 2 * Math.max(0, ...wheels.map((wheel) => wheel.bytes));
}

/** @throws {MismatchError} the wheels would not fit. */
async function checkSpace(missing: readonly Wheel[], folder: string): Promise<void> {
  const needed = spaceNeeded(missing);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= needed) return;
  throw new MismatchError(
    { folder: 'native', expected: `${megabytes(needed)} free in ${folder}`, got: megabytes(bavail * bsize) },
    { hint: 'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.' },
  );
}

/** Says what to do about a disk that is full or not writable; other errors pass through. */
export function explainFileError(error: unknown, what: string, cache: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(what, error);
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR')
    return new MismatchError(
      { folder: 'native', expected: `to write in ${cache}`, got: `${code} at ${path ?? cache}` },
      { hint: 'Set XDG_CACHE_HOME to a folder that you may write in.', cause: error },
    );
  return error;
}

async function moveInto(source: string, target: string): Promise<void> {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    const taken = await stat(to).catch(() => null);
    if (entry.isDirectory() && taken) await moveInto(from, to);
    else await rename(from, to);
  }
}

async function sizesBelow(folder: string): Promise<{ [path: string]: number }> {
  const sizes: { [path: string]: number } = {};
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    const found = await stat(join(folder, path));
    if (found.isFile()) sizes[path] = found.size;
  }
  return sizes;
}

function wheelName({ name, version }: Wheel): string {
  return `${name}-${version}`;
}

/** @example megabytes(273_829_956) // '274 MB' */
export function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function meter(label: string, bytes: number, sink: ProgressSink) {
  const total = Math.max(1, Math.round(bytes / 1e6));
  const progress = new Progress(`native: ${label}`, { unit: 'MB', total, sink });
  let shown = 0;
  const reach = (soFar: number) => {
    const now = Math.max(shown, Math.min(total, Math.round(soFar / 1e6)));
    progress.advance(now - shown);
    shown = now;
  };
  return { reach, done: () => progress.done() };
}
