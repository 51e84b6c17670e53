import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealedJson } from '../../src/files/seal.js';
import { scoreModel } from '../../src/runs/evaluate.js';
import type { MetricsRecord, RunRecord } from '../../src/runs/record.js';
import { runTrial } from '../../src/runs/train.js';
import type { Settings } from '../../src/settings/schema.js';

import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { smallSettings } from '../fixtures/settings.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const sink = { write: () => true };

let settings: Settings;
let dir: string;

const trial = (out: string, more: Partial<Settings> = {}) =>
  runTrial({
    settings: { ...settings, ...more },
    out,
    command: 'train',
    device: 'cpu',
    threads: 1,
    sink,
  });

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );

/** A copy of the run, to break. */
function copy(): string {
  const other = folders.make();
  cpSync(dir, other, { recursive: true });
  return other;
}

/** Without the times, and without the hash of the file of predictions, which only a run writes. */
const scoresOf = ({ inference, predictions, ...rest }: MetricsRecord): object => rest;

beforeAll(async () => {
  settings = await smallSettings(writeDataset(folders.make()));
  dir = join(folders.make(), 'run');
  await trial(dir);
});

describe('scoreModel', () => {
  it('gives what the run recorded, on its own test part', async () => {
    const { metrics, leak } = await scoreModel({ dir, sink });
    const recorded = JSON.parse(readFileSync(join(dir, 'metrics.json'), 'utf8')) as MetricsRecord;
    expect(JSON.parse(JSON.stringify(scoresOf(metrics)))).toEqual(scoresOf(recorded));
    expect(leak.verdict).toBe('leak-free');
  });

  it('scores every line of another dataset', async () => {
    const dataset = writeDataset(folders.make(), smallLog({ rounds: 3 }));
    const { metrics, leak } = await scoreModel({ dir, dataset, sink });
    expect(metrics.lines.n).toBe(2 * 3 * 8);
    expect(metrics.windows.n).toBe(2 * (24 - 4 + 1) * 4);
    expect(leak.windows).toEqual({ train: 0, validation: 0, test: 2 * (24 - 4 + 1) });
  });

  it('reads the log at another level when asked, with the encoder of the model, and says so', async () => {
    const { metrics } = await scoreModel({ dir, level: 'metadata', sink });
    expect(metrics.level).toBe('metadata');
    expect(metrics.lines.n).toBe((await scoreModel({ dir, sink })).metrics.lines.n);
    expect((await scoreModel({ dir, sink })).metrics.level).toBe('requestResponse');
  });

  it('lets fewer windows vote', async () => {
    const { metrics } = await scoreModel({ dir, stride: 4, sink });
    const all = await scoreModel({ dir, sink });
    expect(metrics.stride).toBe(4);
    expect(metrics.windows.n).toBeLessThan(all.metrics.windows.n);
    expect(await failure(scoreModel({ dir, stride: 0, sink }))).toBe(
      'studies: expected a stride of one line or more, got 0.\n  Hint: Use --stride 1 for every window.',
    );
  });

  it('refuses its own dataset under another path', async () => {
    const dataset = folders.make();
    cpSync(settings.dataset, dataset, { recursive: true });
    expect(await failure(scoreModel({ dir, dataset, sink }))).toBe(
      'studies: expected a dataset that the model was not trained on, got its own.\n  Hint: Leave --dataset out to score the test part of the run.',
    );
  });

  it('scores a run that cites what its dataset was before a change that no model sees', async () => {
    const moved = copy();
    const dataset = folders.make();
    cpSync(settings.dataset, dataset, { recursive: true });
    const run = JSON.parse(readFileSync(join(moved, 'run.json'), 'utf8')) as RunRecord;
    const manifest = JSON.parse(readFileSync(join(dataset, 'manifest.json'), 'utf8')) as object;
    const before = '0'.repeat(64);
    run.settings.dataset = dataset;
    run.dataset.sha256 = before;
    writeFileSync(join(moved, 'run.json'), sealedJson(run));
    expect(await failure(scoreModel({ dir: moved, sink }))).toContain('to be what the model was trained on');
    const replaces = [{ sha256: before, why: 'tokens' }];
    writeFileSync(join(dataset, 'manifest.json'), JSON.stringify({ ...manifest, replaces }));
    expect((await scoreModel({ dir: moved, sink })).metrics.lines.n).toBeGreaterThan(0);
  });

  it('refuses its own path with another dataset in it', async () => {
    const moved = copy();
    const dataset = writeDataset(folders.make(), smallLog({ rounds: 11 }));
    const run = JSON.parse(readFileSync(join(moved, 'run.json'), 'utf8')) as { settings: Settings };
    run.settings.dataset = dataset;
    writeFileSync(join(moved, 'run.json'), sealedJson(run));
    expect(await failure(scoreModel({ dir: moved, sink }))).toMatch(
      new RegExp(
        `^studies: expected ${dataset} to be what the model was trained on \\(sha256 \\w{64} in ${join(moved, 'run.json')}\\), got \\w{64}\\.\n {2}Hint: Restore the dataset`,
      ),
    );
  });

  it('refuses a model that numbers its values otherwise', async () => {
    const other = join(folders.make(), 'run');
    await trial(other, {
      features: {
        include: ['verb', 'objectRef.resource', 'objectRef.name'],
        exclude: [],
        encoding: 'ordinal',
      },
    });
    const mixed = copy();
    rmSync(join(mixed, 'model'), { recursive: true });
    cpSync(join(other, 'model'), join(mixed, 'model'), { recursive: true });
    expect(await failure(scoreModel({ dir: mixed, sink }))).toContain(
      `model: expected ${join(mixed, 'model')} to read lines and labels as this version does`,
    );
  });

  it('says that there is no run, or no model', async () => {
    const empty = folders.make();
    expect(await failure(scoreModel({ dir: empty, sink }))).toContain(
      `${join(empty, 'run.json')}: expected a run record, got no such file.`,
    );
    const bare = copy();
    rmSync(join(bare, 'model'), { recursive: true });
    expect(await failure(scoreModel({ dir: bare, sink }))).toContain(
      `studies: expected ${bare} to hold its model, got none: model/card.md`,
    );
  });
});
