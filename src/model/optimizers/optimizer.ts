import type { Tensor } from '../kernels/ops.js';
import type { Variable } from '../kernels/variable.js';

export type OptimizerName = 'adam' | 'sgd';

/** Changes variables by their gradients. What it remembers of earlier steps is in its slots, which a checkpoint keeps. */
export interface Optimizer {
  /**
   * One update, in place.
   *
   * @param gradients In the order of the variables.
   * @param step From 1.
   */
  apply(gradients: readonly Tensor[], learningRate: number, step: number): void;
  /** In the order of the variables; empty where the optimizer has no such slot. */
  readonly slots: { first: readonly Variable[]; second: readonly Variable[] };
  dispose(): void;
}

/** How many slots an optimizer has for each variable. */
export const SLOTS: Record<OptimizerName, 1 | 2> = { adam: 2, sgd: 1 };
