import { beforeAll, describe, expect, it } from 'vitest';
import { mergeWeights, splitWeights, TRAINABLE } from '../../../src/model/bilstm/layout.js';
import { referenceModel, weightTensors } from '../../../src/model/bilstm/reference.js';
import {
  biLstmConfig,
  initialWeights,
  parameterCount,
  weightShapes,
} from '../../../src/model/bilstm/shape.js';
import { Shard } from '../../../src/model/bilstm/shard.js';
import { infer, lossAndGradients } from '../../../src/model/bilstm/step.js';
import { Native, type Tensor, type Tensor1D, type Tensor3D } from '../../../src/model/kernels/ops.js';
import { referenceFocalLoss } from '../../../src/model/kernels/reference.js';
import type { Weights } from '../../../src/model/weights.js';
import { loadTensorFlow } from '../../../src/native/load.js';
import { integers, numbers, relativeDifference } from '../cases.js';

let native: Native;
beforeAll(async () => {
  native = new Native(await loadTensorFlow({ device: 'cpu' }));
});

const config = biLstmConfig({ window: 6, features: 4, classes: 5, units: [6, 5], dropout: 0 });
const pass = { window: 6, features: 4, heads: 5 };
const batch = {
  size: 3,
  x: numbers(6 * 3 * 4, 'x', 2),
  targets: integers(6 * 3 * 5, 'targets', 5),
};

/** Weights with nothing at its default, so that every part matters. */
function disturbed(): Weights {
  const weights = initialWeights(config, 3);
  for (const [name, { data }] of Object.entries(weights)) {
    const noise = numbers(data.length, name, 0.2);
    for (let i = 0; i < data.length; i++)
      data[i]! += name.endsWith('variance') ? Math.abs(noise[i]!) : noise[i]!;
  }
  return weights;
}

describe('the paper’s model', () => {
  it('has about 718,000 parameters, whatever the window', () => {
    expect(parameterCount(biLstmConfig({ window: 60, features: 39, classes: 59 }))).toBe(717_627);
    expect(parameterCount(biLstmConfig({ window: 5, features: 39, classes: 59 }))).toBe(717_627);
  });

  it('refuses sizes that make no model', () => {
    expect(() => biLstmConfig({ window: 0, features: 39, classes: 59 })).toThrow(
      'model: expected window to be a positive integer, got 0.',
    );
    expect(() => biLstmConfig({ window: 60, features: 39, classes: 59, dropout: 1 })).toThrow(
      'model: expected dropout to be in [0, 1), got 1.',
    );
  });

  it('starts as Keras does', () => {
    const weights = initialWeights(config, 3);
    const recurrent = weights['bidirectional/forward_lstm/recurrent_kernel']!;
    const [rows, columns] = recurrent.shape as [number, number];
    for (let a = 0; a < rows; a++)
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let c = 0; c < columns; c++)
          dot += recurrent.data[a * columns + c]! * recurrent.data[b * columns + c]!;
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    expect(Array.from(weights['bidirectional/forward_lstm/bias']!.data)).toEqual([
      ...Array(6).fill(0),
      ...Array(6).fill(1),
      ...Array(12).fill(0),
    ]);
    const kernel = weights['time_distributed/kernel']!.data;
    const limit = Math.sqrt(6 / (10 + 25));
    expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(Math.max(...kernel.map(Math.abs))).toBeGreaterThan(0.8 * limit);
  });

  it('draws the same weights for the same seed only', () => {
    expect(initialWeights(config, 3)).toEqual(initialWeights(config, 3));
    expect(initialWeights(config, 3)['time_distributed/kernel']).not.toEqual(
      initialWeights(config, 4)['time_distributed/kernel'],
    );
  });

  it('is whole again after it was cut in two', () => {
    const weights = disturbed();
    const parts = [0, 1].map((shard) => splitWeights(weights, config, shard));
    expect(mergeWeights(parts, config, weightShapes(config))).toEqual(weights);
  });
});

describe('the fused model and its readable twin', () => {
  const fused = (weights: Weights) => {
    return [0, 1].map((i) => new Shard(native, config, i, splitWeights(weights, config, i)));
  };

  it('give the same loss and gradients', () => {
    const { tf } = native;
    const weights = disturbed();
    const shards = fused(weights);
    const { loss, gradients } = lossAndGradients(native, shards, batch, pass, [1, 1]);

    const trainable = Object.keys(weights).filter((name) => !name.includes('/moving_'));
    const tensors = weightTensors(tf, weights);
    const x = tf.tensor3d(batch.x, [6, 3, 4]) as Tensor3D;
    const classes = tf.tensor1d(batch.targets, 'int32') as Tensor1D;
    const twin = tf.valueAndGrads((...values: Tensor[]) => {
      const named = Object.fromEntries(trainable.map((name, i) => [name, values[i]!]));
      return referenceFocalLoss(
        tf,
        referenceModel(tf, x, named, config, { training: true }),
        classes,
      ).asScalar();
    })(trainable.map((name) => tensors[name]!));
    expect(loss).toBeCloseTo(twin.value.dataSync()[0]!, 6);

    const parts = gradients.map((own) =>
      Object.fromEntries(
        TRAINABLE.map((name, i) => [
          name,
          { shape: own[i]!.shape, data: own[i]!.dataSync() as Float32Array },
        ]),
      ),
    );
    const merged = mergeWeights(
      parts,
      config,
      Object.fromEntries(trainable.map((n) => [n, weights[n]!.shape])),
    );
    for (const [i, name] of trainable.entries())
      expect(relativeDifference(merged[name]!.data, twin.grads[i]!.dataSync()), name).toBeLessThan(2e-4);
  });

  it('give the same probabilities', () => {
    const { tf } = native;
    const weights = disturbed();
    const shards = fused(weights);
    const { probabilities, classes, loss } = infer(native, shards, batch, pass);
    const x = tf.tensor3d(batch.x, [6, 3, 4]) as Tensor3D;
    const logits = referenceModel(tf, x, weightTensors(tf, weights), config, { training: false });
    const twin = tf.softmax(logits).reshape([18, 5, 5]);
    const [first, second] = tf.split(twin, [3, 2], 1) as [Tensor, Tensor];
    expect(relativeDifference(probabilities[0]!.dataSync(), first.dataSync())).toBeLessThan(1e-5);
    expect(relativeDifference(probabilities[1]!.dataSync(), second.dataSync())).toBeLessThan(1e-5);
    expect(Array.from(classes[1]!)).toEqual(Array.from(tf.argMax(second, 2).dataSync()));
    const expected = referenceFocalLoss(tf, logits, tf.tensor1d(batch.targets, 'int32') as Tensor1D);
    expect(loss).toBeCloseTo(expected.dataSync()[0]!, 6);
  });

  it('masks each direction anew at every step', () => {
    const dropping = { ...config, dropout: 0.4 };
    const shards = [0, 1].map(
      (i) => new Shard(native, dropping, i, splitWeights(initialWeights(dropping, 3), dropping, i)),
    );
    const loss = (step: number) => lossAndGradients(native, shards, batch, pass, [9, step]).loss;
    const [first, again, next] = [loss(1), loss(1), loss(2)];
    expect(again).toBe(first);
    expect(next).not.toBe(first);
  });
});
