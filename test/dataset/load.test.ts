import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { loadDataset } from '../../src/dataset/load.js';
import { jsonLines, smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const map = ({ verb }: AuditEvent): string => verb;

/** The whole message of what goes wrong. */
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );

describe('loadDataset', () => {
  it('gives the completed lines in order of their requests, with what is known of each', async () => {
    const dir = writeDataset(folders.make());
    const data = await loadDataset(dir, { map });
    expect(data.rows).toHaveLength(2 * 12 * 8);
    expect(data.rows.slice(0, 8)).toEqual([
      'create',
      'create',
      'create',
      'delete',
      'patch',
      'create',
      'list',
      'update',
    ]);
    expect(data.label.slice(2, 4)).toEqual([
      [16, 0, 1, 1, 1],
      [1, 0, 2, 1, 1],
    ]);
    expect(data.own.slice(2, 5)).toEqual([
      [1, 0, 1, 1, 1],
      [1, 0, 2, 1, 1],
      [1, 1, 5, 1, 1],
    ]);
    expect(data.context.slice(0, 4)).toEqual(['a-000001', 'a-000001', 'a-000001', 'a-000002']);
    expect(data.trigger.slice(0, 4)).toEqual([true, false, false, true]);
    expect(data.background.slice(6, 8)).toEqual([false, true]);
    expect([...data.micros]).toEqual([...data.micros].sort((a, b) => a - b));
    expect(new Set(data.capture)).toEqual(new Set(['a', 'b']));
    expect(data.manifest?.name).toBe('small');
    const { 'audit.jsonl.gz': log, 'truth.jsonl.gz': truth } = data.manifest!.files;
    const both = `${log!.sha256}  audit.jsonl.gz\n${truth!.sha256}  truth.jsonl.gz\n`;
    expect(data.sha256).toBe(createHash('sha256').update(both).digest('hex'));
  });

  it('counts every stage when asked to', async () => {
    const dir = writeDataset(folders.make());
    const data = await loadDataset(dir, { map, lines: 'all' });
    expect(data.rows).toHaveLength(2 * 12 * 16);
  });

  it('keeps the captures apart even where their times mix', async () => {
    const log = smallLog({ rounds: 1 });
    log.truth.forEach((row, i) => {
      row.capture = i % 2 === 0 ? 'b' : 'a';
    });
    const data = await loadDataset(writeDataset(folders.make(), log), { map, lines: 'all' });
    expect(data.capture).toEqual([...Array(16).fill('b'), ...Array(16).fill('a')]);
  });

  it('leaves out lines without a label', async () => {
    const log = smallLog({ rounds: 1 });
    for (const row of log.truth) if (row.context === 'a-000001') row.label = null;
    const data = await loadDataset(writeDataset(folders.make(), log), { map });
    expect(data.rows).toHaveLength(16 - 3);
    expect(data.context).not.toContain('a-000001');
  });

  it('says which file has another hash, and what to do', async () => {
    const dir = writeDataset(folders.make());
    const { manifest } = await loadDataset(dir, { map });
    appendFileSync(join(dir, 'truth.jsonl.gz'), 'x');
    const file = join(dir, 'truth.jsonl.gz');
    const message = await failure(loadDataset(dir, { map }));
    expect(message.replace(/got [0-9a-f]{64}/, 'got OTHER')).toBe(
      `audit: ${file}: expected sha256 ${manifest?.files['truth.jsonl.gz']?.sha256}, got OTHER.\n  Hint: Restore the file: git checkout -- ${file}`,
    );
  });

  it('says where log and truth speak of different requests', async () => {
    const log = smallLog({ rounds: 1 });
    log.truth[4]!.auditID = 'another';
    const dir = writeDataset(folders.make(), log);
    const { auditID, stage } = log.events[4]!;
    expect(await failure(loadDataset(dir, { map }))).toBe(
      `audit: ${join(dir, 'audit.jsonl.gz')}:5: expected another ${stage} as in truth.jsonl.gz, got ${auditID} ${stage}.`,
    );
  });

  it('says where truth ends before the log, and when it does not end with it', async () => {
    const log = smallLog({ rounds: 1 });
    const { events, truth } = log;
    const short = writeDataset(folders.make(), { events, truth: truth.slice(0, -1) });
    expect(await failure(loadDataset(short, { map }))).toBe(
      `audit: ${join(short, 'audit.jsonl.gz')}:${events.length}: expected a row of truth.jsonl.gz, got none.`,
    );
    const long = writeDataset(folders.make(), { events: events.slice(0, -1), truth });
    expect(await failure(loadDataset(long, { map }))).toBe(
      `audit: ${join(long, 'truth.jsonl.gz')}: expected as many rows as the log has lines, got more.`,
    );
  });

  it('says on which line a verb is none that it knows', async () => {
    const log = smallLog({ rounds: 1 });
    log.events.find(({ stage }) => stage === 'ResponseComplete')!.verb = 'dance';
    const line = log.events.findIndex(({ verb }) => verb === 'dance') + 1;
    const dir = writeDataset(folders.make(), log);
    expect(await failure(loadDataset(dir, { map }))).toBe(
      `audit: ${join(dir, 'audit.jsonl.gz')}:${line}: expected verb to be one of deletecollection, create, delete, get, update, patch, list, watch, got “dance”.`,
    );
  });

  it('says that there is nothing', async () => {
    const dir = join(folders.make(), 'nowhere');
    const shipped = readdirSync('datasets', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `datasets/${name}`)
      .sort();
    expect(shipped.length).toBeGreaterThan(1);
    expect(await failure(loadDataset(dir, { map }))).toBe(
      `audit: expected a dataset at ${dir}, got nothing.\n  Hint: There are ${shipped.join(', ')}; or name a log in the paper’s public format.`,
    );
  });

  it('refuses a folder of two logs', async () => {
    const dir = folders.make();
    for (const name of ['one.jsonl', 'two.json']) writeFileSync(join(dir, name), '');
    expect(await failure(loadDataset(dir, { map }))).toBe(
      `audit: expected ${dir} to hold manifest.json or one log, got 2 logs.\n  Hint: Name the log file itself.`,
    );
  });
});

