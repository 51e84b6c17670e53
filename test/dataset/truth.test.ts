import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readTruth, type TruthRow } from '../../src/dataset/truth.js';
import { jsonLines, smallLog, temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

function truthFile(text: string): string {
  const file = join(folders.make(), 'truth.jsonl.gz');
  writeFileSync(file, gzipSync(text));
  return file;
}

async function read(file: string): Promise<TruthRow[]> {
  const rows: TruthRow[] = [];
  for await (const row of readTruth(file)) rows.push(row);
  return rows;
}

describe('readTruth', () => {
  const { truth } = smallLog({ captures: ['a'], rounds: 1 });

  it('gives back what was written', async () => {
    expect(await read(truthFile(jsonLines(truth)))).toEqual(truth);
    expect(await read(truthFile(''))).toEqual([]);
  });

  it.each([
    ['line', 7, 'expected line 1, got 7.'],
    ['context', null, 'expected context to be a text, got null.'],
    ['trigger', 'yes', 'expected trigger to be true or false, got "yes".'],
    ['label', [1, 2, 3], 'expected label to be five integers or null, got [1,2,3].'],
    ['label', [1, 2, 3, 4, 0.5], 'expected label to be five integers or null, got [1,2,3,4,0.5].'],
  ])('refuses %s %j with its line', async (key, value, message) => {
    const rows = truth.map((row, i) => (i === 1 ? { ...row, [key]: value } : row));
    const file = truthFile(jsonLines(rows));
    await expect(read(file)).rejects.toThrow(`audit: ${file}:2: ${message}`);
  });

  it('refuses what is no JSON object', async () => {
    const broken = truthFile('{"line":\n');
    await expect(read(broken)).rejects.toThrow(`audit: ${broken}:1: expected a JSON object, got `);
    const list = truthFile('[]\n');
    await expect(read(list)).rejects.toThrow(`audit: ${list}:1: expected a JSON object, got [].`);
  });
});
