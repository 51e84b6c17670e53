import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
      actor: 'dev-a',
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

  it('reads a log as one of a lower level has it', async () => {
    const log = smallLog();
    for (const event of log.events) event.requestObject = { kind: 'Deployment' };
    const dataset = writeDataset(folders.make(), log);
    const folder = folders.make();
    const values = async (level: 'metadata' | 'request') =>
      (await loadLines(dataset, { ...reading, level, folder })).rows.map(({ fields }) =>
        fields.includes('Deployment'),
      );
    expect(new Set(await values('request'))).toEqual(new Set([true]));
    expect(new Set(await values('metadata'))).toEqual(new Set([false]));
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

  it('sees one flipped bit wherever it is, says so, and makes the table again', async () => {
    const folder = folders.make();
    const dataset = writeDataset(folders.make());
    const read = await loadLines(dataset, { ...reading, folder });
    const file = join(folder, readdirSync(folder)[0]!);
    const good = readFileSync(file);
    for (const share of [0, 0.2, 0.5, 0.9, 0.9999]) {
      const bytes = Buffer.from(good);
      const at = Math.floor(share * bytes.length);
      bytes[at] = bytes[at]! ^ 4;
      writeFileSync(file, bytes);
      const said: string[] = [];
      const sink = { write: (text: string) => said.push(text) };
      expect(await loadLines(dataset, { ...reading, folder, sink })).toEqual(read);
      expect(said[0]).toBe(`${file}: not as it was written, and made again.\n`);
      expect(readFileSync(file).equals(good)).toBe(true);
    }
  });

  it('reads the log once where several ask at the same time', async () => {
    const folder = folders.make();
    const dataset = writeDataset(folders.make());
    const said: string[] = [];
    const sink = { write: (text: string) => said.push(text) };
    const all = await Promise.all([1, 2, 3].map(() => loadLines(dataset, { ...reading, folder, sink })));
    expect(all[1]).toEqual(all[0]);
    expect(said.filter((text) => text.includes(' in '))).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('checks the hashes also of a log whose table is kept', async () => {
    const folder = folders.make();
    const dataset = writeDataset(folders.make());
    await loadLines(dataset, { ...reading, folder });
    writeFileSync(join(dataset, 'audit.jsonl.gz'), 'other');
    await expect(loadLines(dataset, { ...reading, folder })).rejects.toThrow('expected sha256');
  });
});
