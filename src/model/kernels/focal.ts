import type { Native, Tensor, Tensor1D, Tensor2D } from './ops.js';

export interface FocalOptions {
  /** Weight of every class. Default 0.25. */
  alpha?: number;
  /** How much easy examples count less. Default 2. */
  gamma?: number;
}

/** Keras's defaults. */
export const FOCAL = { alpha: 0.25, gamma: 2 } as const;

/** Probabilities are kept this far from 0 and 1, as Keras does. */
const CLIP = 1e-7;

/**
 * Categorical focal cross-entropy of logits, summed over rows, with its gradient in closed form.
 *
 *     ℓ = −α (1 − p)^γ log p,   p = softmax(z)[class]               [LIN2017]
 *     ∂ℓ/∂z = α (γ (1 − p)^(γ−1) p log p − (1 − p)^γ) · (onehot − softmax(z))
 *
 * @param logits z, shape [R, K].
 * @param classes Index of the true class of each row, shape [R], int32.
 * @param scale Factor of loss and gradient; 1 / R gives the mean.
 * @param weights w, a factor of each row's ℓ, shape [R, 1]. Default none.
 * @returns Scaled sum of the losses (scalar) and its gradient by the logits [R, K].
 * @example const { loss, dlogits } = focalLoss(native, logits, classes, 1 / rows);
 */
export function focalLoss(
  native: Native,
  logits: Tensor2D,
  classes: Tensor1D,
  scale: number,
  { alpha = FOCAL.alpha, gamma = FOCAL.gamma }: FocalOptions = {},
  weights?: Tensor2D,
): { loss: Tensor1D; dlogits: Tensor2D } {
  const { tf } = native;
  const weigh = <T extends Tensor>(values: T): T => (weights ? values.mul(weights) : values);
  return native.tidy(() => {
    const oneHot = tf.oneHot(classes, logits.shape[1]).cast('float32');
    const softmax = tf.softmax(logits);
    const p = softmax
      .mul(oneHot)
      .sum(1, true)
      .clipByValue(CLIP, 1 - CLIP);
    const logP = p.log();
    const rest = tf.sub(1, p);
    const eased = gamma === 2 ? rest.square() : rest.pow(gamma);
    const loss = weigh(eased.mul(logP))
      .sum()
      .mul(-alpha * scale) as unknown as Tensor1D;
    const slope = (gamma === 2 ? rest : rest.pow(gamma - 1))
      .mul(gamma)
      .mul(p)
      .mul(logP)
      .sub(eased)
      .mul(alpha * scale);
    return { loss, dlogits: oneHot.sub(softmax).mul(weigh(slope)) as Tensor2D };
  });
}
