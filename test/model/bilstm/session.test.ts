import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrdinalEncoder } from '../../../src/features/encoder.js';
import { writeModelFolder } from '../../../src/model/bilstm/folder.js';
import { checkProbabilities, createSession, likeliest } from '../../../src/model/bilstm/session.js';
import { biLstmConfig, weightShapes } from '../../../src/model/bilstm/shape.js';
import { LabelSequence } from '../../../src/model/bilstm/window-vote.js';
import { integers } from '../cases.js';
import { largestDifference, plainForward, roughWeights } from './forward.js';

const shape = biLstmConfig({ window: 6, features: 2, classes: 4, units: [5, 3] });
const weights = roughWeights(weightShapes(shape), 11);
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'session-'));
  const config = {
    ...shape,
    columns: ['verb', 'objectRef'],
    lines: 'completed',
    filter: 'paper',
    epsilon: 1e-3,
  } as const;
  const trained = {
    weights,
    config: { ...config, columns: [...config.columns] },
    encoder: OrdinalEncoder.fit([['get', '1']], config.columns).toJSON(),
    labels: { partIds: [0, 1, 2, 3] },
    card: '',
  };
  await writeModelFolder(join(dir, 'model'), trained, { version: '0.1.0' });
});
afterAll(() => rm(dir, { recursive: true }));

describe('a session', () => {
  it('gives the probabilities of the model in the folder, for any number of threads', async () => {
    const x = Float32Array.from(integers(6 * 3 * 2, 'x', 5));
    for (const threads of [1, 2]) {
      const session = await createSession(dir, { threads });
      const expected = plainForward(weights, shape, x, 3);
      expect(largestDifference(await session.probabilities(x, 3), expected)).toBeLessThan(1e-5);
      await session.release();
    }
  });

  it('labels a log as the equations do, window by window', async () => {
    const session = await createSession(dir);
    const rows = Float32Array.from(integers(6 * 2 * 4, 'rows', 5));
    const sequence = new LabelSequence(session, { stride: 6, batch: 3 });
    const codes = [...(await sequence.push(rows)).codes, ...(await sequence.end()).codes];
    const expected = [0, 1, 2, 3].flatMap((w) => {
      const best = likeliest(
        Float32Array.from(plainForward(weights, shape, rows.subarray(12 * w, 12 * w + 12), 1)),
        4,
      );
      return Array.from({ length: 6 }, (_, t) =>
        best.subarray(5 * t, 5 * t + 5).reduce((code, part) => 4 * code + part, 0),
      );
    });
    expect(codes).toEqual(expected);
    await session.release();
  });

  it('refuses lines of another width', async () => {
    const session = await createSession(dir);
    await expect(session.probabilities(new Float32Array(7), 2)).rejects.toThrow(
      'model: expected x of shape [W, 2, 2], got 7 values.',
    );
    await session.release();
  });
});

describe('checkProbabilities', () => {
  const of = (...data: number[]) => ({ data: Float32Array.from(data), dims: [1, 1, 1, data.length] });

  it('lets probabilities pass', () => {
    expect(checkProbabilities(of(0, 0.25, 0.75), [1, 1, 1, 3], 'm')).toHaveLength(3);
  });

  it.each([
    [13_863_696, '13863696'],
    [Number.NaN, 'NaN'],
    [-0.5, '-0.5'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('refuses %s', (value, got) => {
    expect(() => checkProbabilities(of(0, value), [1, 1, 1, 2], 'model.onnx')).toThrow(
      `model: model.onnx: expected probabilities in [0, 1], got ${got}.`,
    );
  });

  it('refuses another shape', () => {
    expect(() => checkProbabilities(of(0, 1), [1, 1, 2, 1], 'model.onnx')).toThrow(
      'model: model.onnx: expected probabilities of shape [1,1,2,1], got [1,1,1,2].',
    );
  });
});

describe('likeliest', () => {
  it('takes the first class on a tie', () => {
    expect(Array.from(likeliest(Float32Array.of(0.2, 0.4, 0.4, 1, 0, 0), 3))).toEqual([1, 0]);
  });
});
