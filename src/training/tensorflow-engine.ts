import type { Weights } from '../model/bilstm.js';
import type { Native } from '../model/kernels/native.js';
import { SHARDS, type ShardWeights, splitWeights, TRAINABLE } from '../model/layout.js';
import { Shard } from '../model/shard.js';
import { infer, lossAndGradients, type PassOptions } from '../model/step.js';
import { gatherTargets, gatherWindows } from '../windows/batches.js';
import {
  type Engine,
  type EngineOptions,
  type EngineState,
  type Evaluation,
  evaluateInBatches,
  mergeState,
  type ShardState,
  splitState,
  type TrainingData,
} from './engine.js';
import { createOptimizer, type Optimizer } from './optimizer.js';

/**
 * The model in TensorFlow's ops: on a GPU, or on a CPU that the addon is not made for.
 *
 * @example
 * const engine = new TensorFlowEngine(native, options, initialWeights(config, seed), data);
 * const loss = engine.trainBatch(starts, 1, 0.004);
 */
export class TensorFlowEngine implements Engine {
  readonly #config: EngineOptions['config'];
  readonly #trainer: ShardTrainer;

  constructor(native: Native, options: EngineOptions, weights: Weights, data: TrainingData) {
    this.#config = options.config;
    const own = Array.from({ length: SHARDS }, (_, i) => splitWeights(weights, options.config, i));
    this.#trainer = new ShardTrainer(native, options, own, data);
  }

  trainBatch(starts: Int32Array, step: number, learningRate: number): number {
    return this.#trainer.train(starts, step, learningRate);
  }

  evaluate(starts: Int32Array, onBatch?: (windows: number) => void): Evaluation {
    const heads = this.#trainer.shards.map(({ headRange: [first, last] }) => last - first);
    return evaluateInBatches(
      starts,
      this.#config,
      (batch) => {
        const { loss, classes } = this.#trainer.infer(batch);
        return { loss, classes: joinHeads(classes, heads) };
      },
      onBatch,
    );
  }

  state(): EngineState {
    return mergeState(
      this.#trainer.shards.map((_, i) => this.#trainer.shardState(i)),
      this.#config,
    );
  }

  assign(state: { weights: Weights } & Partial<EngineState>): void {
    this.#trainer.shards.forEach((shard, i) => {
      this.#trainer.assignShard(i, splitState(state, this.#config, shard.index));
    });
  }

  async dispose(): Promise<void> {
    this.#trainer.dispose();
  }
}

/** The shards and their optimizers, in TensorFlow. */
class ShardTrainer {
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

  /** @returns Mean loss of the batch, and for each shard the classes of its heads, shape [W, B, its heads]. */
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

  /** Weights and slots of shard number `i`. */
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

/** Puts the heads of all shards side by side: [W, B, heads of shard s] … → [W, B, L]. */
function joinHeads(parts: readonly Int32Array[], heads: readonly number[]): Int32Array {
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
