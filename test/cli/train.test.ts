import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'auditweave-train-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A training of a few seconds on real lines: few columns, short windows. */
const SMALL = [
  'train',
  '--dataset',
  'datasets/first-light',
  '--protocol',
  'blocked',
  '--window',
  '6',
  '--epochs',
  '4',
  '--no-report',
  '--set',
  'features.include=[verb, objectRef.resource, objectRef.subresource, userAgent.tool, objectRef.namespace, responseStatus.code]',
  '--set',
  'evaluation.resamples=100',
  '--set',
  'window.stride=2',
  '--set',
  'training.batchSize=64',
  '--set',
  'training.crop.batches=0.5',
  '--set',
  'features.encoding=one-hot',
];

function start(
  name: string,
  extra: string[] = [],
): { child: ChildProcess; ended: Promise<{ code: number | null; out: string; error: string }> } {
  const child = spawn(process.execPath, [
    'bin/auditweave.mjs',
    ...SMALL,
    '--out',
    join(folder, name),
    ...extra,
  ]);
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (error += chunk));
  const ended = new Promise<{ code: number | null; out: string; error: string }>((done) =>
    child.on('close', (code) => done({ code, out, error })),
  );
  return { child, ended };
}

const hash = (name: string, file: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, name, file)))
    .digest('hex');

/** History without what differs from clock to clock. */
const history = (name: string): object[] =>
  readFileSync(join(folder, name, 'history.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((row) => {
      const { seconds, windowsPerSecond, ...rest } = JSON.parse(row) as Record<string, number>;
      return rest;
    });

const metrics = (name: string): object => {
  const { inference, ...rest } = JSON.parse(
    readFileSync(join(folder, name, 'metrics.json'), 'utf8'),
  ) as Record<string, unknown>;
  return rest;
};

async function untilEpoch(name: string, epoch: number): Promise<void> {
  const file = join(folder, name, 'history.jsonl');
  while (!existsSync(file) || readFileSync(file, 'utf8').trim().split('\n').length < epoch)
    await new Promise((done) => setTimeout(done, 20));
}

describe('train', () => {
  beforeAll(async () => {
    const { code, error } = await start('whole').ended;
    expect(error).not.toMatch(/ {4}at /);
    expect(code).toBe(0);
  });

  it('leaves a run folder as in the contract', () => {
    for (const file of [
      'run.json',
      'history.jsonl',
      'metrics.json',
      'model/weights.safetensors',
      'model/model.onnx',
      'model/encoder.json',
      'model/labels.json',
      'model/config.json',
      'model/card.md',
      'tensorboard',
    ])
      expect(existsSync(join(folder, 'whole', file)), file).toBe(true);
    expect(existsSync(join(folder, 'whole', 'checkpoint'))).toBe(false);
    const run = JSON.parse(readFileSync(join(folder, 'whole', 'run.json'), 'utf8')) as {
      status: string;
      epochs: number;
      leak: { verdict: string };
    };
    expect(run).toMatchObject({ status: 'finished', epochs: 4, leak: { verdict: 'leak-free' } });
  });

  it('gives the same bytes for the same seed, in one thread or in two, and others for another seed', async () => {
    const [one, other] = await Promise.all([
      start('one-thread', ['--threads', '1']).ended,
      start('other-seed', ['--set', 'seed=8', 'training.epochs=1']).ended,
    ]);
    expect([one.code, other.code]).toEqual([0, 0]);
    expect(hash('one-thread', 'model/model.onnx')).toBe(hash('whole', 'model/model.onnx'));
    expect(hash('other-seed', 'model/model.onnx')).not.toBe(hash('whole', 'model/model.onnx'));
    expect(history('one-thread')).toEqual(history('whole'));
    expect(metrics('one-thread')).toEqual(metrics('whole'));
  });

  it('goes on after kill -9 and ends with the same bytes', async () => {
    for (const epoch of [1, 3]) {
      const name = `killed-${epoch}`;
      const { child, ended } = start(name);
      await untilEpoch(name, epoch);
      child.kill('SIGKILL');
      await ended;
      const { code, error } = await start(name).ended;
      expect(code).toBe(0);
      expect(error).not.toContain('epoch 1/4: loss');
      expect(hash(name, 'model/model.onnx')).toBe(hash('whole', 'model/model.onnx'));
      expect(history(name)).toEqual(history('whole'));
      expect(metrics(name)).toEqual(metrics('whole'));
    }
  });

  it('ends with 130 on Ctrl-C, says how to go on, and goes on', async () => {
    const { child, ended } = start('stopped');
    await untilEpoch('stopped', 1);
    child.kill('SIGINT');
    const { code, error } = await ended;
    expect(code).toBe(130);
    expect(error).toMatch(
      /train: interrupted after epoch \d; .* keeps what was done\.\n +Hint: The same command goes on with epoch \d\./,
    );
    expect((await start('stopped').ended).code).toBe(0);
    expect(hash('stopped', 'model/model.onnx')).toBe(hash('whole', 'model/model.onnx'));
  });

  it('lets one of two identical commands work, tells the other, and ends with a whole run', async () => {
    for (let i = 0; i < 3; i++) {
      const name = `twice-${i}`;
      const ends = await Promise.all([start(name).ended, start(name).ended]);
      expect(ends.map(({ code }) => code).sort()).toEqual([0, 75]);
      expect(ends.find(({ code }) => code === 75)!.error).toMatch(
        /but another process, id \d+, works here\./,
      );
      expect(readdirSync(join(folder, name)).sort()).toEqual([
        ...['history.jsonl', 'metrics.json', 'model', 'predictions.parquet', 'run.json', 'tensorboard'],
      ]);
      expect(hash(name, 'model/model.onnx')).toBe(hash('whole', 'model/model.onnx'));
    }
  });

  it('fails for good when it runs away, and says in which epoch and what to do', async () => {
    const { code, error } = await start('diverged', [...['--set', 'training.learningRate=1e30']]).ended;
    expect([code, error.split('\n').slice(-3, -1)]).toEqual([
      42,
      [
        expect.stringMatching(/^training: expected finite losses and weights, got a .* in epoch [1-4]/),
        '  Hint: Use a lower learning rate, as in --set training.learningRate=0.001.',
      ],
    ]);
  });

  it('trains nothing when the run is finished, and refuses a folder of other settings', async () => {
    const again = await start('whole').ended;
    expect(again.code).toBe(0);
    expect(again.error).toContain('finished before; --fresh starts over.');
    const other = await start('whole', ['--seed', '9']).ended;
    expect(other.code).toBe(2);
    expect(other.error).toContain(
      'to hold a run of these settings, got one of others: seed: 7 there, 9 here.',
    );
  });

  it('refuses to cut all lines of a window, before there is a folder', async () => {
    const { ended } = start('cut', ['--set', 'training.crop.cut=6']);
    const { code, error } = await ended;
    expect(code).toBe(2);
    expect(error).toContain('studies: expected training.crop.cut to be less than window.size 6, got 6.');
    expect(existsSync(join(folder, 'cut'))).toBe(false);
  });

  it('refuses settings that it does not know, all at once, with the nearest name', async () => {
    const { code, error } = await start('wrong', ['--set', 'windw.size=3', '--set', 'training.batchsize=0'])
      .ended;
    expect(code).toBe(2);
    expect(error).toContain('--set windw.size: unknown key “windw”; did you mean “window”?');
    expect(error).toContain('--set training.batchsize: unknown key “batchsize”; did you mean “batchSize”?');
  });
});
