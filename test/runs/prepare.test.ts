import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { codesOf, encodeLabels, LABEL_PARTS, labelOfCode } from '../../src/audit/codes.js';
import { loadResourceTable, partIds } from '../../src/audit/labels.js';
import { prepare, prepareWhole } from '../../src/runs/prepare.js';
import type { Settings } from '../../src/settings/schema.js';

import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { smallSettings } from '../fixtures/settings.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const small = (more: Partial<Settings> = {}): Promise<Settings> =>
  smallSettings(writeDataset(folders.make()), more);

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );

describe('label codes', async () => {
  const ids = partIds(await loadResourceTable());

  it('are one number a label, and give the label back', () => {
    const id = fc.constantFrom(...ids);
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id, id, id, id), { maxLength: 20 }), (labels) => {
        const { targets, codes } = encodeLabels(labels, ids);
        expect(targets).toHaveLength(labels.length * LABEL_PARTS);
        expect(Array.from(codes, (code) => labelOfCode(code, ids))).toEqual(labels);
        expect(codesOf(targets, ids.length)).toEqual(codes);
      }),
    );
  });

  it('differ where labels differ, for every K that fits', () => {
    const K = fc.integer({ min: 1, max: 73 });
    fc.assert(
      fc.property(
        K.chain((k) => fc.tuple(fc.constant(k), fc.array(fc.nat(k - 1), { minLength: 5, maxLength: 5 }))),
        ([k, parts]) => {
          const [code] = codesOf(Int32Array.from(parts), k);
          expect(code).toBe(parts.reduce((sum, part) => sum * k + part, 0));
          expect(
            labelOfCode(
              code!,
              Int32Array.from({ length: k }, (_, i) => i),
            ),
          ).toEqual(parts);
        },
      ),
    );
    expect(() => codesOf(new Int32Array(5), 74)).toThrow(
      'studies: expected at most 73 values a label part, got 74.',
    );
  });

  it('are refused for an id that no part can take', () => {
    expect(() => encodeLabels([[17, 0, 2, 1, 777]], ids)).toThrow(
      'studies: expected a known label part, got 777.',
    );
  });

  it('of the paper’s example is its place in base K', () => {
    const { targets } = encodeLabels([[17, 0, 2, 1, 1]], ids);
    expect(Array.from(targets, (at) => ids[at])).toEqual([17, 0, 2, 1, 1]);
  });
});

describe('prepare', () => {
  it('makes windows of each capture, and none across two', async () => {
    const data = await prepare(await small());
    const { capture } = data.dataset;
    expect(data.starts).toHaveLength(2 * (96 - 4 + 1));
    for (const start of data.starts) expect(capture[start]).toBe(capture[start + 3]);
    expect(data.matrix).toHaveLength(192 * 3);
    expect(data.targets).toHaveLength(192 * LABEL_PARTS);
    expect(data.leak.verdict).toBe('leak-free');
  });

  it('fits the encoder on training rows only: a value of the test part alone is 0', async () => {
    const data = await prepare(await small());
    const tool = data.columns.findIndex(({ name }) => name === 'userAgent.tool');
    const late = data.rows.flatMap((row, i) => (row[tool] === 'late-tool' ? [i] : []));
    expect(late.length).toBeGreaterThan(0);
    for (const row of late) expect(data.matrix[row * 3 + tool]).toBe(0);
    for (const { first, last } of data.split.trainRows)
      for (let row = first; row <= last; row++)
        expect(data.matrix.subarray(row * 3, row * 3 + 3)).not.toContain(0);
  });

  it('encodes as the settings say', async () => {
    const settings = await small();
    const ordinal = await prepare(settings);
    const scaled = await prepare({ ...settings, features: { ...settings.features, encoding: 'scaled' } });
    expect(Math.max(...ordinal.matrix)).toBeGreaterThan(1);
    expect([Math.min(...scaled.matrix), Math.max(...scaled.matrix)]).toEqual([0, 1]);
    expect(scaled.encoder.encoding).toBe('scaled');
  });

  it('takes the lines of a selection only, and refuses one that is not there', async () => {
    const selections = { few: { description: 'few', count: 96, ranges: [[0, 191] as [number, number]] } };
    const dataset = writeDataset(folders.make(), undefined, { selections });
    const data = await prepare(await smallSettings(dataset, { selection: 'few' }));
    expect(data.dataset.line).toHaveLength(96);
    expect(new Set(data.dataset.capture)).toEqual(new Set(['a']));
    expect(data.matrix).toHaveLength(96 * 3);
    const all = await prepare(await smallSettings(dataset));
    expect(data.dataset.auditID).toEqual(all.dataset.auditID.slice(0, 96));
    expect(await failure(prepare(await smallSettings(dataset, { selection: 'fwe' })))).toBe(
      `studies: expected a selection named “fwe” in ${dataset}/manifest.json, got none.\n  Hint: Known selections: all, few.`,
    );
  });

  it('gives every line to one part of a contiguous k-fold', async () => {
    const settings = await small();
    for (const protocol of ['paper', 'blocked'] as const) {
      const tested = new Map<number, number>();
      for (const part of [1, 2, 3]) {
        const split = { ...settings.split, protocol, folds: 3, part };
        const data = await prepare({ ...settings, split });
        for (const start of data.split.test) tested.set(start, (tested.get(start) ?? 0) + 1);
        const rest = new Set([...data.split.train, ...data.split.validation]);
        expect(data.split.test.some((start) => rest.has(start))).toBe(false);
        if (protocol === 'blocked') expect(data.leak.verdict).toBe('leak-free');
      }
      expect([...tested.values()].every((times) => times === 1)).toBe(true);
      if (protocol === 'paper') expect(tested.size).toBe(2 * (96 - 4 + 1));
    }
    const split = { ...settings.split, protocol: 'capture' as const, folds: 3 };
    expect(await failure(prepare({ ...settings, split }))).toContain(
      'expected no k-fold with split.protocol',
    );
  });

  it('leaks under the paper’s protocol, and draws by the seed', async () => {
    const settings = await small();
    settings.split = { ...settings.split, protocol: 'paper' };
    const [one, again] = [await prepare(settings), await prepare(settings)];
    expect(one.leak.verdict).toBe('leaks');
    expect(one.split.test).toEqual(again.split.test);
    expect((await prepare({ ...settings, seed: 8 })).split.test).not.toEqual(one.split.test);
  });

  it('says that a dataset is too short', async () => {
    const dataset = writeDataset(folders.make(), smallLog({ captures: ['a'], rounds: 1 }));
    expect(await failure(prepare(await smallSettings(dataset, { window: { size: 60, stride: 1 } })))).toBe(
      'studies: expected at least one train window, got none of 60 lines in 8.\n  Hint: Use a smaller --window, or a larger dataset.',
    );
    expect(await failure(prepare(await smallSettings(dataset, { window: { size: 4, stride: 1 } })))).toBe(
      'studies: expected at least one validation window, got none of 4 lines in 8.\n  Hint: Use a smaller --window, or a larger dataset.',
    );
  });

  it('says so of a dataset without lines, too', async () => {
    const dataset = writeDataset(folders.make(), { events: [], truth: [] });
    expect(await failure(prepare(await smallSettings(dataset)))).toContain(
      'studies: expected at least one train window, got none of 4 lines in 0.',
    );
  });
});

