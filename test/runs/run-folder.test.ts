import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealedJson } from '../../src/files/seal.js';
import { settingDifferences } from '../../src/runs/earlier-run.js';
import type { RunRecord } from '../../src/runs/record.js';
import { checkRunsFolder, freeName, removeRun, withRunFolder } from '../../src/runs/run-folder.js';
import { runTrial, type TrialOptions } from '../../src/runs/train.js';
import type { Settings } from '../../src/settings/schema.js';
import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { smallSettings } from '../fixtures/settings.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const said: string[] = [];
const sink = { write: (text: string) => said.push(text) };
beforeEach(() => void said.splice(0));

let settings: Settings;
/** A finished run, and one that was stopped after two of its three epochs. */
let finished: string;
let stopped: string;

const trial = (out: string, more: Partial<TrialOptions> = {}) =>
  runTrial({ settings, out, command: 'train', device: 'cpu', threads: 1, sink, ...more });

/** Ends with the error's text and its hint; fails when there is none. */
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );

function copy(of: string): string {
  const other = join(folders.make(), 'run');
  cpSync(of, other, { recursive: true });
  return other;
}

const read = (dir: string): RunRecord => JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')) as RunRecord;
const change = (dir: string, how: (run: RunRecord) => void): void => {
  const run = read(dir);
  how(run);
  writeFileSync(join(dir, 'run.json'), sealedJson(run));
};
const weights = (dir: string): Buffer => readFileSync(join(dir, 'model/weights.safetensors'));
const free = (hint: string): string => /--out (\S+?)(?=[,.]|$)/.exec(hint)?.[1] ?? 'no name';

function flip(file: string, share = 0.5): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length * share);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(file, bytes);
}

beforeAll(async () => {
  const small = await smallSettings(writeDataset(folders.make()));
  settings = { ...small, training: { ...small.training, epochs: 3 } };
  finished = join(folders.make(), 'run');
  await trial(finished);
  stopped = join(folders.make(), 'run');
  const controller = new AbortController();
  const { metrics } = await trial(stopped, {
    signal: controller.signal,
    onEpoch: ({ epoch }) => epoch === 2 && controller.abort(),
  });
  expect([metrics, read(stopped).status, read(stopped).epochs]).toEqual([null, 'interrupted', 2]);
});

describe('a run that is there', () => {
  it('is not trained again when it is finished, whatever the order of its settings', async () => {
    const turned = copy(finished);
    change(turned, (run) => {
      run.settings = Object.fromEntries(Object.entries(run.settings).reverse());
    });
    expect((await trial(turned)).run.status).toBe('finished');
    expect(said).toEqual([`${turned}: finished before; --fresh starts over.\n`]);
  });

  it('lists what it consists of', () => {
    expect(Object.keys(read(finished).files ?? {})).toEqual([
      'history.jsonl',
      'metrics.json',
      ...['card.md', 'config.json', 'encoder.json', 'labels.json', 'model.onnx', 'weights.safetensors'].map(
        (name) => `model/${name}`,
      ),
    ]);
  });

  it.each<[string, (dir: string) => void, string]>([
    [
      'without weights',
      (dir) => rmSync(join(dir, 'model/weights.safetensors')),
      'model/weights.safetensors is missing',
    ],
    ['without a model', (dir) => rmSync(join(dir, 'model'), { recursive: true }), 'model/card.md is missing'],
    [
      'with a flipped bit in its weights',
      (dir) => flip(join(dir, 'model/weights.safetensors')),
      'model/weights.safetensors is not as it was written',
    ],
    [
      'with cut metrics',
      (dir) => truncateSync(join(dir, 'metrics.json'), 100),
      'metrics.json is not as it was written',
    ],
    [
      'with a cut history',
      (dir) => truncateSync(join(dir, 'history.jsonl'), 30),
      'history.jsonl is not as it was written',
    ],
  ])('is trained again when it is finished, but %s', async (_, damage, fault) => {
    const dir = copy(finished);
    damage(dir);
    expect((await trial(dir)).run.status).toBe('finished');
    expect(said[0]).toContain(`${dir}: finished before, but ${fault}`);
    expect(weights(dir)).toEqual(weights(finished));
    said.splice(0);
    await trial(dir);
    expect(said).toEqual([`${dir}: finished before; --fresh starts over.\n`]);
  });

  it('of an older version without weights is not finished either', async () => {
    const dir = copy(finished);
    change(dir, (run) => {
      delete run.files;
    });
    rmSync(join(dir, 'model/weights.safetensors'));
    await trial(dir);
    expect(said[0]).toBe(
      `${dir}: finished before, but model/weights.safetensors is missing: trained again.\n`,
    );
  });

  it('of other settings is refused, with the settings and a free name', async () => {
    const text = await failure(trial(finished, { settings: { ...settings, seed: 9 } }));
    expect(text).toBe(
      `studies: expected ${finished} to hold a run of these settings, got one of others: seed: 7 there, 9 here.\n  Hint: Name another folder: --out ${finished}-2, or start over with --fresh.`,
    );
    expect(existsSync(free(text))).toBe(false);
  });

  it('of other lines is refused, finished or not, with both hashes', async () => {
    const own = writeDataset(folders.make());
    const other = writeDataset(folders.make(), smallLog({ rounds: 11 }));
    for (const of of [finished, stopped]) {
      const dir = copy(of);
      change(dir, (run) => {
        run.settings.dataset = own;
      });
      rmSync(own, { recursive: true });
      cpSync(other, own, { recursive: true });
      expect(await failure(trial(dir, { settings: { ...settings, dataset: own } }))).toMatch(
        new RegExp(
          `expected ${own} to be the dataset that ${dir} began with \\(sha256 ${read(dir).dataset.sha256}\\), got another \\(sha256 (?!${read(dir).dataset.sha256})\\w{64}\\)`,
        ),
      );
    }
  });

  it('goes on with more epochs when it was stopped and they change nothing of those before', async () => {
    const more = { ...settings, training: { ...settings.training, epochs: 4 } };
    const dir = copy(stopped);
    expect((await trial(dir, { settings: more })).run.epochs).toBe(4);
    expect(said).toContain('blocked: going on from epoch 3 of 4.\n');
    const whole = join(folders.make(), 'run');
    await trial(whole, { settings: more });
    expect(weights(dir)).toEqual(weights(whole));
  });

  it('says why it does not go on with more epochs', async () => {
    const more = { ...settings, training: { ...settings.training, epochs: 4 } };
    expect(await failure(trial(finished, { settings: more }))).toContain(
      'training.epochs: 3 there, 4 here. A finished run is not trained further',
    );
    const cycle = { ...more, training: { ...more.training, schedule: 'one-cycle' as const } };
    const dir = copy(stopped);
    change(dir, (run) => {
      run.settings = { ...cycle, training: { ...cycle.training, epochs: 3 } };
    });
    expect(await failure(trial(dir, { settings: cycle }))).toContain(
      'The learning rate moves over all epochs',
    );
  });
});

