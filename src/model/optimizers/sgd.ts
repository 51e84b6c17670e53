import type { Native, Tensor } from '../kernels/ops.js';
import { Variable } from '../kernels/variable.js';
import type { Optimizer } from './optimizer.js';

export interface SgdOptions {
  /** Share of the last change that goes into the next one. Default 0.9. */
  momentum?: number;
}

export const SGD = { momentum: 0.9 } as const;

/**
 * Stochastic gradient descent with Nesterov's momentum as Keras has it, one native kernel a variable, in place.
 *
 *     m ← μ m − lr · g
 *     θ ← θ + μ m − lr · g                                          [SUTSKEVER2013]
 *
 * @example
 * const sgd = new Sgd(native, shard.trainable);
 * sgd.apply(gradients, 0.1);
 */
export class Sgd implements Optimizer {
  readonly #native: Native;
  readonly #variables: readonly Variable[];
  readonly #momenta: readonly Variable[];
  readonly #momentum: number;

  constructor(native: Native, variables: readonly Variable[], { momentum = SGD.momentum }: SgdOptions = {}) {
    this.#native = native;
    this.#variables = variables;
    this.#momentum = momentum;
    this.#momenta = native.tidy(() =>
      variables.map(({ shape }) => new Variable(native, native.tf.zeros(shape))),
    );
  }

  apply(gradients: readonly Tensor[], learningRate: number): void {
    const native = this.#native;
    native.tidy(() => {
      const rate = native.tf.scalar(learningRate);
      const momentum = native.tf.scalar(this.#momentum);
      const attributes = [
        native.type('T', 'float32'),
        native.bool('use_locking', false),
        native.bool('use_nesterov', true),
      ];
      this.#variables.forEach((variable, i) => {
        native.runMany(
          'ResourceApplyKerasMomentum',
          attributes,
          [variable.handle, this.#momenta[i]!.handle, rate, gradients[i]!, momentum],
          0,
        );
      });
    });
  }

  /** The last changes, in the order of the variables. */
  get slots(): { first: readonly Variable[]; second: readonly Variable[] } {
    return { first: this.#momenta, second: [] };
  }

  dispose(): void {
    for (const variable of this.#momenta) variable.dispose();
  }
}
