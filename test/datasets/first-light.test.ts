import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { datasetCard } from '../../scripts/datasets/first-light-card.js';
import { REDACTED } from '../../src/collect/redact.js';
import { loadDataset } from '../../src/dataset/load.js';
import { type Manifest, readManifest } from '../../src/dataset/manifest.js';
import { readTruth, type TruthRow } from '../../src/dataset/truth.js';
import { prepare } from '../../src/runs/prepare.js';
import { readSettings } from '../../src/settings/settings.js';
import { emptyFolder, SILENT } from '../native/toys.js';

const DIR = 'datasets/first-light';
type Action = {
  id: string;
  argv: string[];
  started: string;
  settled: string;
  exitCode: number;
  contexts: string[];
};

let manifest: Manifest;
const truth: TruthRow[] = [];
let actions: Action[];
beforeAll(async () => {
  manifest = await readManifest(DIR);
  for await (const row of readTruth(`${DIR}/truth.jsonl.gz`)) truth.push(row);
  actions = readFileSync(`${DIR}/actions.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row) as Action);
});

describe('datasets/first-light', () => {
  it('holds the log of the capture without its tokens', () => {
    const log = gunzipSync(readFileSync(`${DIR}/audit.jsonl.gz`));
    expect(createHash('sha256').update(log).digest('hex')).toBe(
      '938f4ad8da6be90d26f4d503c93f986229e5ba3fd2a3b770f59b20f9bca58ea2',
    );
  });

  it('is to a model what it was with tokens: lines, labels and encoded features are equal', async () => {
    const before = join(await emptyFolder(), 'first-light');
    await cp(DIR, before, { recursive: true });
    const log = gunzipSync(readFileSync(`${DIR}/audit.jsonl.gz`)).toString('utf8');
    let tokens = 0;
    const token = () => `eyJ${'a'.repeat(60)}${tokens++}.eyJ${'b'.repeat(800)}.${'c'.repeat(342)}`;
    const content = gzipSync(log.replaceAll(REDACTED, token));
    writeFileSync(`${before}/audit.jsonl.gz`, content);
    const files = {
      ...manifest.files,
      'audit.jsonl.gz': { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length },
    };
    writeFileSync(`${before}/manifest.json`, JSON.stringify({ ...manifest, files }));
    expect(tokens).toBe(57);
    const prepared = [DIR, before].map(async (dataset) =>
      prepare(
        await readSettings('experiments/paper.config.yaml', {
          dataset,
          selection: 'all',
          'split.protocol': 'blocked',
        }),
        SILENT,
      ),
    );
    const [own, other] = await Promise.all(prepared);
    expect(own!.dataset.sha256).not.toBe(other!.dataset.sha256);
    for (const key of ['matrix', 'targets', 'codes', 'split', 'columns', 'partIds'] as const)
      expect(own![key]).toEqual(other![key]);
  });

  it('counts what it holds', () => {
    const contexts = new Set(truth.map(({ context }) => context));
    const user = truth.filter(({ background }) => !background);
    expect(manifest.counts).toMatchObject({
      lines: truth.length,
      requests: new Set(truth.map(({ auditID }) => auditID)).size,
      actions: actions.length,
      contexts: contexts.size,
      userContexts: new Set(user.map(({ context }) => context)).size,
      userLines: user.length,
      backgroundLines: truth.length - user.length,
      disputedLines: truth.filter(({ disputed }) => disputed).length,
    });
    expect(manifest.files['actions.jsonl']?.lines).toBe(actions.length);
  });

  it('has a card that says so', () => {
    expect(readFileSync(`${DIR}/card.md`, 'utf8')).toBe(datasetCard(manifest, truth, actions));
  });

  it('starts the contexts of people with their own requests, on the line of the last stage', () => {
    const stages = new Set(
      truth
        .filter(({ trigger, background }) => trigger && !background)
        .map(({ how, stage }) => `${how} ${stage}`),
    );
    expect([...stages]).toEqual(['direct ResponseComplete']);
  });

  it('marks as trigger the last stage there is, also of watches that outlive the capture', () => {
    const last = new Map(truth.map(({ auditID, line }) => [auditID, line]));
    const triggers = truth.filter(({ trigger }) => trigger);
    expect(triggers.every(({ auditID, line }) => last.get(auditID) === line)).toBe(true);
    expect(new Set(triggers.map(({ stage }) => stage))).toEqual(
      new Set(['ResponseComplete', 'ResponseStarted']),
    );
  });

  it('names for each command the contexts it started, and each context once', () => {
    const started = actions.flatMap(({ contexts }) => contexts);
    const user = new Set(truth.filter(({ background }) => !background).map(({ context }) => context));
    expect(started).toHaveLength(user.size);
    expect(new Set(started)).toEqual(user);
    for (const { contexts } of actions) expect(contexts.length).toBeGreaterThan(0);
  });

  it('labels background lines with their own action', async () => {
    const { label, own, background } = await loadDataset(DIR, { map: () => null });
    label.forEach((one, i) => {
      if (background[i]) expect(one).toEqual(own[i]);
    });
  });

  it('tells what a command did: one that deletes three pods starts three contexts', () => {
    const action = actions.find(({ argv }) => argv[0] === 'delete' && argv.length === 5)!;
    const labels = action.contexts.map((id) => truth.find(({ context }) => context === id)!.label);
    expect(action.argv.slice(0, 2)).toEqual(['delete', 'pod']);
    expect(labels).toEqual([
      [1, 0, 2, 1, 1],
      [1, 0, 2, 1, 1],
      [1, 0, 2, 1, 1],
    ]);
  });

  it('names no folder of the machine that made it', () => {
    for (const file of ['card.md', 'manifest.json', 'actions.jsonl'])
      expect(readFileSync(`${DIR}/${file}`, 'utf8')).not.toMatch(/\/(root|home|Users|work)\//);
  });
});
