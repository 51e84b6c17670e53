import type { FocalOptions } from '../kernels/focal.js';
import type { Native, Tensor, Tensor1D, Tensor2D, Tensor3D } from '../kernels/ops.js';
import { concat, scatterSum } from './exchange.js';
import { TRAINABLE } from './layout.js';
import type { Shard } from './shard.js';
import type { Gradients } from './shard-trace.js';

/** A batch as it lies in memory, time-major. */
export interface Batch {
  /** B, windows. */
  size: number;
  /** Features, shape [W, B, F]. */
  x: Float32Array;
  /** True class of each label part, shape [W, B, L]; needed for a loss. */
  targets?: Int32Array;
  /** Factor of each line's loss in training, shape [W, B]; all 1 when absent. */
  weights?: Float32Array;
}

export interface PassOptions {
  window: number;
  features: number;
  heads: number;
  focal?: FocalOptions;
}

/**
 * Loss and gradients of one batch: the readable twin of a step of `addon.cc`.
 *
 *     mean loss = Σ over lines and label parts of w(line) · ℓ / (W · B · L)
 *
 * Weights do not change what the sum is divided by, as in Keras ([KERAS], sum over batch size): a batch of rare lines pulls harder
 * than one of frequent lines, and over an epoch the gradients add up to those of the whole weighted loss.
 *
 * @param seed Two 31-bit integers that draw this step's dropout.
 * @returns Mean focal loss over the batch, and each shard's gradients in the order of `TRAINABLE`. The caller disposes them
 * (or runs inside `tf.tidy`).
 * @example const { loss, gradients } = lossAndGradients(native, shards, batch, options, [seed, step]);
 */
export function lossAndGradients(
  native: Native,
  shards: readonly Shard[],
  batch: Batch,
  options: PassOptions,
  seed: readonly [number, number],
): { loss: number; gradients: Tensor[][] } {
  let loss = 0;
  const gradients = native.tidy(() => {
    for (const shard of shards) shard.begin();
    const { h2, logits } = forward(native, shards, batch, options, seed);
    const parts: Partial<Gradients>[] = shards.map(() => ({}));
    const losses: number[] = [];
    const partial = shards.map((shard, i) => {
      const classes = ownTargets(native, shard, batch, options);
      const weights = ownWeights(native, shard, batch);
      const back = shard.headsBackward(logits[i]!, classes, options.focal ?? {}, parts[i]!, weights);
      losses.push(back.loss);
      return back.dh2;
    });
    h2.dispose();
    loss = losses[0]! + losses[1]!;
    const dh2 = scatterSum(native, partial);
    const dx = shards.map((shard, i) => shard.layer2Backward(dh2[i]!, parts[i]!));
    const dh1 = scatterSum(native, dx);
    shards.forEach((shard, i) => {
      shard.layer1Backward(dh1[i]!, parts[i]!);
    });
    for (const shard of shards) shard.end();
    return parts.map((own) => TRAINABLE.map((name) => own[name]!));
  });
  return { loss, gradients };
}

/**
 * Probabilities of every label part, from the moving statistics and without dropout.
 *
 * @returns For each shard, shape [W, B, its heads, K]; and the mean focal loss when the batch has targets.
 * @example const { probabilities } = infer(native, shards, batch, options);
 */
export function infer(
  native: Native,
  shards: readonly Shard[],
  batch: Batch,
  options: PassOptions,
): { probabilities: Tensor[]; classes: Int32Array[]; loss: number | null } {
  const { tf } = native;
  let loss: number | null = null;
  const outputs = native.tidy(() => {
    for (const shard of shards) shard.begin();
    const { logits } = forward(native, shards, batch, options, null);
    if (batch.targets) {
      const losses = shards.map((shard, i) => {
        const classes = ownTargets(native, shard, batch, options);
        return shard.loss(logits[i]!, classes, options.focal ?? {});
      });
      loss = losses[0]! + losses[1]!;
    }
    for (const shard of shards) shard.end();
    return logits.map((z) => ({ probabilities: tf.softmax(z), best: tf.argMax(z, 1) }));
  });
  const classes = outputs.map(({ best }) => {
    const values = Int32Array.from(best.dataSync());
    best.dispose();
    return values;
  });
  return { probabilities: outputs.map((o) => o.probabilities), classes, loss };
}

function forward(
  native: Native,
  shards: readonly Shard[],
  batch: Batch,
  { window, features }: PassOptions,
  seed: readonly [number, number] | null,
): { h2: Tensor2D; logits: Tensor2D[] } {
  const training = seed !== null;
  const x = native.tf.tensor3d(batch.x, [window, batch.size, features]);
  const h1 = concat(
    native,
    shards.map((shard) => shard.layer1(x, training)),
  );
  const sequence = h1.reshape([window, batch.size, h1.shape[1]]) as Tensor3D;
  const h2 = concat(
    native,
    shards.map((shard) => shard.layer2(sequence, seed)),
  );
  return { h2, logits: shards.map((shard) => shard.heads(h2, training)) };
}

/** The weight of each row of a shard's logits: every head of a line has the line's. */
function ownWeights(native: Native, shard: Shard, { weights }: Batch): Tensor2D | undefined {
  if (!weights) return undefined;
  const [first, last] = shard.headRange;
  const own = new Float32Array(weights.length * (last - first));
  for (let row = 0, at = 0; row < weights.length; row++)
    for (let head = first; head < last; head++) own[at++] = weights[row]!;
  return native.tf.tensor2d(own, [own.length, 1]);
}

/** The targets of a shard's own heads, in the order of its logits' rows. */
function ownTargets(native: Native, shard: Shard, batch: Batch, { heads }: PassOptions): Tensor1D {
  const [first, last] = shard.headRange;
  const rows = batch.targets!.length / heads;
  const own = new Int32Array(rows * (last - first));
  for (let row = 0, at = 0; row < rows; row++)
    for (let head = first; head < last; head++) own[at++] = batch.targets![row * heads + head]!;
  return native.tf.tensor1d(own, 'int32');
}
