import { batchNormBackward, batchNormForward, batchNormInfer } from '../kernels/batch-norm.js';
import { dropoutMask } from '../kernels/dropout.js';
import { type FocalOptions, focalLoss } from '../kernels/focal.js';
import { lstmBackward, lstmForward } from '../kernels/lstm.js';
import type { Native, Tensor1D, Tensor2D, Tensor3D } from '../kernels/ops.js';
import { Variable } from '../kernels/variable.js';
import type { WeightArray } from '../weights.js';
import { headRange, MOVING, type ShardWeightName, type ShardWeights, TRAINABLE } from './layout.js';
import type { BiLstmConfig } from './shape.js';
import type { Gradients, Trace, Values } from './shard-trace.js';

/** How much of the old moving statistics is kept at each step: Keras's default. */
const MOMENTUM = 0.99;

/**
 * One half of the paper's model: a direction of both BiLSTM layers with its channels of the first batch norm, and its heads of
 * the dense layer with theirs of the second. The halves meet four times a step (`Exchange`) and share no weight; on a CPU
 * (`shard.h`) they run in two threads that way, with the batch statistics of the whole batch.
 *
 * Forward and backward are written out, kernel by kernel; `reference.ts` is the readable twin.
 */
export class Shard {
  readonly index: number;
  readonly #native: Native;
  readonly #config: BiLstmConfig;
  readonly #variables: Record<ShardWeightName, Variable>;
  #values: Values | undefined;
  #trace: Trace = {};

