import type { BiLstmConfig, Weights } from '../model/bilstm.js';
import { weightShapes } from '../model/bilstm.js';
import type { FocalOptions } from '../model/kernels/focal.js';
import type { Native } from '../model/kernels/native.js';
import { mergeWeights, type ShardWeights, splitWeights, TRAINABLE } from '../model/layout.js';
import { Shard } from '../model/shard.js';
import { infer, lossAndGradients, type PassOptions } from '../model/step.js';
import { gatherTargets, gatherWindows } from '../windows/batches.js';
import { createOptimizer, type Optimizer, type OptimizerName } from './optimizer.js';

/** Encoded lines and what is to be predicted for each. */
export interface TrainingData {
  /** Features, shape [N, F]. */
  matrix: Float32Array;
  /** Index of each label part among the K classes, shape [N, L]. */
  targets: Int32Array;
  /** Factor of each line's loss in training, shape [N]; validation does not use it. Default 1 for every line. */
  weights?: Float32Array;
}

/** Everything an optimizer step depends on, apart from the data. */
export interface EngineState {
  weights: Weights;
  /** The optimizer's slots of the trainable weights, by the same names: Adam's two moments, or the momentum of SGD and none. */
  first: Weights;
  second: Weights;
}

export interface EngineOptions {
  config: BiLstmConfig;
  focal: FocalOptions;
  /** Default `adam`. */
  optimizer?: OptimizerName;
  /** B, windows of the largest training batch. */
  batchSize: number;
  /** Root of the dropout masks, a 31-bit integer. */
  dropoutSeed: number;
}

export interface Evaluation {
  /** Mean focal loss over all windows, lines and label parts. */
  loss: number;
  /** Most probable class of each label part, shape [M, W, L]. */
  classes: Int32Array;
}

/** Trains and evaluates on windows given by their first rows. */
export interface Engine {
  /** One optimizer step; `step` counts from 1 over the whole training. @returns The batch's mean loss. */
  trainBatch(starts: Int32Array, step: number, learningRate: number): number;
  /** Predictions without dropout, with the moving statistics. */
  evaluate(starts: Int32Array, onBatch?: (windows: number) => void): Evaluation;
  state(): EngineState;
  assign(state: { weights: Weights } & Partial<EngineState>): void;
  dispose(): Promise<void>;
}

/** Windows evaluated at once. A part of the result: the mean loss is summed in this order. */
export const EVALUATION_BATCH = 128;

/** Weights and optimizer slots of one half of the model. */
export interface ShardState {
  weights: ShardWeights;
  first: ShardWeights;
  second: ShardWeights;
}

/** The shards and their optimizers, in TensorFlow. */
export class ShardTrainer {
  readonly #native: Native;
  readonly #options: EngineOptions;
  readonly #data: TrainingData;
  readonly #pass: PassOptions;
  readonly shards: readonly Shard[];
  readonly #optimizers: readonly Optimizer[];

