import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readManifest } from '../../src/dataset/manifest.js';
import { verifyDataset } from '../../src/dataset/verify.js';
import { type SmallLog, smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** Faults of a sound log after a change. */
async function faultsAfter(change: (log: SmallLog) => void): Promise<string[]> {
  const log = smallLog({ rounds: 2 });
  change(log);
  return (await verifyDataset(writeDataset(folders.make(), log))).faults;
}

describe('verifyDataset', () => {
  it('finds nothing wrong with a sound dataset', async () => {
    const dir = writeDataset(folders.make(), smallLog({ rounds: 2 }));
    expect(await verifyDataset(dir)).toEqual({ lines: 64, contexts: 16, faults: [] });
  });

  it('finds nothing wrong with datasets/first-light', async () => {
    expect(await verifyDataset('datasets/first-light')).toEqual({ lines: 6310, contexts: 1168, faults: [] });
  });

  it('finds a line whose truth is that of another request', async () => {
    const faults = await faultsAfter(({ truth }) => {
      truth[5]!.auditID = 'another';
    });
    expect(faults).toEqual(['Log and truth speak of the same lines; first at line 6.']);
  });

  it('finds a context of two labels', async () => {
    const faults = await faultsAfter(({ truth }) => {
      const rows = truth.filter(({ context }) => context === 'a-000001');
      rows.at(-1)!.label = [16, 0, 2, 1, 1];
      expect(rows.at(-1)!.trigger).toBe(false);
    });
    expect(faults).toEqual(['A context has one label; first at line 7.']);
  });

  it('finds a context of two captures', async () => {
    const faults = await faultsAfter(({ truth }) => {
      for (const row of truth) if (row.auditID === 'a-000001-2') row.capture = 'b';
    });
    expect(faults).toEqual(['A context lies in one capture; first at line 4.']);
  });

  it('finds a request in two contexts', async () => {
    const faults = await faultsAfter(({ truth }) => {
      const second = truth.find(({ context }) => context === 'a-000002')!;
      const row = truth.findLast(({ auditID }) => auditID === 'a-000001-2')!;
      Object.assign(row, { context: second.context, label: second.label });
    });
    expect(faults).toEqual(['The lines of one request are in one context; first at line 7.']);
  });

  it('finds a label that is not its triggering event’s own action', async () => {
    const faults = await faultsAfter(({ truth }) => {
      for (const row of truth) if (row.context === 'a-000001') row.label = [16, 0, 2, 1, 1];
    });
    expect(faults).toEqual(['A label is its triggering event’s own action; first at line 3.']);
  });

  it('finds a context without a triggering event, and one with two', async () => {
    const none = await faultsAfter(({ truth }) => {
      for (const row of truth) if (row.context === 'a-000002') row.trigger = false;
    });
    expect(none).toEqual(['A context has one triggering event; first at context a-000002 (0).']);
    const two = await faultsAfter(({ truth }) => {
      for (const row of truth) if (row.auditID === 'a-000002-0') row.trigger = true;
    });
    expect(two).toEqual(['A context has one triggering event; first at context a-000002 (2).']);
  });

  it('finds lines without truth, and truth without a line', async () => {
    const { events, truth } = smallLog({ rounds: 2 });
    const short = writeDataset(folders.make(), { events, truth: truth.slice(0, -1) });
    expect((await verifyDataset(short)).faults).toContain('Every line has a row of truth; first at line 64.');
    const long = writeDataset(folders.make(), { events: events.slice(0, -1), truth });
    expect((await verifyDataset(long)).faults).toContain('Every row of truth has a line; first at line 64.');
  });

  it('finds a manifest that counts other lines', async () => {
    const dir = folders.make();
    const log = smallLog({ rounds: 2 });
    writeDataset(dir, log);
    const { files } = await readManifest(dir);
    writeDataset(dir, log, {
      files: { ...files, 'audit.jsonl.gz': { ...files['audit.jsonl.gz']!, lines: 63 } },
    });
    expect((await verifyDataset(dir)).faults).toEqual([
      'The manifest counts the lines; first at manifest.json (63, not 64).',
    ]);
  });

  it('finds a selection that has other lines than it says, and a fold of another log', async () => {
    const dir = writeDataset(folders.make(), smallLog({ rounds: 1 }), {
      selections: { half: { description: 'd', count: 9, ranges: [[0, 15]] } },
      folds: { default: { train: ['a'], validation: ['b'], test: ['c'] } },
    });
    expect((await verifyDataset(dir)).faults).toEqual([
      'A selection has as many lines as it says; first at half (9, not 8).',
      'A fold names captures of the log; first at default (c).',
    ]);
  });

  it('names each file that is not as its manifest says, and where it cannot be read any further', async () => {
    const dir = writeDataset(folders.make());
    const log = join(dir, 'audit.jsonl.gz');
    writeFileSync(log, readFileSync(log).subarray(0, -20));
    const { faults } = await verifyDataset(dir);
    expect(faults[0]).toMatch(
      new RegExp(`^audit: ${log}: expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}\\.$`),
    );
    expect(faults[1]).toContain(`audit: ${log}`);
    rmSync(log);
    expect((await verifyDataset(dir)).faults).toEqual([
      `audit: ${log}: expected a readable file, got ENOENT.`,
    ]);
  });

  it('goes on where only the hash differs', async () => {
    const dir = writeDataset(folders.make());
    const truth = join(dir, 'truth.jsonl.gz');
    writeFileSync(truth, gzipSync(gunzipSync(readFileSync(truth)), { level: 1 }));
    const { faults, lines } = await verifyDataset(dir);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`audit: ${truth}: expected sha256`);
    expect(lines).toBeGreaterThan(0);
  });
});
