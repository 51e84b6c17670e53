import type { Native } from '../kernels/ops.js';
import type { Variable } from '../kernels/variable.js';
import { Adam } from './adam.js';
import type { Optimizer, OptimizerName } from './optimizer.js';
import { Sgd } from './sgd.js';
/**
 * @param variables What the optimizer changes.
 * @example const optimizer = createOptimizer('adam', native, shard.trainable);
 */
export function createOptimizer(
  name: OptimizerName,
  native: Native,
  variables: readonly Variable[],
): Optimizer {
  return name === 'adam' ? new Adam(native, variables) : new Sgd(native, variables);
}
