import { cp, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/native/program.js';
import { findDamage, findDamageNow, glance, seal, stamp } from '../../src/native/seal.js';
import { emptyFolder, flip } from './toys.js';

let folder: string;
beforeEach(async () => {
  folder = await emptyFolder();
  await mkdir(join(folder, 'lib'));
  await writeFile(join(folder, 'lib/a.so'), 'a'.repeat(5000));
  await writeFile(join(folder, 'b'), 'b');
  await seal(folder, ['b', 'lib/a.so']);
});

describe('a sealed folder', () => {
  it('is whole, and sha256sum agrees', async () => {
    expect(glance(folder)).toBe('whole');
    expect(await findDamage(folder)).toBeNull();
    expect(findDamageNow(folder)).toBeNull();
    expect((await runProgram('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder })).code).toBe(
      0,
    );
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['a bit is turned over', flip],
    ['it is cut short', (path) => truncate(path, 4999)],
    ['it is gone', (path) => rm(path)],
    ['another takes its place', (path) => writeFile(path, 'c'.repeat(5000))],
  ])('names the file when %s', async (_, damage) => {
    await damage(join(folder, 'lib/a.so'));
    expect(glance(folder)).toBe('changed');
    expect(await findDamage(folder)).toBe('lib/a.so');
    expect(findDamageNow(folder)).toBe('lib/a.so');
  });

  it('looks other after a copy, until its hashes are found right', async () => {
    const copy = join(await emptyFolder(), 'copy');
    await cp(folder, copy, { recursive: true });
    expect(glance(copy)).toBe('changed');
    expect(await findDamage(copy)).toBeNull();
    await stamp(copy);
    expect(glance(copy)).toBe('whole');
  });

  it('is none when the list of hashes is damaged or gone', async () => {
    await truncate(join(folder, 'SHA256SUMS'), 40);
    expect([glance(folder), await findDamage(folder), findDamageNow(folder)]).toEqual([
      'unsealed',
      'SHA256SUMS',
      'SHA256SUMS',
    ]);
    await rm(join(folder, 'SHA256SUMS'));
    expect(glance(folder)).toBe('unsealed');
  });
});
