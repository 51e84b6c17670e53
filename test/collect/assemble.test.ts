import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { type AssembleOptions, assembleDataset } from '../../src/collect/assemble.js';
import { verifyRules } from '../../src/collect/verify-rules.js';
import { loadDataset } from '../../src/dataset/load.js';
import type { TruthRow } from '../../src/dataset/truth.js';
import { verifyDataset } from '../../src/dataset/verify.js';
import { jsonLines, temporaryFolders } from '../fixtures/dataset.js';
import { event, object } from './events.js';

const folders = temporaryFolders();
afterAll(folders.clear);
const START = Date.UTC(2026, 0, 1);

/** A capture of three commands, ten seconds apart: a pod made, reported on, and deleted; then a configmap. */
function writeCapture(id: string, more: { events?: AuditEvent[]; finished?: boolean } = {}): string {
  const folder = join(folders.make(), id);
  mkdirSync(folder);
  const direct = [
    event({ what: 'ops-a create pods shop/web', body: object('p1'), at: 1000 }),
    event({ what: 'ops-a delete pods shop/web', body: object('p1'), at: 11_000 }),
    event({ what: 'ops-a create configmaps shop/a', body: object('c1'), at: 21_000 }),
  ];
  const report = event({
    what: 'system:node:worker-1 patch pods/status shop/web',
    body: object('p1'),
    at: 2000,
  });
  const lease = event({ what: 'system:node:worker-1 update leases kube-node-lease/worker-1', at: 3000 });
  const events = [direct[0]!, report, lease, ...direct.slice(1), ...(more.events ?? [])];
  const action = (index: number) => ({
    id: `${id}-${index}`,
    capture: id,
    index,
    person: 'ops-a',
    role: 'admin',
    action: `action-${index}`,
    namespace: 'shop',
    argv: ['create'],
    start: START + 10_000 * index,
    end: START + 10_000 * index + 2000,
    exit: 0,
    firstLine: null,
  });
  const info = {
    id,
    mode: 'concurrent',
    shared: false,
    seed: 7,
    people: [{ name: 'ops-a', role: 'admin' }],
    nodes: ['worker-1', 'worker-2'],
    kubernetes: 'v1.34.4',
    kubectl: 'stock',
    from: 0,
    finished: more.finished ?? true,
    seconds: 30,
  };
  writeFileSync(join(folder, 'capture.json'), JSON.stringify(info));
  writeFileSync(join(folder, 'audit.jsonl'), jsonLines(events));
  writeFileSync(join(folder, 'actions.jsonl'), jsonLines([0, 1, 2].map(action)));
  writeFileSync(
    join(folder, 'trace.jsonl'),
    jsonLines(direct.map(({ auditID }, index) => ({ auditID, command: `${id}-${index}` }))),
  );
  return folder;
}

const build = (captures: string[], more: Partial<AssembleOptions> = {}) => {
  const out = more.out ?? folders.make();
  const made = assembleDataset({ captures, name: 'small', title: 'Small', tools: {}, ...more, out });
  return made.then((manifest) => ({ out, manifest }));
};

/** Changes rows of a dataset's truth. */
function changeTruth(dir: string, change: (rows: TruthRow[]) => void): void {
  const file = join(dir, 'truth.jsonl.gz');
  const rows = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const parsed = rows.map((row) => JSON.parse(row) as TruthRow);
  change(parsed);
  writeFileSync(file, gzipSync(jsonLines(parsed)));
}

describe('verifyRules', () => {
  it('finds every row again from the log and the commands', async () => {
    const { out } = await build([writeCapture('a1'), writeCapture('b1')]);
    expect(await verifyRules(out)).toEqual({ lines: 10, unsent: 0, faults: [] });
  });

  it('finds a request that was moved to another context, a person’s own too', async () => {
    const { out } = await build([writeCapture('a1'), writeCapture('b1')]);
    changeTruth(out, (rows) => {
      const [pod, report] = rows.slice(5);
      const other = rows.at(-1)!;
      Object.assign(report!, { context: other.context, label: other.label });
      Object.assign(pod!, { how: 'owner' });
    });
    const { faults } = await verifyRules(out);
    expect(faults.map(({ line, key }) => [line, key])).toEqual([
      [5, 'how'],
      [6, 'context'],
      [6, 'label'],
    ]);
    expect(faults[1]).toMatchObject({ recorded: 'b1-000004', found: 'b1-000001' });
    const { out: own } = await build([writeCapture('a1')]);
    changeTruth(own, (rows) => {
      Object.assign(rows[3]!, { context: rows[0]!.context, trigger: false, label: rows[0]!.label });
    });
    expect((await verifyRules(own)).faults.map(({ key }) => key)).toEqual(['context', 'label', 'trigger']);
  });

  it('counts what came when no command of its person ran', async () => {
    const stray = event({ what: 'ops-a get pods shop/web', at: 8000 });
    const { out } = await build([writeCapture('a1', { events: [stray] })]);
    expect((await verifyRules(out)).unsent).toBe(1);
  });

  it('refuses a dataset that was not made by collecting', async () => {
    await expect(verifyRules('datasets/first-light')).rejects.toThrow(
      'collect: expected the truth of datasets/first-light to be made by the rules of `collect`, got one that was made in another way: its captures do not say how people worked.',
    );
  });
});

describe('assembleDataset', () => {
  it('makes a dataset that verifies, with the contexts that each command started', async () => {
    const { out, manifest } = await build([writeCapture('a1'), writeCapture('b1')]);
    expect((await verifyDataset(out)).faults).toEqual([]);
    expect(manifest.counts).toMatchObject({ lines: 10, actions: 6, userContexts: 6, backgroundLines: 2 });
    const [first] = readFileSync(join(out, 'actions.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(first!)).toMatchObject({ id: 'a1-0', contexts: ['a1-000001'] });
  });

  it('counts as the default reading does', async () => {
    const { out, manifest } = await build([writeCapture('a1')]);
    const { line } = await loadDataset(out, { map: () => null });
    expect(manifest.counts.counted).toBe(line.length);
  });

  it('keeps so many commands of a capture, as if it had been stopped then', async () => {
    const { out, manifest } = await build([writeCapture('a1')], { commands: [2] });
    expect(manifest.counts).toMatchObject({ lines: 4, actions: 2 });
    expect(manifest.captures[0]).toMatchObject({ seconds: 20 });
    expect((await verifyDataset(out)).faults).toEqual([]);
  });

  it('refuses a fold that names another capture', async () => {
    const folds = { default: { train: ['a1'], validation: [], test: ['z9'] } };
    await expect(build([writeCapture('a1')], { folds })).rejects.toThrow(
      'collect: expected fold default to name captures of the dataset, got "z9".',
    );
  });

  it('refuses a capture that is under way', async () => {
    await expect(build([writeCapture('a1', { finished: false })])).rejects.toThrow(
      'collect: expected a1 to be finished, got a capture under way.',
    );
  });

  it('refuses a path of the machine, and leaves nothing behind', async () => {
    const leak = event({
      what: 'ops-a create pods shop/bad',
      body: object('p9', { spec: { file: '/root/key' } }),
      at: 22_000,
    });
    const out = folders.make();
    await expect(build([writeCapture('a1', { events: [leak] })], { out })).rejects.toThrow(
      'audit.jsonl:6: expected no secret and no machine path, got "/root/key".',
    );
    expect(readdirSync(out)).toEqual([]);
  });
});
