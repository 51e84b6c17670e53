import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkHashes, hashFile, isCited, type Manifest, readManifest } from '../../src/dataset/manifest.js';
import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** What a manifest with some fields changed is refused with, without its place and hint. */
async function refusal(more: Record<string, unknown>): Promise<string> {
  const dir = writeDataset(folders.make(), smallLog({ rounds: 1 }), more as Partial<Manifest>);
  try {
    await readManifest(dir);
    return 'nothing';
  } catch (error) {
    const start = `audit: ${join(dir, 'manifest.json')}: `;
    const end = '\n  Hint: See datasets/README.md for the format.';
    expect(String(error).startsWith(start) && String(error).endsWith(end)).toBe(true);
    return String(error).slice(start.length, -end.length);
  }
}

const hash = '0'.repeat(64);
const files = { 'audit.jsonl.gz': { sha256: hash }, 'truth.jsonl.gz': { sha256: hash } };

describe('readManifest', () => {
  it.each([
    [{ name: 3 }, 'expected name to be a text, got 3.'],
    [{ counts: [] }, 'expected counts to be an object, got [].'],
    [{ captures: 'a' }, 'expected captures to be a list, got "a".'],
    [{ files: { ...files, '../x': { sha256: hash } } }, 'expected plain file names, got "../x".'],
    [
      { files: { 'audit.jsonl.gz': { sha256: 'ab' } } },
      'expected audit.jsonl.gz to have a sha256, got {"sha256":"ab"}.',
    ],
    [{ files: { 'audit.jsonl.gz': { sha256: hash } } }, 'expected files to have truth.jsonl.gz, got none.'],
    [{ folds: 3 }, 'expected folds to be an object, got 3.'],
    [
      { folds: { one: { train: ['a'], validation: [] } } },
      'expected fold one to list its test captures, got {"train":["a"],"validation":[]}.',
    ],
    [
      { folds: { one: { train: ['a', 'b'], validation: [], test: ['b'] } } },
      'expected fold one to have each capture in one part, got {"train":["a","b"],"validation":[],"test":["b"]}.',
    ],
    [{ selections: [] }, 'expected selections to be an object, got [].'],
    [{ selections: { one: {} } }, 'expected selection one to have a description, got {}.'],
    [
      { selections: { one: { description: 'd', count: 0, ranges: [[0, 1]] } } },
      'expected selection one to have a positive count, got 0.',
    ],
    ...[
      [],
      [[0]],
      [[2, 1]],
      [
        [0, 5],
        [5, 6],
      ],
      [[0.5, 1]],
      [[-1, 1]],
      'all',
    ].map((ranges): [Record<string, unknown>, string] => [
      { selections: { one: { description: 'd', count: 1, ranges } } },
      `expected selection one to have ranges [first, last] that follow each other, got ${JSON.stringify(ranges)}.`,
    ]),
  ])('refuses %j', async (more, message) => {
    expect(await refusal(more)).toBe(message);
  });

  it('takes folds that list captures', async () => {
    expect(await refusal({ folds: { one: { train: ['a'], validation: [], test: ['b'] } } })).toBe('nothing');
  });

  it('takes selections that are runs of lines', async () => {
    const one = {
      description: 'd',
      count: 3,
      ranges: [
        [0, 0],
        [1, 5],
      ],
    };
    expect(await refusal({ selections: { one } })).toBe('nothing');
  });

  it('takes what the dataset was before, and nothing else for it', async () => {
    const [own, before] = ['a'.repeat(64), 'b'.repeat(64)];
    expect(await refusal({ replaces: [{ sha256: before, why: 'tokens' }] })).toBe('nothing');
    expect(await refusal({ replaces: [before] })).toMatch(
      /^expected replaces to be a list of {sha256, why}, got /,
    );
    const manifest = await readManifest(
      writeDataset(folders.make(), smallLog({ rounds: 1 }), {
        replaces: [{ sha256: before, why: 'tokens' }],
      }),
    );
    const cited = [own, before, 'c'.repeat(64)].map((sha256) => isCited({ sha256: own, manifest }, sha256));
    expect(cited).toEqual([true, true, false]);
    expect(isCited({ sha256: own, manifest: null }, before)).toBe(false);
  });

  it('refuses what is no JSON object, and no file', async () => {
    const dir = folders.make();
    await expect(readManifest(dir)).rejects.toThrow(
      `${join(dir, 'manifest.json')}: expected the manifest of a dataset, got no such file.`,
    );
    writeFileSync(join(dir, 'manifest.json'), '[]');
    await expect(readManifest(dir)).rejects.toThrow(
      `${join(dir, 'manifest.json')}: expected a JSON object, got [].`,
    );
  });
});

describe('checkHashes', () => {
  it('says which file is missing', async () => {
    const dir = writeDataset(folders.make());
    const manifest = await readManifest(dir);
    await expect(checkHashes(dir, manifest)).resolves.toBeUndefined();
    rmSync(join(dir, 'truth.jsonl.gz'));
    await expect(checkHashes(dir, manifest)).rejects.toThrow(
      `audit: ${join(dir, 'truth.jsonl.gz')}: expected a readable file, got ENOENT.`,
    );
  });
});

describe('hashFile', () => {
  it('is SHA-256 in hex', async () => {
    const file = join(folders.make(), 'abc');
    writeFileSync(file, 'abc');
    expect(await hashFile(file)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
