import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atPath } from '../system-faults.js';

/** Who holds a lock. */
export interface LockOwner {
  /** Names one holding, so that two threads of a process are told apart. */
  id: string;
  pid: number;
  /** When the process started, in clock ticks since boot; empty when the system does not say. */
  started: string;
  /** The machine, since its start, and the container in which `pid` means something. */
  host: string;
}

/** Milliseconds after which somebody's turn to take a lock away is over. */
const TURN = 5000;

export interface LockOptions {
  /** Called once when another process holds the lock. */
  onWait?: (owner: LockOwner | null) => void;
  /**
   * Milliseconds without a sign of life after which a lock counts as left behind, where nothing else tells: its owner is on another
   * machine, or cannot be read. Default 20,000.
   */
  staleAfter?: number;
  /** Milliseconds between two looks. Default 200. */
  poll?: number;
}

/**
 * Does work that one process at a time should do.
 *
 * The lock is a file that names its owner; the owner touches it while it works. It is taken over when the owner's process is gone
 * (no such pid, or one that started at another time), however lately it was touched; a process of this
 * machine that is there keeps it, however busy it is. Of an owner on another machine it is known only when it last touched the lock.
 *
 * @param path The lock file; its folder is made.
 * @param work What to do while the lock is held.
 * @example await withLock('/var/cache/x.lock', () => fetchOnce());
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { onWait, staleAfter = 20_000, poll = 200 } = options;
  const owner: LockOwner = {
    id: randomUUID(),
    pid: process.pid,
    started: startOf(process.pid) ?? '',
    host: thisHost(),
  };
  await mkdir(dirname(path), { recursive: true });
  let waited = false;
  while (!(await take(path, owner))) {
    const seen = await look(path);
    if (seen === null) continue;
    if (isGone(seen.owner) || (seen.quiet > staleAfter && !isHere(seen.owner))) {
      await takeAway(path, seen.text);
      continue;
    }
    if (!waited) onWait?.(seen.owner);
    waited = true;
    await sleep(poll);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, staleAfter / 8).unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await look(path))?.owner?.id === owner.id) await rm(path, { force: true });
  }
}

/**
 * Says whether the process of a lock's owner is certainly gone. A process of another machine never is.
 *
 * @param startOfProcess Gives the start time of a pid, null when there is none.
 */
export function isGone(
  owner: LockOwner | null,
  startOfProcess: (pid: number) => string | null = startOf,
  host: string = thisHost(),
): boolean {
  if (owner === null || owner.host !== host) return false;
  const started = startOfProcess(owner.pid);
  return started === null || (owner.started !== '' && started !== owner.started);
}

/** Whether the owner's process is certainly there. */
function isHere(owner: LockOwner | null): boolean {
  return owner !== null && owner.host === thisHost() && !isGone(owner) && owner.started !== '';
}

async function take(path: string, owner: LockOwner): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // A disk that is full leaves an empty file, which nobody holds.
    await rm(path, { force: true }).catch(() => {});
    throw atPath(error, path);
  }
}

async function look(path: string): Promise<{ text: string; owner: LockOwner | null; quiet: number } | null> {
  try {
    const text = await readFile(path, 'utf8');
    const { mtimeMs } = await stat(path);
    return { text, owner: parseOwner(text), quiet: Date.now() - mtimeMs };
  } catch {
    return null;
  }
}

function parseOwner(text: string): LockOwner | null {
  try {
    return JSON.parse(text) as LockOwner;
  } catch {
    return null; // being written, or its writer was killed in between: age decides
  }
}

/** Removes the lock with this text; only one process at a time may, so that none takes away what another has just taken. */
async function takeAway(path: string, text: string): Promise<void> {
  const turn = `${path}.turn`;
  try {
    await writeFile(turn, '', { flag: 'wx' });
  } catch {
    // Another's turn; one that was killed in its turn does not stop all for ever.
    const since = await stat(turn).catch(() => null);
    if (since && Date.now() - since.mtimeMs > TURN) await rm(turn, { force: true });
    await sleep(TURN / 100);
    return;
  }
  try {
    if ((await readFile(path, 'utf8')) === text) await rm(path);
  } catch {
    // It is gone already.
  } finally {
    await rm(turn, { force: true });
  }
}

/** Field 22 of /proc/PID/stat [proc(5)], counted after the command's closing bracket, which may hold spaces. */
export function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function thisHost(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${hostname()} ${boot} ${processSpace()}`;
  } catch {
    return hostname();
  }
}

/** The space in which numbers of processes are counted: containers on one machine have their own, and may share its name [namespaces(7)]. */
export function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
