import type { Native, Tensor, Tensor1D, Tensor2D } from './ops.js';

/** Keras's default: added to the variance. */
export const BATCH_NORM_EPSILON = 1e-3;

export interface BatchNormTrace {
  /** Normalized values, shape [R, C]. */
  y: Tensor2D;
  /** Mean of each channel over the batch, shape [C]. */
  mean: Tensor1D;
  /** Variance of each channel over the batch, divided by R as in Keras, shape [C]. */
  variance: Tensor1D;
  saved: Tensor[];
}

/**
 * Batch normalization of each channel over all rows, in one kernel.
 *
 *     y = γ ∘ (x − mean(x)) / √(var(x) + ε) + β                    [IOFFE2015]
 *
 * @param x Shape [R, C]; for a sequence, R = W · B.
 * @param gamma Scale γ, shape [C].
 * @param beta Offset β, shape [C].
 * @returns Normalized values, the batch's statistics, and what `batchNormBackward` needs.
 * @example const { y, mean, variance } = batchNormForward(native, x, gamma, beta);
 */
export function batchNormForward(
  native: Native,
  x: Tensor2D,
  gamma: Tensor1D,
  beta: Tensor1D,
): BatchNormTrace {
  const [rows, channels] = x.shape;
  const empty = native.zeros(0);
  const [y, mean, variance, r1, r2, r3] = native.runMany(
    'FusedBatchNormV3',
    [...attributes(native), native.float('exponential_avg_factor', 1), native.bool('is_training', true)],
    [x.reshape([rows, 1, 1, channels]), gamma, beta, empty, empty],
    6,
  ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  return {
    y: y.reshape([rows, channels]),
    mean: mean as Tensor1D,
    variance: variance.mul((rows - 1) / rows) as Tensor1D, // the kernel divides by R − 1
    saved: [r1, r2, r3],
  };
}

/**
 * Gradients of `batchNormForward`.
 *
 * @param dy Gradient by the normalized values, shape [R, C].
 * @returns Gradients by x [R, C], γ [C] and β [C].
 * @example const { dx } = batchNormBackward(native, x, gamma, trace, dy);
 */
export function batchNormBackward(
  native: Native,
  x: Tensor2D,
  gamma: Tensor1D,
  trace: BatchNormTrace,
  dy: Tensor2D,
): { dx: Tensor2D; dgamma: Tensor1D; dbeta: Tensor1D } {
  const [rows, channels] = x.shape;
  const [dx, dgamma, dbeta, unused1, unused2] = native.runMany(
    'FusedBatchNormGradV3',
    [...attributes(native), native.bool('is_training', true)],
    [dy.reshape([rows, 1, 1, channels]), x.reshape([rows, 1, 1, channels]), gamma, ...trace.saved],
    5,
  ) as [Tensor, Tensor, Tensor, Tensor, Tensor];
  unused1.dispose();
  unused2.dispose();
  return { dx: dx.reshape([rows, channels]), dgamma: dgamma as Tensor1D, dbeta: dbeta as Tensor1D };
}

/**
 * Batch normalization with the moving statistics, as used for predictions.
 *
 * @returns Normalized values, shape [R, C].
 * @example batchNormInfer(native, x, gamma, beta, movingMean, movingVariance)
 */
export function batchNormInfer(
  native: Native,
  x: Tensor2D,
  gamma: Tensor1D,
  beta: Tensor1D,
  movingMean: Tensor1D,
  movingVariance: Tensor1D,
): Tensor2D {
  return native.tidy(() => {
    const scale = gamma.mul(movingVariance.add(BATCH_NORM_EPSILON).rsqrt());
    return x.mul(scale).add(beta.sub(movingMean.mul(scale)));
  });
}

function attributes(native: Native) {
  return [
    native.type('T', 'float32'),
    native.type('U', 'float32'),
    native.float('epsilon', BATCH_NORM_EPSILON),
    native.string('data_format', 'NHWC'),
  ];
}
