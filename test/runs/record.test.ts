import { appendFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  appendEpoch,
  type EpochRecord,
  type RunRecord,
  readRun,
  writeHistory,
  writeRun,
} from '../../src/runs/record.js';

const run: RunRecord = {
  schema: 1,
  name: 'small',
  created: '2025-01-01T00:00:00Z',
  command: 'train --window 4',
  settings: { window: { size: 4 }, note: null },
  seeds: { root: 7 },
  commit: 'abc',
  dataset: { name: 'small', sha256: '00', lines: 10, counts: { lines: 10 } },
  versions: { auditweave: '0.1.0' },
  machine: { cpu: 'none', cores: 1, memoryBytes: 1, device: 'cpu' },
  leak: {
    protocol: 'blocked',
    size: 4,
    windows: { train: 1, validation: 1, test: 0 },
    sharedLines: { count: 0, share: 0, of: 0 },
    nearestOverlap: { mean: Number.NaN, max: 0, share: 0 },
    duplicateRows: { count: 0, share: 0 },
    unseenClasses: { classes: 0, lines: 0, share: 0 },
    verdict: 'leak-free',
  },
  status: 'running',
  seconds: 1,
  epochs: 1,
  bestEpoch: 0,
  parameters: 5,
};

const epoch = (number: number, valLoss = 0.5): EpochRecord => ({
  epoch: number,
  loss: 1,
  valLoss,
  valExactMatch: 0.5,
  valMacroF1: 0.5,
  learningRate: 0.004,
  seconds: 1,
  windowsPerSecond: 10,
});

describe('the records of a run', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'record-'));
  });

  const message = async (): Promise<string> =>
    readRun(dir).then(
      () => 'no error',
      (error: Error) => String(error).replaceAll(dir, 'RUN'),
    );

  it('come back as they were written, with no metrics before the test part was scored', async () => {
    await writeRun(dir, run);
    await writeHistory(dir, [epoch(1)]);
    await appendEpoch(dir, epoch(2));
    expect(await readRun(dir)).toEqual({ dir, run, history: [epoch(1), epoch(2)], metrics: null });
  });

  it('keep what was not a number as NaN, and the null of a setting as null', async () => {
    await writeRun(dir, run);
    await writeHistory(dir, [epoch(1, Number.NaN)]);
    const read = await readRun(dir);
    expect(read.run.leak.nearestOverlap.mean).toBeNaN();
    expect(read.run.settings.note).toBeNull();
    expect(read.history[0]?.valLoss).toBeNaN();
  });

  it('survive the writer of history.jsonl being killed at any byte', async () => {
    await writeRun(dir, run);
    const whole = [1, 2, 3].map((number) => `${JSON.stringify(epoch(number))}\n`).join('');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (bytes) => {
        await writeFile(join(dir, 'history.jsonl'), whole.slice(0, bytes));
        const complete = whole.slice(0, bytes).split('\n').length - 1;
        expect((await readRun(dir)).history).toHaveLength(complete);
      }),
      { numRuns: 40 },
    );
  });

  it('say which file is missing', async () => {
    expect(await message()).toBe(
      'studies: RUN/run.json: expected a run record, got no such file.\n' +
        '  Hint: Name a folder that `train` has written, such as results/NAME or results/NAME/paper.',
    );
  });

  it('name the line of a fault in a document', async () => {
    await writeRun(dir, { ...run, status: 'done' as 'running' });
    expect(await message()).toBe(
      'studies: RUN/run.json:62: expected status to be one of running, finished, interrupted, got "done".\n' +
        '  Hint: The record is broken or from another version; train again, into another folder (--out).',
    );
  });

  it('name the line of a broken row', async () => {
    await writeRun(dir, run);
    await writeHistory(dir, [epoch(1)]);
    await appendFile(join(dir, 'history.jsonl'), '{"epoch":"two"}\n');
    expect(await message()).toContain(
      'RUN/history.jsonl:2: expected the record to have loss, got only epoch.',
    );
  });

  it('name the line where a document stops being JSON', async () => {
    await writeFile(join(dir, 'run.json'), '{\n"schema": 1,\n"name": oops\n}\n');
    expect(await message()).toContain('RUN/run.json:3: expected JSON, got Unexpected token');
  });

  it('refuse a record of another schema', async () => {
    await writeRun(dir, { ...run, schema: 2 as 1 });
    expect(await message()).toContain('RUN/run.json:2: expected schema to be 1, got 2.');
  });
});
