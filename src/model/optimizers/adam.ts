import type { Native, Tensor } from '../kernels/ops.js';
import { Variable } from '../kernels/variable.js';
import type { Optimizer } from './optimizer.js';

export interface AdamOptions {
  /** Decay of the first moment. Default 0.9. */
  beta1?: number;
  /** Decay of the second moment. Default 0.999. */
  beta2?: number;
  /** Keeps the denominator from zero. Default 1e-7, as in Keras. */
  epsilon?: number;
}

/** Keras's defaults. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/**
 * Adam's rate with both corrections for moments that begin at zero: lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ).
 *
 * @param step t, from 1.
 */
export function adamRate(learningRate: number, step: number): number {
  return (learningRate * Math.sqrt(1 - ADAM.beta2 ** step)) / (1 - ADAM.beta1 ** step);
}

/**
 * Adam, one native kernel a variable, in place.
 *
 *     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *     θ ← θ − lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)            [KINGMA2015]
 *
 * @example
 * const adam = new Adam(native, shard.trainable);
 * adam.apply(gradients, 0.004, step); // step counts from 1
 */
export class Adam implements Optimizer {
  readonly #native: Native;
  readonly #variables: readonly Variable[];
  readonly #first: Variable[];
  readonly #second: Variable[];
  readonly #options: Required<AdamOptions>;

  constructor(native: Native, variables: readonly Variable[], options: AdamOptions = {}) {
    this.#native = native;
    this.#variables = variables;
    this.#options = { ...ADAM, ...options };
    const zeros = (): Variable[] =>
      native.tidy(() => variables.map(({ shape }) => new Variable(native, native.tf.zeros(shape))));
    this.#first = zeros();
    this.#second = zeros();
  }

  /**
   * One update.
   *
   * @param gradients In the order of the variables.
   * @param learningRate lr.
   * @param step t, from 1.
   */
  apply(gradients: readonly Tensor[], learningRate: number, step: number): void {
    const { beta1, beta2, epsilon } = this.#options;
    const native = this.#native;
    native.tidy(() => {
      const scalars = [beta1 ** step, beta2 ** step, learningRate, beta1, beta2, epsilon].map((value) =>
        native.tf.scalar(value),
      );
      const attributes = [
        native.type('T', 'float32'),
        native.bool('use_locking', false),
        native.bool('use_nesterov', false),
      ];
      this.#variables.forEach((variable, i) => {
        native.runMany(
          'ResourceApplyAdam',
          attributes,
          [variable.handle, this.#first[i]!.handle, this.#second[i]!.handle, ...scalars, gradients[i]!],
          0,
        );
      });
    });
  }

  /** First and second moments, in the order of the variables. */
  get slots(): { first: readonly Variable[]; second: readonly Variable[] } {
    return { first: this.#first, second: this.#second };
  }

  dispose(): void {
    for (const variable of [...this.#first, ...this.#second]) variable.dispose();
  }
}