  constructor(native: Native, options: EngineOptions, weights: readonly ShardWeights[], data: TrainingData) {
    this.#native = native;
    this.#options = options;
    this.#data = data;
    const { window, features, heads } = options.config;
    this.#pass = { window, features, heads, focal: options.focal };
    this.shards = weights.map((own, index) => new Shard(native, options.config, index, own));
    this.#optimizers = this.shards.map((shard) =>
      createOptimizer(options.optimizer ?? 'adam', native, shard.trainable),
    );
  }

  train(starts: Int32Array, step: number, learningRate: number): number {
    const { loss, gradients } = lossAndGradients(
      this.#native,
      this.shards,
      { ...this.#batch(starts), ...this.#weights(starts) },
      this.#pass,
      [this.#options.dropoutSeed, step],
    );
    gradients.forEach((own, i) => {
      this.#optimizers[i]!.apply(own, learningRate, step);
      for (const gradient of own) gradient.dispose();
    });
    return loss;
  }

  /** @returns Mean loss of the batch, and for each own shard the classes of its heads, shape [W, B, its heads]. */
  infer(starts: Int32Array): { loss: number; classes: Int32Array[] } {
    const { probabilities, classes, loss } = infer(
      this.#native,
      this.shards,
      this.#batch(starts),
      this.#pass,
    );
    for (const tensor of probabilities) tensor.dispose();
    return { loss: loss!, classes };
  }

  /** Weights and slots of shard number `i` of this thread. */
  shardState(i: number): ShardState {
    const { first, second } = this.#optimizers[i]!.slots;
    const slot = (variables: typeof first): ShardWeights =>
      this.#native.read(() =>
        Object.fromEntries(
          TRAINABLE.slice(0, variables.length).map((name, k) => [
            name,
            { shape: variables[k]!.shape, data: variables[k]!.read().dataSync() as Float32Array },
          ]),
        ),
      );
    return { weights: this.shards[i]!.weights(), first: slot(first), second: slot(second) };
  }

  assignShard(
    i: number,
    state: { weights: ShardWeights; first?: ShardWeights; second?: ShardWeights },
  ): void {
    this.shards[i]!.assign(state.weights);
    const { first, second } = this.#optimizers[i]!.slots;
    this.#native.tidy(() => {
      TRAINABLE.forEach((name, k) => {
        for (const [slot, values] of [
          [first, state.first],
          [second, state.second],
        ] as const)
          if (values?.[name]) slot[k]?.assign(this.#native.tf.tensor(values[name].data, values[name].shape));
      });
    });
  }

  dispose(): void {
    for (const shard of this.shards) shard.dispose();
    for (const optimizer of this.#optimizers) optimizer.dispose();
  }

  #weights(starts: Int32Array): { weights?: Float32Array } {
    const { weights } = this.#data;
    return weights ? { weights: gatherWindows(weights, 1, starts, this.#pass.window) } : {};
  }

  #batch(starts: Int32Array) {
    const { window, features, heads } = this.#pass;
    return {
      size: starts.length,
      x: gatherWindows(this.#data.matrix, features, starts, window),
      targets: gatherTargets(this.#data.targets, heads, starts, window),
    };
  }
}

/** Cuts the windows to evaluate into batches, collects loss and classes. */
export function evaluateInBatches(
  starts: Int32Array,
  { window, heads }: BiLstmConfig,
  run: (batch: Int32Array) => { loss: number; classes: Int32Array },
  onBatch?: (windows: number) => void,
): Evaluation {
  const classes = new Int32Array(starts.length * window * heads);
  let loss = 0;
  for (let from = 0; from < starts.length; from += EVALUATION_BATCH) {
    const batch = starts.subarray(from, from + EVALUATION_BATCH);
    const result = run(batch);
    loss += result.loss * batch.length;
    for (let t = 0; t < window; t++)
      for (let b = 0; b < batch.length; b++) {
        const at = (t * batch.length + b) * heads;
        classes.set(result.classes.subarray(at, at + heads), ((from + b) * window + t) * heads);
      }
    onBatch?.(batch.length);
  }
  return { loss: starts.length === 0 ? Number.NaN : loss / starts.length, classes };
}

/** Puts the heads of all shards side by side: [W, B, heads of shard s] … → [W, B, L]. */
export function joinHeads(parts: readonly Int32Array[], heads: readonly number[]): Int32Array {
  const rows = parts[0]!.length / heads[0]!;
  const total = heads.reduce((a, b) => a + b, 0);
  const joined = new Int32Array(rows * total);
  let offset = 0;
  parts.forEach((part, s) => {
    for (let row = 0; row < rows; row++)
      for (let h = 0; h < heads[s]!; h++) joined[row * total + offset + h] = part[row * heads[s]! + h]!;
    offset += heads[s]!;
  });
  return joined;
}

/** Keras-named state of all shards. */
export function mergeState(parts: readonly ShardState[], config: BiLstmConfig): EngineState {
  const shapes = weightShapes(config);
  const trainable = Object.fromEntries(Object.entries(shapes).filter(([name]) => !name.includes('/moving_')));
  const slot = (name: 'first' | 'second'): Weights => {
    const own = parts.map((part) => part[name]);
    return own.some((part) => Object.keys(part).length > 0) ? mergeWeights(own, config, trainable) : {};
  };
  return {
    weights: mergeWeights(
      parts.map((p) => p.weights),
      config,
      shapes,
    ),
    first: slot('first'),
    second: slot('second'),
  };
}

/** One shard's part of a state. */
export function splitState(
  state: { weights: Weights } & Partial<EngineState>,
  config: BiLstmConfig,
  shard: number,
): { weights: ShardWeights; first?: ShardWeights; second?: ShardWeights } {
  return {
    weights: splitWeights(state.weights, config, shard),
    ...(state.first ? { first: splitWeights(state.first, config, shard) } : {}),
    ...(state.second ? { second: splitWeights(state.second, config, shard) } : {}),
  };
}
