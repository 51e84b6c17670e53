import type { Weights } from '../model/bilstm.js';
import type { Native } from '../model/kernels/native.js';
import { SHARDS, splitWeights } from '../model/layout.js';
import {
  type Engine,
  type EngineOptions,
  type EngineState,
  type Evaluation,
  evaluateInBatches,
  joinHeads,
  mergeState,
  ShardTrainer,
  splitState,
  type TrainingData,
} from './engine.js';

/**
 * The model in TensorFlow's ops: on a GPU, or on a CPU that the addon is not made for.
 *
 * @example
 * const engine = new LocalEngine(native, options, initialWeights(config, seed), data);
 * const loss = engine.trainBatch(starts, 1, 0.004);
 */
export class LocalEngine implements Engine {
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
