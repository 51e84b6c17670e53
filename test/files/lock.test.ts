import { existsSync } from 'node:fs';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { isGone, type LockOwner, withLock } from '../../src/files/lock.js';
import { emptyFolder } from '../native/toys.js';

let path: string;
beforeEach(async () => {
  path = join(await emptyFolder(), 'deep', 'work.lock');
});

/** Owner as written by this process, changed. */
async function ownerWith(change: Partial<LockOwner>): Promise<string> {
  let text = '';
  await withLock(path, async () => {
    text = await readFile(path, 'utf8');
  });
  return JSON.stringify({ ...(JSON.parse(text) as LockOwner), id: 'another', ...change });
}

describe('withLock', () => {
  it('gives what the work gives, and leaves no file', async () => {
    expect(await withLock(path, async () => 7)).toBe(7);
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('lets go when the work fails', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });

  it('lets one at a time in, and tells the others to wait', async () => {
    let inside = 0;
    let most = 0;
    const waits: (number | undefined)[] = [];
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(20);
      inside--;
    };
    const options = { poll: 1, onWait: (owner: LockOwner | null) => waits.push(owner?.pid) };
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, work, options)));
    expect(most).toBe(1);
    expect(waits.length).toBeGreaterThan(0);
  });

  it.each<[string, Partial<LockOwner>]>([
    ['whose process is gone', { pid: 2 ** 22 + 1 }],
    ['whose pid now belongs to a younger process', { started: '1' }],
  ])('takes over a lock %s', async (_, change) => {
    await writeFile(path, await ownerWith(change));
    expect(await withLock(path, async () => 'mine')).toBe('mine');
    expect(existsSync(path)).toBe(false);
  });

  it.each<[string, (living: string) => string]>([
    ['of another machine', (living) => living.replace(/"host":"/, '"host":"far ')],
    ['half written', (living) => living.slice(0, 9)],
    ['empty', () => ''],
  ])('takes over a lock %s only when nothing has touched it for long', async (_, change) => {
    await writeFile(path, change(await ownerWith({})));
    const waiting = withLock(path, async () => 'mine', { poll: 1 });
    await sleep(30);
    expect(existsSync(path)).toBe(true);
    await utimes(path, 1, 1);
    expect(await waiting).toBe('mine');
  });

  it('leaves a lock to a process that is there, however long it has not touched it', async () => {
    await writeFile(path, await ownerWith({}));
    await utimes(path, 1, 1);
    const waiting = withLock(path, async () => 'mine', { poll: 1, staleAfter: 10 });
    await sleep(60);
    expect(existsSync(path)).toBe(true);
    await rm(path);
    expect(await waiting).toBe('mine');
  });

  it('lets one at a time in where many find a lock left behind', async () => {
    await writeFile(path, await ownerWith({ pid: 2 ** 22 + 1 }));
    let [inside, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    };
    await Promise.all(Array.from({ length: 20 }, () => withLock(path, work, { poll: 1 })));
    expect(most).toBe(1);
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('does not remove a lock that another has taken over meanwhile', async () => {
    const another = await ownerWith({});
    await withLock(path, () => writeFile(path, another));
    expect(await readFile(path, 'utf8')).toBe(another);
  });
});

describe('isGone', () => {
  const owner: LockOwner = { id: 'a', pid: 12, started: '500', host: 'here' };

  it('says so only of a process of this machine', () => {
    expect(isGone(owner, () => null, 'here')).toBe(true);
    expect(isGone(owner, () => null, 'there')).toBe(false);
    expect(isGone(null, () => null, 'here')).toBe(false);
  });

  it('tells two processes with one pid apart by their start', () => {
    expect(isGone(owner, () => '500', 'here')).toBe(false);
    expect(isGone(owner, () => '501', 'here')).toBe(true);
    expect(isGone({ ...owner, started: '' }, () => '501', 'here')).toBe(false);
  });
});
