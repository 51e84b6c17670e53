import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/dataset/load.js';
import { sealedJson } from '../../../src/files/seal.js';
import { runTrial } from '../../../src/runs/train.js';
import type { Settings } from '../../../src/settings/schema.js';
import { changeSettings } from '../../../src/settings/settings.js';
import { trialKey } from '../../../src/studies/expand.js';
import { readOutput, runTask, writeTask } from '../../../src/studies/trial-folder.js';
import { smallLog, temporaryFolders, writeDataset } from '../../fixtures/dataset.js';
import { runCommand } from '../../fixtures/run-command.js';
import { smallSettings } from '../../fixtures/settings.js';
import { studyOf, writeStudy } from '../../fixtures/study-results.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const quiet = { write: () => true };

let settings: Settings;
let finished: string;
beforeAll(async () => {
  settings = await smallSettings(writeDataset(folders.make()));
  finished = join(folders.make(), 'run');
  await runTrial({ settings, out: finished, command: 'train', device: 'cpu', threads: 1, sink: quiet });
});

/** A copy of the run, with its records changed. */
function changed(
  edit: Partial<Record<'run.json' | 'metrics.json' | 'history.jsonl', (text: string) => string>>,
): string {
  const dir = join(folders.make(), 'run');
  mkdirSync(dir);
  for (const name of ['run.json', 'metrics.json', 'history.jsonl'] as const) {
    const text = readFileSync(join(finished, name), 'utf8');
    const made = edit[name]?.(text) ?? text;
    writeFileSync(join(dir, name), name === 'run.json' ? sealedJson(JSON.parse(made)) : made);
  }
  return dir;
}

const leftovers = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`auditweave-${process.pid}-`));

