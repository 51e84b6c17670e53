import { BATCH_NORM_EPSILON } from './batch-norm.js';
import type { FocalOptions } from './focal.js';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, TensorFlow } from './ops.js';
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