describe('a damaged run that was stopped', () => {
  it.each<[string, (dir: string) => void, string[]]>([
    [
      'its last checkpoint with a flipped bit: from the one before',
      (dir) => flip(join(dir, 'checkpoint/last.checkpoint')),
      ['last.checkpoint: not as it was written: passed over.', 'blocked: going on from epoch 2 of 3.'],
    ],
    [
      'its last checkpoint cut: from the one before',
      (dir) => truncateSync(join(dir, 'checkpoint/last.checkpoint'), 1000),
      ['last.checkpoint: not as it was written: passed over.', 'blocked: going on from epoch 2 of 3.'],
    ],
    [
      'both checkpoints empty: from the start',
      (dir) => {
        for (const name of ['last', 'before']) truncateSync(join(dir, `checkpoint/${name}.checkpoint`), 0);
      },
      ['before.checkpoint: not as it was written: passed over.', 'blocked: going on from epoch 1 of 3.'],
    ],
    [
      'its history cut: from the checkpoint',
      (dir) => truncateSync(join(dir, 'history.jsonl'), 20),
      ['blocked: going on from epoch 3 of 3.'],
    ],
    [
      'its record cut: made again from the checkpoint',
      (dir) => truncateSync(join(dir, 'run.json'), 300),
      ['Its checkpoint is whole, so it is made again.', 'blocked: going on from epoch 3 of 3.'],
    ],
  ])('%s', async (_, damage, expected) => {
    const dir = copy(stopped);
    damage(dir);
    expect((await trial(dir)).run.status).toBe('finished');
    for (const text of expected) expect(said.join('')).toContain(text);
    expect(weights(dir)).toEqual(weights(finished));
  });

  it('tells no epoch of a run that is stopped before it has one, also where its checkpoints are lost', async () => {
    const dir = copy(stopped);
    for (const name of ['last', 'before']) truncateSync(join(dir, `checkpoint/${name}.checkpoint`), 0);
    const { metrics, run } = await trial(dir, { signal: AbortSignal.abort() });
    expect([metrics, run.epochs, read(dir).epochs]).toEqual([null, 0, 0]);
    const again = copy(stopped);
    expect((await trial(again, { signal: AbortSignal.abort() })).run.epochs).toBe(2);
  });

  it('does not go on from the checkpoint of another training', async () => {
    const dir = copy(stopped);
    const other = { ...settings, seed: 8 };
    change(dir, (run) => {
      run.settings.seed = 8;
    });
    await trial(dir, { settings: other });
    expect(said.join('')).toContain('last.checkpoint: of another training: passed over.');
  });

  it('whose record is cut and whose checkpoint is gone is left alone, with a name that is free', async () => {
    const dir = copy(finished);
    truncateSync(join(dir, 'run.json'), 300);
    const before = readdirSync(dir);
    for (const fresh of [false, true]) {
      const text = await failure(trial(dir, { fresh }));
      expect(text).toContain(`${join(dir, 'run.json')}:`);
      expect(text).toContain(`Hint: Name another folder: --out ${dir}-2`);
    }
    expect(readdirSync(dir)).toEqual(before);
    expect((await trial(free(await failure(trial(dir))))).run.status).toBe('finished');
  });
});

