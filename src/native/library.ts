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
import { findDamage, glance, seal, stamp } from './seal.js';
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

/** What a library is made of; a folder without it holds no whole library. */
const RECORD = 'library.json';

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
  const ready = await soundLibrary(plan, cache, tools);
  if (ready) return ready;
  const folder = libraryFolder(plan, cache);
  const { sink } = tools;
  try {
    return await withLock(
      `${folder}.lock`,
      async () => (await soundLibrary(plan, cache, tools)) ?? (await fetchLibrary(plan, folder, tools)),
      {
        onWait: (owner) =>
          sink.write(`native: waiting for process ${owner?.pid ?? '?'}, which fetches TensorFlow\n`),
      },
    );
  } catch (error) {
    throw explainFileError(error, `TensorFlow ${plan.version}`, cache);
  }
}

/**
 * The library of a plan when it is there and whole, else null. Its hashes are compared when a file looks other than when they were
 * right (size, time of change, inode); that takes seconds, and a look well below a millisecond. What is damaged is said, and counts as
 * gone from then on.
 *
 * @param options.thorough Compares the hashes whatever the files look like. Default false.
 */
export async function soundLibrary(
  plan: LibraryPlan,
  cache: string,
  { sink }: Pick<Tools, 'sink'>,
  { thorough = false } = {},
): Promise<Library | null> {
  const folder = libraryFolder(plan, cache);
  const library = findLibrary(folder);
  const looks = library && glance(folder);
  if (looks === null || (looks === 'whole' && !thorough)) return library;
  const paths = readRecord(folder).files;
  const hashing = meter(`hashing TensorFlow ${plan.version}`, sumOf(Object.values(paths)), sink);
  let bytes = 0;
  const onBytes = (more: number) => {
    bytes += more;
    hashing.reach(bytes);
  };
  try {
    if (looks === 'unsealed') await seal(folder, Object.keys(paths), onBytes);
    else {
      const damaged = await findDamage(folder, onBytes);
      if (damaged) {
        sink.write(`native: ${join(folder, damaged)} is damaged; fetching TensorFlow again\n`);
        await rm(join(folder, RECORD), { force: true });
        return null;
      }
      await stamp(folder);
    }
  } catch (error) {
    if (!isUnwritable(error)) throw error; // it will be hashed again next time
  }
  hashing.done();
  return library;
}

/** Whether a file could not be written: a folder or disk that is read-only or full. */
export function isUnwritable(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['EACCES', 'EROFS', 'EPERM', 'ENOSPC', 'EDQUOT'].includes(code);
}

/** Where the library of a plan lies, whether it is there or not. */
export function libraryFolder(plan: LibraryPlan, cache: string): string {
  return join(cache, 'libtensorflow', `${plan.package}-${plan.version}`);
}

/** The library in a folder, or null when it is not there or not whole (a file with another size). Takes well below a millisecond. */
export function findLibrary(folder: string): Library | null {
  try {
    for (const [path, bytes] of Object.entries(readRecord(folder).files))
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

function readRecord(folder: string): Record {
  return JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as Record;
}

/** With patience: a pip or compiler whose parent was killed may still write there. */
export const REMOVE = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

async function fetchLibrary(plan: LibraryPlan, folder: string, tools: Tools): Promise<Library> {
  const wheels = `${folder}.wheels`;
  await mkdir(wheels, { recursive: true });
  await removeLeftovers(folder);
  const missing = await missingWheels(plan, folder);
  await checkSpace(missing, dirname(folder));
  const bytes = sumOf(missing.map((wheel) => wheel.bytes));
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
  await writeFileAtomic(join(partial, RECORD), `${JSON.stringify(record, null, 2)}\n`);
  await seal(partial, Object.keys(record.files));
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

/** The wheels of a plan that no earlier run has unpacked. */
export async function missingWheels(plan: LibraryPlan, folder: string): Promise<Wheel[]> {
  const present = new Set(await readdir(`${folder}.wheels`).catch(() => []));
  return plan.wheels.filter((wheel) => !present.has(wheelName(wheel)));
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
  return (
    sumOf(wheels.map(({ unpacked }) => unpacked)) + 2 * Math.max(0, ...wheels.map((wheel) => wheel.bytes))
  );
}

/** @throws {MismatchError} the wheels would not fit. */
export async function checkSpace(missing: readonly Wheel[], folder: string): Promise<void> {
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
  if (code && ['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(code))
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

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
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
