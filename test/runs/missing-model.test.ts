import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkModelThere, trainCommand } from '../../src/runs/missing-model.js';
import { readRun } from '../../src/runs/record.js';
import { completeSettings, parseChange, readSettings } from '../../src/settings/settings.js';
import { temporaryFolders } from '../fixtures/dataset.js';
import { runCommand } from '../fixtures/run-command.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const REFERENCE = 'results/reference/first-light-w60-s7';

/** A run, with some files of its model. */
function run(...parts: string[]): string {
  const dir = join(folders.make(), 'run');
  mkdirSync(join(dir, 'model'), { recursive: true });
  cpSync(`${REFERENCE}/blocked/run.json`, join(dir, 'run.json'));
  for (const part of parts) writeFileSync(join(dir, 'model', part), 'x');
  return dir;
}

describe('checkModelThere', () => {
  it('lets a run with its model through, and what is no run', async () => {
    await checkModelThere(run('config.json', 'weights.safetensors', 'model.onnx'));
    await checkModelThere(folders.make());
    await checkModelThere(join(folders.make(), 'nowhere'));
  });

  it('says which parts are missing, also when the model folder or the folder above is named', async () => {
    const dir = run('config.json', 'model.onnx');
    for (const named of [dir, join(dir, 'model')])
      await expect(checkModelThere(named)).rejects.toMatchObject({
        message: expect.stringContaining('got none: model/weights.safetensors is not there.'),
        hint: expect.stringMatching(new RegExp(`^npm run train -- .*--out ${dir} makes it\\.$`)),
      });
    const side = join(folders.make(), 'pair');
    cpSync(dir, join(side, 'blocked'), { recursive: true });
    await expect(checkModelThere(side)).rejects.toThrow(
      `expected ${join(side, 'blocked')} to hold its model`,
    );
  });

  it.each(['evaluate --model', 'label datasets/first-light/audit.jsonl.gz --model'])(
    'is what %s says of reference records',
    async (said) => {
      const { code, error } = await runCommand(...said.split(' '), `${REFERENCE}/blocked`);
      expect(code).toBe(2);
      expect(error).toContain('makes it, in results/first-light-w60-s7/blocked.\n');
    },
  );
});

describe('trainCommand', () => {
  it('names every setting that is not the paper’s configuration, so that the same comes out', async () => {
    const { run: record } = await readRun(`${REFERENCE}/blocked`);
    const settings = completeSettings(record.settings);
    const changed = {
      ...settings,
      seed: 11,
      features: { ...settings.features, include: ['verb', 'user.username'] },
      training: { ...settings.training, epochs: 3, schedule: 'one-cycle' as const },
    };
    const words = (await trainCommand({ ...record, settings: changed }, 'results/a b'))
      .replace(/^npm run train -- /, '')
      .match(/'[^']*'|\S+/g)!
      .map((word) => word.replaceAll("'", ''));
    const paths: Record<string, string> = {
      '--dataset': 'dataset',
      '--window': 'window.size',
      '--protocol': 'split.protocol',
      '--seed': 'seed',
      '--epochs': 'training.epochs',
    };
    const changes: [string, unknown][] = [];
    for (let i = 0; i < words.length - 2; i += 2)
      changes.push(parseChange(words[i] === '--set' ? words[i + 1]! : `${paths[words[i]!]}=${words[i + 1]}`));
    expect(words.slice(-2)).toEqual(['--out', 'results/a b']);
    expect(await readSettings('paper', Object.fromEntries(changes))).toEqual(changed);
  });
});