describe('a folder of something else', () => {
  it('is neither written to nor cleared', async () => {
    const home = folders.make();
    mkdirSync(join(home, 'model'));
    writeFileSync(join(home, 'notes.md'), 'mine');
    for (const fresh of [false, true])
      expect(await failure(trial(home, { fresh }))).toBe(
        `studies: expected ${home} to hold a run or nothing, got model, notes.md.\n  Hint: Name another folder: --out ${home}-2`,
      );
    expect(readdirSync(home)).toEqual(['model', 'notes.md']);
    await expect(removeRun(home)).rejects.toThrow('to hold a run or nothing');
    await expect(checkRunsFolder(home)).rejects.toThrow('to hold a run or nothing, got model, notes.md.');
  });

  it('with a record of another program is one too', async () => {
    const home = folders.make();
    writeFileSync(join(home, 'run.json'), '{"id": 7}');
    mkdirSync(join(home, 'checkpoint'));
    writeFileSync(join(home, 'checkpoint/theirs.pt'), 'x');
    for (const fresh of [false, true])
      expect(await failure(trial(home, { fresh }))).toContain('expected the record to have schema');
    expect(readdirSync(home)).toEqual(['checkpoint', 'run.json']);
  });

  it.each(['', ' '])('needs a name: “%s”', async (out) => {
    expect(await failure(trial(out, { fresh: true }))).toBe(
      'studies: expected a folder, got an empty name.\n  Hint: Name a folder, as in --out results/NAME.',
    );
    await expect(checkRunsFolder(out)).rejects.toThrow('got an empty name');
  });

  it('is no file and no device', async () => {
    const file = join(folders.make(), 'a.txt');
    writeFileSync(file, 'mine');
    expect(await failure(trial(file, { fresh: true }))).toContain(
      `expected ${file} to be a folder, got a file.`,
    );
    expect(await failure(trial('/dev/null', { fresh: true }))).toContain('to be a folder, got no folder.');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('keeps what does not belong to a run when the run is removed', async () => {
    const run = copy(stopped);
    for (const name of ['notes.md', 'checkpoint/theirs.pt', 'extra/a.txt']) {
      mkdirSync(join(run, name, '..'), { recursive: true });
      writeFileSync(join(run, name), 'mine');
    }
    const outside = join(folders.make(), 'outside.txt');
    writeFileSync(outside, 'mine');
    change(run, (record) => {
      record.files = { 'extra/a.csv': '', [`../../${outside}`]: '', [outside]: '' };
    });
    await removeRun(run);
    expect((readdirSync(run, { recursive: true }) as string[]).sort()).toEqual([
      'checkpoint',
      'checkpoint/theirs.pt',
      'extra',
      'extra/a.txt',
      'notes.md',
    ]);
    expect(existsSync(outside)).toBe(true);
    await expect(removeRun(join(run, 'nowhere'))).resolves.toBeUndefined();
  });
});

describe('withRunFolder', () => {
  it('lets one process at a time in, and says who is there', async () => {
    const out = join(folders.make(), 'run');
    const text = withRunFolder(out, async () => failure(withRunFolder(out, async () => 1)));
    expect(await text).toBe(
      `studies: expected ${out} to be free, but another process, id ${process.pid}, works here.\n  Hint: Wait for it, or name another folder with --out.`,
    );
    expect(existsSync(out)).toBe(false);
    expect(await withRunFolder(out, async () => 2)).toBe(2);
  });
});

describe('freeName', () => {
  it('is the first that is not there', () => {
    const dir = folders.make();
    mkdirSync(join(dir, 'a-2'));
    expect(freeName(join(dir, 'a'))).toBe(join(dir, 'a-3'));
    expect(freeName(`${join(dir, 'b')}/`)).toBe(join(dir, 'b-2'));
    expect(freeName('.')).toBe('run-2');
  });
});

describe('settingDifferences', () => {
  it('names each by its path', () => {
    expect(
      settingDifferences({ a: 1, b: { c: [1], d: 2 }, e: 5 }, { a: 1, b: { c: [1, 2], d: 2 }, f: 6 }),
    ).toEqual(['b.c: [1] there, [1,2] here', 'e: 5 there, none here', 'f: none there, 6 here']);
  });
});