describe('prepare by capture', () => {
  const folds = { default: { train: ['a'], validation: ['b'], test: ['c'] } };
  const log = smallLog({ captures: ['a', 'b', 'c'], rounds: 2 });
  const captured = async (more: Partial<Settings['split']> = {}, known = folds) => {
    const dataset = writeDataset(folders.make(), log, { folds: known });
    const settings = await smallSettings(dataset);
    settings.split = { ...settings.split, protocol: 'capture', ...more };
    return settings;
  };

  it('gives each capture to the part that the fold says', async () => {
    const { split, dataset, leak } = await prepare(await captured());
    for (const part of ['train', 'validation', 'test'] as const)
      expect(new Set(Array.from(split[part], (start) => dataset.capture[start]))).toEqual(
        new Set(folds.default[part]),
      );
    expect(leak.verdict).toBe('leak-free');
  });

  it('leaves one capture out by name, and trains on less where asked', async () => {
    const whole = await prepare(await captured({ fold: 'leave-out-a' }));
    expect(whole.split.testRows.map(({ first }) => whole.dataset.capture[first])).toEqual(['a']);
    const half = await prepare(await captured({ fold: 'leave-out-a', trainShare: 0.5 }));
    expect(half.split.test).toEqual(whole.split.test);
    expect(half.split.train.length).toBeLessThan(whole.split.train.length);
    expect(await failure(prepare(await captured({ protocol: 'paper', trainShare: 0.5 })))).toBe(
      'studies: expected split.trainCaptures 0 and split.trainShare 1 with split.protocol paper, got others.\n  Hint: Its windows are drawn at random: use --protocol blocked or capture.',
    );
  });

  it('says which fold is not there', async () => {
    const settings = await captured({ fold: 'other' });
    expect(await failure(prepare(settings))).toBe(
      `studies: expected a fold named “other” in ${settings.dataset}/manifest.json, got none.\n  Hint: Known folds: default, leave-out-a, leave-out-b, leave-out-c.`,
    );
    const bare = writeDataset(folders.make(), log);
    expect(await failure(prepare({ ...(await captured()), dataset: bare }))).toBe(
      `studies: expected a fold named “default” in ${bare}/manifest.json, got none.\n  Hint: Known folds: leave-out-a, leave-out-b, leave-out-c.`,
    );
  });

  it('says which capture of a fold is not there', async () => {
    const settings = await captured({}, { default: { train: ['a'], validation: ['b'], test: ['z'] } });
    expect(await failure(prepare(settings))).toBe(
      'windows: expected the test captures to be in the dataset, got “z”.\n  Hint: Captures there are: a, b, c.',
    );
  });
});

describe('prepareWhole', () => {
  it('tests every window, with the encoder it is given', async () => {
    const settings = await small();
    const { encoder } = await prepare(settings);
    const data = await prepareWhole(settings, encoder.toJSON());
    expect(data.split.test).toEqual(data.starts);
    expect(data.split.train).toHaveLength(0);
    expect(data.encoder.toJSON()).toEqual(encoder.toJSON());
    expect(data.leak).toMatchObject({
      verdict: 'leak-free',
      windows: { train: 0, validation: 0, test: 186 },
    });
  });
});
