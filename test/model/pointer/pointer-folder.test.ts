import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type PointerModel, readPointer, writePointer } from '../../../src/model/pointer/pointer-folder.js';
import { WordCount } from '../../../src/model/pointer/words.js';
import { joinForests } from '../../../src/model/trees/forest.js';
import { temporaryFolders } from '../../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const MODEL: PointerModel = {
  forest: joinForests([]),
  words: new WordCount().words(),
  temperature: 0.9,
  thresholds: { metadata: 0.7 },
  rules: 'take',
  rulesOff: ['owned'],
  lines: 'completed',
  filter: 'paper',
};

async function written(change: (config: Record<string, unknown>) => void = () => {}): Promise<string> {
  const folder = join(folders.make(), 'model');
  await writePointer(folder, MODEL, { version: '1', card: '# Card\n', metadata: {} });
  const path = join(folder, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8'));
  change(config);
  writeFileSync(path, JSON.stringify(config));
  return folder;
}

describe('the folder of a pointer', () => {
  it('is read as it was written', async () => {
    const { forest: _, words: __, ...rest } = await readPointer(await written());
    const { forest: ___, words: ____, ...own } = MODEL;
    expect(rest).toEqual(own);
  });

  it('is refused when its columns mean something else', async () => {
    const renamed = written((config) => {
      (config.columns as string[])[3] = 'flavour';
    });
    await expect(readPointer(await renamed)).rejects.toThrow(/expected the \d+ columns of this version/);
    const without = written((config) => delete config.columns);
    await expect(readPointer(await without)).rejects.toThrow(/columns of this version/);
  });

  it.each([
    ['above 1', { metadata: 1.5 }],
    ['of no level', { none: 0.5 }],
    ['no numbers', { metadata: '1' }],
    ['not there', undefined],
  ])('is refused when thresholds are %s', async (_, thresholds) => {
    const folder = await written((config) => Object.assign(config, { thresholds }));
    await expect(readPointer(folder)).rejects.toThrow(/expected the config of a pointer/);
  });
});