describe('reproduce', { timeout: 120_000 }, () => {
  it('ends with 0 when the same comes out, times apart, and leaves nothing behind', async () => {
    const before = leftovers();
    const { code, out } = await runCommand('reproduce', finished);
    expect(out).toContain(
      `equal: ${finished}: history.jsonl and metrics.json came out the same, byte for byte (times apart).\n`,
    );
    expect(code).toBe(0);
    expect(leftovers()).toEqual(before);
  });

  it('ends with 3 and names the first difference when something else does', async () => {
    const other = changed({
      'history.jsonl': (text) => text.replace(/"loss":[^,]*/, '"loss":0.5'),
      'run.json': (text) => text.replace(/"node": "[^"]*"/, '"node": "18.0.0"'),
    });
    const said = await runCommand('reproduce', other, '--json');
    expect(said.code).toBe(3);
    expect(JSON.parse(said.out)).toMatchObject({
      of: other,
      equal: false,
      difference: { file: 'history.jsonl', at: '0.loss', recorded: 0.5, now: expect.any(Number) },
      changed: expect.arrayContaining([`node: 18.0.0, now ${process.versions.node}`]),
    });
  });

  it('compares what an older record has, and says what it has not', async () => {
    const dir = changed({
      'metrics.json': (text) => {
        const metrics = JSON.parse(text);
        delete metrics.baselines.tuple;
        return JSON.stringify(metrics);
      },
    });
    const out = join(folders.make(), 'kept');
    const said = await runCommand('reproduce', dir, '--out', out);
    expect(said.code).toBe(0);
    expect(said.out).toContain(
      'This version records more, which is not compared: metrics.json: baselines.tuple.',
    );
    expect(existsSync(join(out, 'metrics.json'))).toBe(true);
    expect((await runCommand('reproduce', dir, '--out', out)).error).toBe(
      `reproduce: expected no finished run in ${out}, got metrics.json.\n  Hint: Name an empty folder with --out.\n`,
    );
  });

  it('says that the dataset is not the same any more', async () => {
    const dir = changed({ 'run.json': (text) => text.replace(/"sha256": "[^"]*"/, '"sha256": "00ff"') });
    const { code, error } = await runCommand('reproduce', dir);
    const { sha256 } = await openDataset(settings.dataset);
    expect([code, error]).toEqual([
      2,
      `reproduce: expected ${settings.dataset} to be what ${dir} was made from (sha256 00ff), got ${sha256}.\n` +
        '  Hint: Restore the dataset as it was at the commit of the record.\n',
    ]);
  });

  it('goes on with a dataset that replaced the one of the record, and says so', async () => {
    const old = 'ab'.repeat(32);
    const dir = changed({ 'run.json': (text) => text.replace(/"sha256": "[^"]*"/, `"sha256": "${old}"`) });
    const path = join(settings.dataset, 'manifest.json');
    const manifest = readFileSync(path, 'utf8');
    const replaces = [{ sha256: old, why: 'Tokens were taken out.' }];
    writeFileSync(path, JSON.stringify({ ...JSON.parse(manifest), replaces }));
    try {
      const { sha256 } = await openDataset(settings.dataset);
      const { code, out } = await runCommand('reproduce', dir);
      expect(out).toContain(`dataset: ${old}, now ${sha256}, which replaces it: Tokens were taken out`);
      expect(out).toContain(`equal: ${dir}: `);
      expect(code).toBe(0);
    } finally {
      writeFileSync(path, manifest);
    }
  });

  it('says that the run was made on a GPU', async () => {
    const dir = changed({
      'run.json': (text) => text.replace('"device": "cpu"', '"device": "cuda", "gpu": "A5000"'),
    });
    const { code, error } = await runCommand('reproduce', dir);
    expect([code, error]).toEqual([
      2,
      `reproduce: expected a GPU, as ${dir} was made on one (A5000), got none that works.\n` +
        '  Hint: Run it on a machine with one; `doctor --device cuda` says what is missing.\n',
    ]);
  });

  it('wants a run that is finished', async () => {
    const dir = changed({ 'run.json': (text) => text.replace('"finished"', '"interrupted"') });
    expect((await runCommand('reproduce', dir)).error).toBe(
      `reproduce: expected ${dir} to hold a finished run, got one that is interrupted.\n` +
        '  Hint: Finish it first: the same `train` command goes on.\n',
    );
    expect((await runCommand('reproduce', dir, '--key', 'ab')).error).toBe(
      `reproduce: expected a study with --key, got ${dir}.\n  Hint: A study is a folder with study.json.\n`,
    );
  });
});

describe('reproduce of a study', { timeout: 120_000 }, () => {
  let dir: string;
  let key: string;
  beforeAll(async () => {
    const point = { 'window.size': 5 };
    const results = await studyOf({
      points: [point, { 'window.size': 6 }],
      protocols: ['blocked'],
      runs: 1,
      score: () => null,
    });
    const { sha256 } = await openDataset(settings.dataset);
    const own = changeSettings(settings, { ...point, 'split.protocol': 'blocked', seed: 1 }).settings;
    key = trialKey(own, sha256);
    const plan = { ...results.study.trials[0]!, key };
    const folder = join(folders.make(), key);
    await writeTask(folder, { schema: 1, study: 'sizes', plan, settings: own, classes: true });
    await runTask(folder, { device: 'cpu', threads: 1, attempt: 1, sink: quiet });
    const { record, timing } = (await readOutput(folder))!;
    dir = writeStudy(folders.make(), {
      ...results,
      study: {
        ...results.study,
        settings: settings as unknown as Record<string, unknown>,
        dataset: { ...results.study.dataset, sha256 },
        trials: [plan, results.study.trials[1]!],
      },
      records: [record, results.records[1]!],
      timings: new Map([[key, timing!]]),
    });
  });

  it('runs one trial again, by the beginning of its key', async () => {
    const { code, out } = await runCommand('reproduce', dir, '--key', key.slice(0, 6));
    expect(out).toContain(
      `equal: ${key} of ${dir}: records.jsonl came out the same, byte for byte (times apart).\n`,
    );
    expect(code).toBe(0);
  });

  it('names the first number that is not the same', async () => {
    const copy = folders.make();
    cpSync(dir, copy, { recursive: true });
    const records = readFileSync(join(dir, 'records.jsonl'), 'utf8');
    writeFileSync(join(copy, 'records.jsonl'), records.replace('"bestEpoch":1', '"bestEpoch":2'));
    const { code, out } = await runCommand('reproduce', copy, '--key', key);
    expect(out).toContain(`not equal: ${key} of ${copy}: records.jsonl: bestEpoch: recorded 2, now 1.\n`);
    expect(code).toBe(3);
  });

  it('says which keys there are, and what cannot be run again', async () => {
    const said = async (...argv: string[]) => (await runCommand('reproduce', dir, ...argv)).error;
    expect(await said()).toBe(
      `reproduce: expected --key, since ${dir} is a study, got none.\n  Hint: Keys are in ${dir}/records.jsonl.\n`,
    );
    expect(await said('--key', 'nokey')).toBe(
      `reproduce: expected one record of ${dir} with key nokey, got 0.\n  Hint: Keys are in ${dir}/records.jsonl.\n`,
    );
    expect(await said('--key', '1b0')).toBe(
      'reproduce: expected 1b00000000000000 to have a result, got: too short.\n  Hint: Name a trial that is done.\n',
    );
  });

  it('does not run a trial that this version would make another of', async () => {
    const copy = folders.make();
    cpSync(dir, copy, { recursive: true });
    const study = readFileSync(join(dir, 'study.json'), 'utf8');
    writeFileSync(join(copy, 'study.json'), study.replace('"dropout": 0.4', '"dropout": 0.3'));
    expect((await runCommand('reproduce', copy, '--key', key)).error).toMatch(
      `reproduce: expected ${key} to be the key of its settings in this version, got `,
    );
    const other = writeDataset(folders.make(), smallLog({ rounds: 9 }));
    writeFileSync(join(copy, 'study.json'), study.replaceAll(settings.dataset, other));
    expect((await runCommand('reproduce', copy, '--key', key)).error).toContain(
      `expected ${other} to be what ${copy} was made from (sha256 `,
    );
  });
});
