import type { Native, Tensor2D } from '../kernels/ops.js';
import { SHARDS } from './layout.js';

/** Both shards' [R, C] side by side, shape [R, 2C]: each gets the whole. */
export function concat(native: Native, parts: Tensor2D[]): Tensor2D {
  return native.tf.concat2d(parts, 1);
}

/** Sums the shards' partial [R, 2C] and gives each shard its own C columns. */
export function scatterSum(native: Native, parts: Tensor2D[]): Tensor2D[] {
  const total = parts[0]!.add(parts[1]!) as Tensor2D;
  return native.tf.split(total, SHARDS, 1) as Tensor2D[];
}
