import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withClusterLock } from '../../src/cluster/lock.js';
import { releaseNetwork, reserveNetwork } from '../../src/cluster/network.js';
import { endProcesses, isRunning, startProcess, thisProcess } from '../../src/cluster/process.js';
import { checkSocketPaths, clusterFolder, readCluster, readClusters } from '../../src/cluster/state.js';

const { XDG_STATE_HOME } = process.env;
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'state-'));
  process.env.XDG_STATE_HOME = home;
});

afterEach(() => {
  if (XDG_STATE_HOME === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = XDG_STATE_HOME;
  rmSync(home, { recursive: true, force: true });
});

describe('a cluster’s state', () => {
  it('is nothing before the first start', () => {
    expect(readCluster('default')).toBeNull();
    expect(readClusters()).toEqual([]);
  });

  it('has a name that is a folder’s', () => {
    expect(() => clusterFolder('../other')).toThrow(
      'expected --name to be lower-case letters, digits and dashes',
    );
  });

  it('lies where a kubelet’s sockets have short enough paths', () => {
    const folder = `/${'a'.repeat(74)}`;
    expect(() => checkSocketPaths(folder)).not.toThrow();
    expect(() => checkSocketPaths(`${folder}a`)).toThrow('expected a folder with a path of at most 75 bytes');
  });

  it('is changed by one command at a time', async () => {
    await withClusterLock('a', async () => {
      await expect(withClusterLock('a', async () => {})).rejects.toMatchObject({ exitCode: 75 });
      await withClusterLock('b', async () => {});
    });
    await withClusterLock('a', async () => {});
  });
});

describe('a loopback network', () => {
  it('belongs to one cluster until it is given back', async () => {
    const [a, b] = [await reserveNetwork('a'), await reserveNetwork('b')];
    expect(a).toMatch(/^127\.18\.\d+$/);
    expect(b).not.toBe(a);
    releaseNetwork(a);
    expect(await reserveNetwork('c')).toBe(a);
  });
});

describe('a process', () => {
  it('is told from another with the same number by its start', () => {
    expect(isRunning(thisProcess())).toBe(true);
    expect(isRunning({ ...thisProcess(), start: 'another' })).toBe(false);
  });

  it('ends when it is told to, by force if it must be', async () => {
    const started = await startProcess({
      name: 'stubborn',
      program: '/bin/sh',
      argv: ['-c', 'trap "" TERM; while true; do sleep 0.1; done'],
      cwd: home,
      log: join(home, 'log'),
      hostname: 'control-plane',
    });
    expect(isRunning(started)).toBe(true);
    await endProcesses([[started]]);
    expect(isRunning(started)).toBe(false);
  });
});