  constructor(native: Native, config: BiLstmConfig, index: number, weights: ShardWeights) {
    this.#native = native;
    this.#config = config;
    this.index = index;
    this.#variables = native.tidy(
      () =>
        Object.fromEntries(
          [...TRAINABLE, ...MOVING].map((name) => {
            const { shape, data } = weights[name]!;
            return [name, new Variable(native, native.tf.tensor(data, shape))];
          }),
        ) as Record<ShardWeightName, Variable>,
    );
  }

  /** The trainable variables, in the order of `TRAINABLE`. */
  get trainable(): Variable[] {
    return TRAINABLE.map((name) => this.#variables[name]);
  }

  /** Takes the current weights for a step. They must be let go (`end`) before an update in place. */
  begin(): void {
    this.#values = Object.fromEntries(
      Object.entries(this.#variables).map(([name, variable]) => [name, variable.read()]),
    ) as Values;
    this.#trace = {};
  }

  end(): void {
    for (const value of Object.values(this.#values ?? {})) value.dispose();
    this.#values = undefined;
    this.#trace = {};
  }

  /** First LSTM direction and batch norm of its channels: [W, B, F] → [W·B, H1]. */
  layer1(x: Tensor3D, training: boolean): Tensor2D {
    const v = this.#take();
    const trace = lstmForward(this.#native, x, v['lstm1.w'] as Tensor2D, v['lstm1.b'] as Tensor1D, {
      reverse: this.#reverse,
    });
    const [steps, batch, units] = trace.h.shape;
    const h = trace.h.reshape([steps * batch, units]) as Tensor2D;
    const gamma = v['norm1.gamma'] as Tensor1D;
    const beta = v['norm1.beta'] as Tensor1D;
    if (!training)
      return batchNormInfer(
        this.#native,
        h,
        gamma,
        beta,
        v['norm1.mean'] as Tensor1D,
        v['norm1.variance'] as Tensor1D,
      );
    const norm = batchNormForward(this.#native, h, gamma, beta);
    this.#move('norm1', norm);
    this.#trace.lstm1 = { x, trace };
    this.#trace.norm1 = { x: h, trace: norm };
    return norm.y;
  }

  /**
   * Second LSTM direction and dropout of its channels: [W, B, 2·H1] → [W·B, H2].
   *
   * @param seed Two integers, the same for both shards; the shard's own mask is derived from them. None: no dropout.
   */
  layer2(h1: Tensor3D, seed: readonly [number, number] | null): Tensor2D {
    const v = this.#take();
    const trace = lstmForward(this.#native, h1, v['lstm2.w'] as Tensor2D, v['lstm2.b'] as Tensor1D, {
      reverse: this.#reverse,
    });
    const [steps, batch, units] = trace.h.shape;
    const h = trace.h.reshape([steps * batch, units]) as Tensor2D;
    if (seed === null) return h;
    this.#trace.lstm2 = { x: h1, trace };
    if (this.#config.dropout === 0) return h;
    this.#trace.mask = dropoutMask(this.#native, h.shape, this.#config.dropout, [
      (seed[0] ^ (this.index * 0x5bd1e995)) & 0x7fffffff,
      seed[1],
    ]);
    return h.mul(this.#trace.mask);
  }

  /** Dense layer, ReLU and batch norm of the shard's heads: [W·B, 2·H2] → logits [W·B·heads, K]. */
  heads(h2: Tensor2D, training: boolean): Tensor2D {
    const v = this.#take();
    const { tf } = this.#native;
    const z = tf.fused.matMul({
      a: h2,
      b: v['dense.kernel'] as Tensor2D,
      transposeA: false,
      transposeB: false,
      bias: v['dense.bias']!,
      activation: 'relu',
    }) as Tensor2D;
    const gamma = v['norm2.gamma'] as Tensor1D;
    const beta = v['norm2.beta'] as Tensor1D;
    let y: Tensor2D;
    if (training) {
      const norm = batchNormForward(this.#native, z, gamma, beta);
      this.#move('norm2', norm);
      this.#trace.dense = { x: h2, z };
      this.#trace.norm2 = { x: z, trace: norm };
      y = norm.y;
    } else {
      y = batchNormInfer(
        this.#native,
        z,
        gamma,
        beta,
        v['norm2.mean'] as Tensor1D,
        v['norm2.variance'] as Tensor1D,
      );
    }
    return y.reshape([-1, this.#config.classes]);
  }

  /** The shard's part of the mean focal loss over all W·B·L label parts. */
  loss(logits: Tensor2D, classes: Tensor1D, focal: FocalOptions): number {
    const [first, last] = this.headRange;
    const rows = logits.shape[0] / (last - first);
    const { loss, dlogits } = focalLoss(
      this.#native,
      logits,
      classes,
      1 / (rows * this.#config.heads),
      focal,
    );
    dlogits.dispose();
    return loss.dataSync()[0]!;
  }

  /** First and last + 1 of the heads that the shard holds. */
  get headRange(): [number, number] {
    return headRange(this.#config, this.index);
  }

  /**
   * Loss of the shard's heads, and the way back through them.
   *
   * @param classes True class of each row of `logits`, int32.
   * @param weights Factor of each row's loss, shape [R, 1]. Default none.
   * @returns The loss's part (of the mean over all W·B·L) and the gradient by h2, [W·B, 2·H2], still to be summed over shards.
   */
  headsBackward(
    logits: Tensor2D,
    classes: Tensor1D,
    focal: FocalOptions,
    gradients: Partial<Gradients>,
    weights?: Tensor2D,
  ): { loss: number; dh2: Tensor2D } {
    const { tf } = this.#native;
    const v = this.#take();
    const { x, z } = this.#trace.dense!;
    const { heads, classes: width } = this.#config;
    const scale = 1 / (x.shape[0] * heads);
    const { loss, dlogits } = focalLoss(this.#native, logits, classes, scale, focal, weights);
    const [first, last] = this.headRange;
    const dy = dlogits.reshape([x.shape[0], (last - first) * width]) as Tensor2D;
    const norm = batchNormBackward(
      this.#native,
      z,
      v['norm2.gamma'] as Tensor1D,
      this.#trace.norm2!.trace,
      dy,
    );
    gradients['norm2.gamma'] = norm.dgamma;
    gradients['norm2.beta'] = norm.dbeta;
    const dz = norm.dx.mul(tf.greater(z, 0).cast('float32')) as Tensor2D;
    gradients['dense.kernel'] = tf.matMul(x, dz, true, false);
    gradients['dense.bias'] = dz.sum(0);
    const dh2 = tf.matMul(dz, v['dense.kernel'] as Tensor2D, false, true) as Tensor2D;
    return { loss: loss.dataSync()[0]!, dh2 };
  }

  /** Back through dropout and the second LSTM direction: [W·B, H2] → gradient by h1 [W·B, 2·H1], to be summed over shards. */
  layer2Backward(dh2: Tensor2D, gradients: Partial<Gradients>): Tensor2D {
    const { x, trace } = this.#trace.lstm2!;
    const v = this.#take();
    const dropped = this.#trace.mask ? dh2.mul(this.#trace.mask) : dh2;
    const dh = dropped.reshape(trace.h.shape) as Tensor3D;
    const lstm = lstmBackward(
      this.#native,
      x,
      v['lstm2.w'] as Tensor2D,
      v['lstm2.b'] as Tensor1D,
      trace,
      dh,
      {
        reverse: this.#reverse,
      },
    );
    gradients['lstm2.w'] = lstm.dw;
    gradients['lstm2.b'] = lstm.db;
    const [steps, batch, inputs] = x.shape;
    return lstm.dx!.reshape([steps * batch, inputs]) as Tensor2D;
  }

  /** Back through the first batch norm and LSTM direction: gradient by the shard's own channels, [W·B, H1]. */
  layer1Backward(dh1: Tensor2D, gradients: Partial<Gradients>): void {
    const v = this.#take();
    const { x: h, trace: normTrace } = this.#trace.norm1!;
    const norm = batchNormBackward(this.#native, h, v['norm1.gamma'] as Tensor1D, normTrace, dh1);
    gradients['norm1.gamma'] = norm.dgamma;
    gradients['norm1.beta'] = norm.dbeta;
    const { x, trace } = this.#trace.lstm1!;
    const dh = norm.dx.reshape(trace.h.shape) as Tensor3D;
    const lstm = lstmBackward(
      this.#native,
      x,
      v['lstm1.w'] as Tensor2D,
      v['lstm1.b'] as Tensor1D,
      trace,
      dh,
      {
        reverse: this.#reverse,
        inputs: false,
      },
    );
    gradients['lstm1.w'] = lstm.dw;
    gradients['lstm1.b'] = lstm.db;
  }

  /** The shard's weights, copied out of TensorFlow. */
  weights(): ShardWeights {
    return this.#native.read(() =>
      Object.fromEntries(
        Object.entries(this.#variables).map(([name, variable]): [string, WeightArray] => [
          name,
          { shape: variable.shape, data: variable.read().dataSync() as Float32Array },
        ]),
      ),
    );
  }

  /** Replaces the shard's weights. */
  assign(weights: ShardWeights): void {
    this.#native.tidy(() => {
      for (const [name, { shape, data }] of Object.entries(weights))
        this.#variables[name as ShardWeightName].assign(this.#native.tf.tensor(data, shape));
    });
  }

  dispose(): void {
    this.end();
    for (const variable of Object.values(this.#variables)) variable.dispose();
  }

  #take(): Values {
    if (!this.#values) throw new Error('Shard.begin() must come before a pass.');
    return this.#values;
  }

  /** Whether this is the backward direction. */
  get #reverse(): boolean {
    return this.index === 1;
  }

  #move(norm: 'norm1' | 'norm2', { mean, variance }: { mean: Tensor1D; variance: Tensor1D }): void {
    const v = this.#take();
    for (const [part, batch] of [
      ['mean', mean],
      ['variance', variance],
    ] as const) {
      const name = `${norm}.${part}` as const;
      this.#variables[name].assign(v[name].mul(MOMENTUM).add(batch.mul(1 - MOMENTUM)));
    }
  }
}
