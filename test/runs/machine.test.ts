import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commitRecord, machineRecord, versionsRecord } from '../../src/runs/machine.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const HASH = 'da6a25db23ed6e0103c4360e155ff2479731285d';

/** A folder with these files below `.git`. */
function checkout(files: Record<string, string>): string {
  const root = folders.make();
  mkdirSync(join(root, '.git/refs/heads'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, '.git', name), text);
  return root;
}

describe('commitRecord', () => {
  it('is unknown outside a checkout', async () => {
    expect(await commitRecord(folders.make())).toBe('unknown');
  });

  it('reads a branch, a packed one, and a commit that is checked out by itself', async () => {
    const head = 'ref: refs/heads/main\n';
    expect(await commitRecord(checkout({ HEAD: head, 'refs/heads/main': `${HASH}\n` }))).toBe(HASH);
    const packed = `# pack-refs with: peeled fully-peeled sorted\n${HASH} refs/heads/main\n`;
    expect(await commitRecord(checkout({ HEAD: head, 'packed-refs': packed }))).toBe(HASH);
    expect(await commitRecord(checkout({ HEAD: `${HASH}\n` }))).toBe(HASH);
  });

  it('reads the branch of a worktree, and of a submodule', async () => {
    const clone = checkout({ HEAD: 'ref: refs/heads/main\n', 'refs/heads/topic': `${HASH}\n` });
    const state = join(clone, '.git/worktrees/topic');
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, 'HEAD'), 'ref: refs/heads/topic\n');
    writeFileSync(join(state, 'commondir'), '../..\n');
    const worktree = folders.make();
    writeFileSync(join(worktree, '.git'), `gitdir: ${state}\n`);
    expect(await commitRecord(worktree)).toBe(HASH);
    const module = join(clone, 'module');
    mkdirSync(module);
    writeFileSync(join(module, '.git'), 'gitdir: ../.git\n');
    writeFileSync(join(clone, '.git/refs/heads/main'), `${HASH}\n`);
    expect(await commitRecord(module)).toBe(HASH);
    writeFileSync(join(module, '.git'), 'nothing\n');
    expect(await commitRecord(module)).toBe('unknown');
  });

  it('is unknown on a branch without commits', async () => {
    expect(await commitRecord(checkout({ HEAD: 'ref: refs/heads/main\n' }))).toBe('unknown');
    expect(await commitRecord(checkout({ HEAD: 'ref: refs/heads/main\n', 'packed-refs': '' }))).toBe(
      'unknown',
    );
  });
});

describe('machineRecord', () => {
  it('names a GPU only when there is one', () => {
    expect(machineRecord('cpu')).not.toHaveProperty('gpu');
    expect(machineRecord('cuda', 'a GPU')).toMatchObject({ device: 'cuda', gpu: 'a GPU' });
    expect(machineRecord('cpu').cores).toBeGreaterThan(0);
  });
});

describe('versionsRecord', () => {
  it('gives the version of everything that a result depends on', async () => {
    const versions = await versionsRecord({ tensorflow: '2.18.0' });
    expect(Object.keys(versions)).toEqual(['auditweave', 'node', 'tensorflow', 'tfjs']);
    for (const version of Object.values(versions)) expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(Object.keys(await versionsRecord({}))).toEqual(['auditweave', 'node']);
  });
});
