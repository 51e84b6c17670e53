import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mergeWeights, splitWeights, TRAINABLE } from '../../../src/model/bilstm/layout.js';
import { biLstmConfig } from '../../../src/model/bilstm/shape.js';
import { Shard } from '../../../src/model/bilstm/shard.js';
import { infer, lossAndGradients } from '../../../src/model/bilstm/step.js';
import { Native, type Tensor } from '../../../src/model/kernels/ops.js';
import type { WeightArray, Weights } from '../../../src/model/weights.js';
import { loadTensorFlow } from '../../../src/native/load.js';
import { relativeDifference } from '../cases.js';
import { ENGINES } from './engines.js';

interface Golden {
  config: Parameters<typeof biLstmConfig>[0];
  batch: number;
  x: { data: number[] };
  targets: number[];
  weights: Record<string, { shape: number[]; data: number[] }>;
  loss: number;
  gradients: Golden['weights'];
  lineWeights: number[];
  weightedLoss: number;
  weightedGradients: Golden['weights'];
  sgd: { learningRate: number; losses: number[]; after: Golden['weights'] };
  adam: { learningRate: number; losses: number[] };
  after: Golden['weights'];
  probabilities: { data: number[] };
}

/** Made once by scripts/golden/keras_model.py. */
const golden = JSON.parse(readFileSync('test/golden/model/keras.json', 'utf8')) as Golden;
const config = biLstmConfig(golden.config);
const pass = { window: config.window, features: config.features, heads: config.heads };
const weights = (): Weights =>
  Object.fromEntries(
    Object.entries(golden.weights).map(([name, { shape, data }]): [string, WeightArray] => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );
const batch = {
  size: golden.batch,
  x: Float32Array.from(golden.x.data),
  targets: Int32Array.from(golden.targets),
};

/** The golden batch as rows, so that window b begins at row b·W: [W, B, …] → [B·W, …]. */
function asRows<T extends Float32Array | Int32Array>(values: T, width: number): T {
  const rows = values.slice() as T;
  for (let t = 0; t < config.window; t++)
    for (let b = 0; b < golden.batch; b++) {
      const from = (t * golden.batch + b) * width;
      rows.set(values.subarray(from, from + width), (b * config.window + t) * width);
    }
  return rows;
}

let native: Native;
beforeAll(async () => {
  native = new Native(await loadTensorFlow({ device: 'cpu' }));
});

describe('the model and Keras 3, from the same weights', () => {
  const shards = () => [0, 1].map((i) => new Shard(native, config, i, splitWeights(weights(), config, i)));

  it.each([
    ['', {}, golden.loss, golden.gradients],
    [
      ' when lines are weighed',
      { weights: Float32Array.from(golden.lineWeights) },
      golden.weightedLoss,
      golden.weightedGradients,
    ],
  ])('have the same loss and gradients%s', (_, weighed, expectedLoss, expectedGradients) => {
    const { loss, gradients } = lossAndGradients(native, shards(), { ...batch, ...weighed }, pass, [1, 1]);
    expect(Math.abs(loss - expectedLoss)).toBeLessThan(1e-6);
    const parts = gradients.map((own) =>
      Object.fromEntries(
        TRAINABLE.map((name, i) => [
          name,
          { shape: own[i]!.shape, data: own[i]!.dataSync() as Float32Array },
        ]),
      ),
    );
    const shapes = Object.fromEntries(
      Object.entries(expectedGradients).map(([name, { shape }]) => [name, shape]),
    );
    const merged = mergeWeights(parts, config, shapes);
    for (const [name, { data }] of Object.entries(expectedGradients))
      expect(relativeDifference(merged[name]!.data, data), name).toBeLessThan(2e-5);
  });

  it.each(
    ENGINES.flatMap(([name, make]) => [['Adam', name, make] as const, ['weighted SGD', name, make] as const]),
  )('take the same five steps of %s, by %s', async (steps, _, make) => {
    const adam = steps === 'Adam';
    const expected = adam ? { ...golden.adam, after: golden.after } : golden.sgd;
    const data = {
      matrix: asRows(batch.x, config.features),
      targets: asRows(batch.targets, config.heads),
      ...(adam ? {} : { weights: asRows(Float32Array.from(golden.lineWeights), 1) }),
    };
    const engine = make(
      {
        config,
        focal: {},
        optimizer: adam ? 'adam' : 'sgd',
        dropoutSeed: 1,
      },
      weights(),
      data,
    );
    const starts = Int32Array.from({ length: golden.batch }, (_, b) => b * config.window);
    const losses = expected.losses.map((_, i) => engine.trainBatch(starts, i + 1, expected.learningRate));
    expect(relativeDifference(losses, expected.losses)).toBeLessThan(1e-5);
    const after = engine.state().weights;
    // Adam divides a gradient by its own size, so that rounding shows where a gradient is next to nothing.
    for (const [name, { data: expectedData }] of Object.entries(expected.after))
      expect(relativeDifference(after[name]!.data, expectedData), name).toBeLessThan(adam ? 3e-4 : 1e-4);
    await engine.dispose();
  });

  it('have the same probabilities after them', () => {
    const after = Object.fromEntries(
      Object.entries(golden.after).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float32Array.from(data) },
      ]),
    );
    const trained = [0, 1].map((i) => new Shard(native, config, i, splitWeights(after, config, i)));
    const { probabilities } = infer(native, trained, batch, pass);
    const rows = config.window * golden.batch;
    const [first, second] = probabilities.map((p, i) =>
      p.reshape([rows, i === 0 ? 3 : 2, config.classes]),
    ) as [Tensor, Tensor];
    const all = native.tf.concat([first, second], 1);
    expect(relativeDifference(all.dataSync(), golden.probabilities.data)).toBeLessThan(1e-5);
  });
});
