import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { temporaryFolder, temporaryName } from '../../src/files/temporary.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

describe('writeFileAtomic', () => {
  it('makes folders, replaces a file with its rights kept, and leaves nothing else', async () => {
    const path = join(folders.make(), 'deep/er/a.txt');
    await writeFileAtomic(path, 'one');
    execFileSync('chmod', ['600', path]);
    await writeFileAtomic(path, ['tw', Buffer.from('o')]);
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['a.txt']);
  });

  it('leaves the old content when the new breaks off', async () => {
    const path = join(folders.make(), 'a.txt');
    await writeFileAtomic(path, 'old');
    const broken = (function* () {
      yield 'ne';
      throw new Error('no more');
    })();
    await expect(writeFileAtomic(path, broken)).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(join(path, '..'))).toEqual(['a.txt']);
  });

  it('replaces what a link leads to, be it there or not, and keeps the link', async () => {
    const dir = folders.make();
    mkdirSync(join(dir, 'far'));
    writeFileSync(join(dir, 'far/there.txt'), 'old');
    symlinkSync('far/there.txt', join(dir, 'a'));
    symlinkSync('far/not-yet.txt', join(dir, 'b'));
    for (const name of ['a', 'b']) {
      await writeFileAtomic(join(dir, name), 'new');
      expect(lstatSync(join(dir, name)).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(dir, name), 'utf8')).toBe('new');
    }
    expect(readdirSync(join(dir, 'far')).sort()).toEqual(['not-yet.txt', 'there.txt']);
  });

  it('writes into a pipe and a device, and refuses a folder', async () => {
    const dir = folders.make();
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [text] = await Promise.all([readFile(pipe, 'utf8'), writeFileAtomic(pipe, ['a', 'b'])]);
    expect(text).toBe('ab');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    symlinkSync('/dev/null', join(dir, 'null'));
    await writeFileAtomic(join(dir, 'null'), 'gone');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    await expect(writeFileAtomic(dir, 'no')).rejects.toThrow(`expected ${dir} to be a file, got a folder.`);
    expect(existsSync(pipe)).toBe(true);
  });

  it('removes what killed processes left in the folder, and nothing else', async () => {
    const dir = folders.make();
    const path = join(dir, 'a.txt');
    const module = join(import.meta.dirname, '../../src/files/atomic.ts');
    const killed = `
      import { writeFileAtomic } from ${JSON.stringify(module)};
      await writeFileAtomic(${JSON.stringify(path)}, (function* () { yield 'half'; process.kill(process.pid, 'SIGKILL'); yield 'a'; })());
    `;
    const { signal } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', killed]);
    expect(signal).toBe('SIGKILL');
    const [left] = readdirSync(dir);
    expect(left).toMatch(/^\.a\.txt\.\d+-\d+-[\da-f]{8}-[\da-f]{8}\.tmp$/);
    writeFileSync(join(dir, left!.replace('a.txt', 'b.txt')), 'of another file');
    // Of another machine, of a process that lives, of nobody.
    const kept = [
      left!.replace(/-[\da-f]{8}-/, '-00000000-'),
      temporaryName('a.txt'),
      '.a.txt.tmp',
      '.a.txt.mine.tmp',
    ];
    for (const name of kept) writeFileSync(join(dir, name), 'kept');
    await writeFileAtomic(path, 'whole');
    expect(readFileSync(path, 'utf8')).toBe('whole');
    expect(readdirSync(dir).sort()).toEqual([...kept, 'a.txt'].sort());
    // A process looks through a folder once.
    writeFileSync(join(dir, left!), 'later');
    await writeFileAtomic(path, 'whole');
    expect(existsSync(join(dir, left!))).toBe(true);
  });

  it('makes folders that only their owner sees, and removes those of killed processes', async () => {
    const module = join(import.meta.dirname, '../../src/files/temporary.ts');
    const killed = `
      import { temporaryFolder } from ${JSON.stringify(module)};
      console.log(await temporaryFolder());
      process.kill(process.pid, 'SIGKILL');
    `;
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', killed]);
    const left = String(stdout).trim();
    expect(statSync(left).mode & 0o777).toBe(0o700);
    writeFileSync(join(left, 'input'), 'a log');
    const [one, other] = [await temporaryFolder(), await temporaryFolder()];
    expect([left, one, other].map((folder) => existsSync(folder))).toEqual([false, true, true]);
    for (const folder of [one, other]) rmSync(folder, { recursive: true });
  });
});
