import type { BatchNormTrace } from '../kernels/batch-norm.js';
import type { LstmTrace } from '../kernels/lstm.js';
import type { Tensor, Tensor2D, Tensor3D } from '../kernels/ops.js';
import type { ShardWeightName, TRAINABLE } from './layout.js';

/** The weights of a shard, as tensors. */
export type Values = Record<ShardWeightName, Tensor>;
/** What they are to be changed by. */
export type Gradients = Record<(typeof TRAINABLE)[number], Tensor>;

/** What a shard keeps of one forward pass for the backward one. */
export interface Trace {
  lstm1?: { x: Tensor3D; trace: LstmTrace };
  norm1?: { x: Tensor2D; trace: BatchNormTrace };
  lstm2?: { x: Tensor3D; trace: LstmTrace };
  mask?: Tensor2D | undefined;
  dense?: { x: Tensor2D; z: Tensor2D };
  norm2?: { x: Tensor2D; trace: BatchNormTrace };
}
