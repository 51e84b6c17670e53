import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadLines } from '../../src/features/line-table.js';
import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const reading = { lines: 'completed', filter: 'paper' } as const;

describe('loadLines', () => {
  it('gives the same lines from the log and from the kept table', async () => {
    const dataset = writeDataset(folders.make());
    const folder = folders.make();
    const read = await loadLines(dataset, { ...reading, folder });
    expect(readdirSync(folder)).toHaveLength(1);
    const kept = await loadLines(dataset, { ...reading, folder });
    expect(kept).toEqual(read);
    expect(read.rows[0]).toEqual({
      fields: expect.arrayContaining(['create', 'deployments']),
      namespace: 'shop',
    });
  });

  it('reads anew what is read otherwise, and what another log holds', async () => {
    const folder = folders.make();
    const dataset = writeDataset(folders.make());
    const all = await loadLines(dataset, { ...reading, lines: 'all', folder });
    const completed = await loadLines(dataset, { ...reading, folder });
    expect(all.rows.length).toBe(2 * completed.rows.length);
    const other = writeDataset(folders.make(), smallLog({ rounds: 3 }));
    expect((await loadLines(other, { ...reading, folder })).rows).toHaveLength(48);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it('does without a broken table, and without a folder for it', async () => {
    const folder = folders.make();
    const dataset = writeDataset(folders.make());
    const read = await loadLines(dataset, { ...reading, folder });
    writeFileSync(join(folder, readdirSync(folder)[0]!), 'broken');
    expect(await loadLines(dataset, { ...reading, folder })).toEqual(read);
    writeFileSync(join(folder, 'a-file'), '');
    expect(await loadLines(dataset, { ...reading, folder: join(folder, 'a-file') })).toEqual(read);
  });

  it('checks the hashes also of a log whose table is kept', async () => {
    const folder = folders.make();
    const dataset = writeDataset(folders.make());
    await loadLines(dataset, { ...reading, folder });
    writeFileSync(join(dataset, 'audit.jsonl.gz'), 'other');
    await expect(loadLines(dataset, { ...reading, folder })).rejects.toThrow('expected sha256');
  });
});
