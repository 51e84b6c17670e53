import type { Tensor1D, Tensor2D, Tensor3D, TensorFlow } from '../kernels/ops.js';
import { referenceBatchNorm, referenceLstm, type WeightTensors } from '../kernels/reference.js';
import type { Weights } from '../weights.js';
import type { BiLstmConfig } from './shape.js';

/** Both directions, side by side: [W, B, 2H]. */
export function referenceBidirectional(
  tf: TensorFlow,
  x: Tensor3D,
  weights: WeightTensors,
  path: string,
): Tensor3D {
  const direction = (input: Tensor3D, name: string): Tensor3D =>
    referenceLstm(
      tf,
      input,
      weights[`${path}/${name}/kernel`] as Tensor2D,
      weights[`${path}/${name}/recurrent_kernel`] as Tensor2D,
      weights[`${path}/${name}/bias`] as Tensor1D,
    );
  const forward = direction(x, 'forward_lstm');
  const backward = tf.reverse(direction(tf.reverse(x, 0), 'backward_lstm'), 0);
  return tf.concat([forward, backward], 2);
}

/**
 * The whole model in plain tfjs operations, differentiable by its tape: the readable twin of `shard.ts` and `step.ts`.
 * Without dropout.
 *
 * @param x Shape [W, B, F].
 * @returns Logits, shape [W·B·L, K].
 * @example tf.softmax(referenceModel(tf, x, weights, config, { training: false }))
 */
export function referenceModel(
  tf: TensorFlow,
  x: Tensor3D,
  weights: WeightTensors,
  config: BiLstmConfig,
  { training }: { training: boolean },
): Tensor2D {
  const [steps, batch] = x.shape;
  const rows = steps * batch;
  const [hidden1, hidden2] = config.units;
  const h1 = referenceBidirectional(tf, x, weights, 'bidirectional').reshape([rows, 2 * hidden1]) as Tensor2D;
  const normed = referenceBatchNorm(tf, h1, weights, 'batch_normalization', training);
  const sequence = normed.reshape([steps, batch, 2 * hidden1]) as Tensor3D;
  const h2 = referenceBidirectional(tf, sequence, weights, 'bidirectional_1').reshape([rows, 2 * hidden2]);
  const z = tf.relu(
    tf
      .matMul(h2 as Tensor2D, weights['time_distributed/kernel'] as Tensor2D)
      .add(weights['time_distributed/bias']!),
  ) as Tensor2D;
  return referenceBatchNorm(tf, z, weights, 'batch_normalization_1', training).reshape([-1, config.classes]);
}

/** Weights as tensors; the caller disposes them. */
export function weightTensors(tf: TensorFlow, weights: Weights): WeightTensors {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
  );
}
