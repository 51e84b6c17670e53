import { gatherTargets, gatherWindows } from '../../windows/batches.js';
import type { Native } from '../kernels/ops.js';
import type { Engine, EngineState, Evaluation } from '../model.js';
import { createOptimizer } from '../optimizers/create.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { Weights } from '../weights.js';
import {
  type EngineOptions,
  evaluateInBatches,
  mergeState,
  splitState,
  type TrainingData,
} from './engine.js';
import { SHARDS, type ShardWeights, splitWeights, TRAINABLE } from './layout.js';

import { Shard } from './shard.js';
import { infer, lossAndGradients, type PassOptions } from './step.js';

/**
 * The model in TensorFlow's ops: on a GPU, or on a CPU that the addon is not made for.
 *
 * @example
 * const engine = new TensorFlowEngine(native, options, initialWeights(config, seed), data);
 * const loss = engine.trainBatch(starts, 1, 0.004);
 */
export class TensorFlowEngine implements Engine {
  readonly #native: Native;
  readonly #options: EngineOptions;
  readonly #data: TrainingData;
  readonly #pass: PassOptions;
  readonly #shards: readonly Shard[];
  readonly #optimizers: readonly Optimizer[];

  constructor(native: Native, options: EngineOptions, weights: Weights, data: TrainingData) {
    const { config, focal, optimizer = 'adam' } = options;
    this.#native = native;
    this.#options = options;
    this.#data = data;
    this.#pass = { window: config.window, features: config.features, heads: config.heads, focal };
    this.#shards = Array.from(
      { length: SHARDS },
      (_, i) => new Shard(native, config, i, splitWeights(weights, config, i)),
    );
    this.#optimizers = this.#shards.map((shard) => createOptimizer(optimizer, native, shard.trainable));
  }

  trainBatch(starts: Int32Array, step: number, learningRate: number, lines = this.#pass.window): number {
    const { weights } = this.#data;
    const { loss, gradients } = lossAndGradients(
      this.#native,
      this.#shards,
      {
        ...this.#batch(starts, lines),
        ...(weights && { weights: gatherWindows(weights, 1, starts, lines) }),
      },
      { ...this.#pass, window: lines },
      [this.#options.dropoutSeed, step],
    );
    gradients.forEach((own, i) => {
      this.#optimizers[i]!.apply(own, learningRate, step);
      for (const gradient of own) gradient.dispose();
    });
    return loss;
  }

  evaluate(starts: Int32Array, onBatch?: (windows: number) => void): Evaluation {
    const heads = this.#shards.map(({ headRange: [first, last] }) => last - first);
    return evaluateInBatches(
      starts,
      this.#options.config,
      (batch) => {
        const { probabilities, classes, loss } = infer(
          this.#native,
          this.#shards,
          this.#batch(batch, this.#pass.window),
          this.#pass,
        );
        for (const tensor of probabilities) tensor.dispose();
        return { loss: loss!, classes: joinHeads(classes, heads) };
      },
      onBatch,
    );
  }

  state(): EngineState {
    return mergeState(
      this.#shards.map((shard, i) => {
        const { first, second } = this.#optimizers[i]!.slots;
        return { weights: shard.weights(), first: this.#slot(first), second: this.#slot(second) };
      }),
      this.#options.config,
    );
  }

  assign(state: { weights: Weights } & Partial<EngineState>): void {
    this.#shards.forEach((shard, i) => {
      const given = splitState(state, this.#options.config, i);
      shard.assign(given.weights);
      const { first, second } = this.#optimizers[i]!.slots;
      this.#native.tidy(() => {
        TRAINABLE.forEach((name, k) => {
          for (const [slot, values] of [
            [first, given.first],
            [second, given.second],
          ] as const)
            if (values?.[name])
              slot[k]?.assign(this.#native.tf.tensor(values[name].data, values[name].shape));
        });
      });
    });
  }

  async dispose(): Promise<void> {
    for (const part of [...this.#shards, ...this.#optimizers]) part.dispose();
  }

  /** An optimizer's slot of one shard, read back by the names of its weights. */
  #slot(variables: Optimizer['slots']['first']): ShardWeights {
    return this.#native.read(() =>
      Object.fromEntries(
        TRAINABLE.slice(0, variables.length).map((name, k) => [
          name,
          { shape: variables[k]!.shape, data: variables[k]!.read().dataSync() as Float32Array },
        ]),
      ),
    );
  }

  #batch(starts: Int32Array, lines: number) {
    const { features, heads } = this.#pass;
    return {
      size: starts.length,
      x: gatherWindows(this.#data.matrix, features, starts, lines),
      targets: gatherTargets(this.#data.targets, heads, starts, lines),
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
