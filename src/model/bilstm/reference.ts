import { BATCH_NORM_EPSILON } from '../kernels/batch-norm.js';
import type { FocalOptions } from '../kernels/focal.js';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, TensorFlow } from '../kernels/ops.js';
import type { BiLstmConfig, Weights } from './shape.js';

/** Weights as tensors, by Keras path. */
export type WeightTensors = Record<string, Tensor>;

/**
 * One LSTM direction, a step at a time: the readable twin of `kernels/lstm.ts`. Same equation, shapes and gate order.
 *
 * @param x Shape [W, B, F].
 * @returns Hidden states, shape [W, B, H].
 * @example referenceLstm(tf, x, kernel, recurrentKernel, bias)
 */
export function referenceLstm(
  tf: TensorFlow,
  x: Tensor3D,
  kernel: Tensor2D,
  recurrentKernel: Tensor2D,
  bias: Tensor1D,
): Tensor3D {
  const units = recurrentKernel.shape[0];
  let h: Tensor = tf.zeros([x.shape[1], units]);
  let cell: Tensor = tf.zeros([x.shape[1], units]);
  const states: Tensor[] = [];
  for (const input of tf.unstack(x, 0)) {
    const z = tf
      .matMul(input as Tensor2D, kernel)
      .add(tf.matMul(h as Tensor2D, recurrentKernel))
      .add(bias);
    const [i, f, candidate, o] = tf.split(z, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    cell = f.sigmoid().mul(cell).add(i.sigmoid().mul(candidate.tanh()));
    h = o.sigmoid().mul(cell.tanh());
    states.push(h);
  }
  return tf.stack(states, 0) as Tensor3D;
}

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

/** Batch normalization with the batch's own statistics, or with the moving ones. */
export function referenceBatchNorm(
  tf: TensorFlow,
  x: Tensor2D,
  weights: WeightTensors,
  path: string,
  training: boolean,
): Tensor2D {
  const batch = tf.moments(x, 0);
  const mean = training ? batch.mean : weights[`${path}/moving_mean`]!;
  const variance = training ? batch.variance : weights[`${path}/moving_variance`]!;
  return x
    .sub(mean)
    .div(variance.add(BATCH_NORM_EPSILON).sqrt())
    .mul(weights[`${path}/gamma`]!)
    .add(weights[`${path}/beta`]!) as Tensor2D;
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

/**
 * Mean categorical focal cross-entropy, as the formula reads: the twin of `kernels/focal.ts`.
 *
 * @param classes Shape [R], int32.
 * @param weights Factor of each row's loss, shape [R]. The sum is divided by R all the same.
 */
export function referenceFocalLoss(
  tf: TensorFlow,
  logits: Tensor2D,
  classes: Tensor1D,
  { alpha = 0.25, gamma = 2 }: FocalOptions = {},
  weights?: Tensor1D,
): Tensor {
  const p = tf.softmax(logits).clipByValue(1e-7, 1 - 1e-7);
  const oneHot = tf.oneHot(classes, logits.shape[1]).cast('float32');
  const losses = oneHot.mul(p.log()).mul(tf.sub(1, p).pow(gamma)).mul(-alpha).sum(1);
  return (weights ? losses.mul(weights) : losses).mean();
}

/** Weights as tensors; the caller disposes them. */
export function weightTensors(tf: TensorFlow, weights: Weights): WeightTensors {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
  );
}