describe('loadDataset on the paper’s public format', () => {
  /** Events with public labels. */
  function publicLog(labels: readonly unknown[]): string {
    const events = smallLog({ captures: ['a'] }).events.filter(({ stage }) => stage === 'ResponseComplete');
    const dir = folders.make();
    const rows = labels.map((label, i) => (label === undefined ? events[i] : { ...events[i], label }));
    writeFileSync(join(dir, 'audit.jsonl'), jsonLines(rows));
    return dir;
  }

  it('reads a file, or a folder of one, and leaves out what is unknown or to be ignored', async () => {
    const dir = publicLog([70048, -1, 70048, -2, 66448]);
    for (const path of [dir, join(dir, 'audit.jsonl')]) {
      const data = await loadDataset(path, { map });
      expect([...data.line]).toEqual([0, 2, 4]);
      expect(data.label).toEqual([
        [17, 0, 2, 1, 1],
        [17, 0, 2, 1, 1],
        [16, 1, 1, 1, 1],
      ]);
      expect(data.context).toEqual([null, null, null]);
      expect(data.manifest).toBeNull();
      expect(data.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('says on which line a label names no resource', async () => {
    const dir = publicLog([70048, 2_000_000]);
    expect(await failure(loadDataset(dir, { map }))).toBe(
      `audit: ${join(dir, 'audit.jsonl')}:2: expected a public label of a known resource, got 2000000 (resource 488).`,
    );
  });

  it('says on which line there is no label', async () => {
    const dir = publicLog([70048, -2, undefined]);
    expect(await failure(loadDataset(dir, { map }))).toBe(
      `audit: ${join(dir, 'audit.jsonl')}:3: expected an integer label, got none.\n  Hint: Name a dataset folder with manifest.json, or a log in the paper’s public format.`,
    );
  });
});
