import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LEARNERS } from '../../../src/model/pointer/settings.js';
import { causesOf } from '../../../src/runs/score.js';
import { runTrial } from '../../../src/runs/train.js';
import type { Settings } from '../../../src/settings/schema.js';
import { changeSettings } from '../../../src/settings/settings.js';
import { smallLog, temporaryFolders, writeDataset } from '../../fixtures/dataset.js';
import { smallSettings } from '../../fixtures/settings.js';

const folders = temporaryFolders();
afterAll(folders.clear);
const sink = { write: () => true };

async function train(changes: Record<string, unknown>, { keepModel = false, stopAfter = 0 } = {}) {
  const small = await smallSettings(writeDataset(folders.make(), smallLog({ rounds: 6 })));
  const { settings, faults } = changeSettings(small, {
    ...{ 'model.name': 'pointer', 'model.beside': '', 'training.epochs': 2, 'training.learningRate': 0.01 },
    ...changes,
  });
  expect(faults).toEqual([]);
  const out = join(folders.make(), 'run');
  const run = (signal?: AbortSignal, onEpoch?: () => void) =>
    runTrial({
      ...{
        settings: settings as Settings,
        out,
        command: 'train',
        device: 'cpu',
        threads: 1,
        sink,
        keepModel,
      },
      ...(signal ? { signal } : {}),
      ...(onEpoch ? { onEpoch } : {}),
    });
  if (stopAfter > 0) {
    const abort = new AbortController();
    let epochs = 0;
    const { metrics } = await run(abort.signal, () => ++epochs === stopAfter && abort.abort());
    expect(metrics).toBeNull();
  }
  const { metrics } = await run();
  return metrics!;
}

describe('what ranks causes', () => {
  it.each(LEARNERS)('%s is trained and scored like any model', async (learner) => {
    const metrics = await train({ 'model.learner': learner });
    const causes = causesOf(metrics)!;
    expect(causes.lines).toBe(metrics.lines.n);
    expect(causes.label).toBeCloseTo(metrics.lines.exactMatch.value, 12);
  });

  it('goes on with a network where it was stopped', async () => {
    const network = { 'model.learner': 'network', 'training.epochs': 3 };
    const [whole, stopped] = [await train(network), await train(network, { stopAfter: 1 })];
    expect(causesOf(whole)).not.toBeNull();
    expect(causesOf(stopped)).toEqual(causesOf(whole));
    expect(stopped.lines).toEqual(whole.lines);
  });

  it('keeps no model but trees', async () => {
    await expect(train({ 'model.learner': 'network' }, { keepModel: true })).rejects.toThrow(
      /expected settings whose model can be kept/,
    );
  });

  it('scores what was withheld apart', async () => {
    const { causeParts } = await train({
      'model.without': ['replicasets'],
      'split.test': 0.3,
      'split.validation': 0.2,
    });
    const [all, apart] = [false, true].map((withheld) =>
      causeParts!.find((part) => part.withheld === withheld && part.capture === undefined),
    );
    expect(apart!.scores.lines).toBeGreaterThan(0);
    expect(apart!.scores.lines).toBeLessThan(all!.scores.lines);
  });
});
