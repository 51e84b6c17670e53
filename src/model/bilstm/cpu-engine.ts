import { checkWindows } from '../../windows/batches.js';
import { FOCAL } from '../kernels/focal.js';
import type { Engine, EngineState, Evaluation } from '../model.js';
import { ADAM, adamRate } from '../optimizers/adam.js';
import { SLOTS } from '../optimizers/optimizer.js';
import { SGD } from '../optimizers/sgd.js';
import type { Weights } from '../weights.js';
import type { CpuModelAddon, CpuModelHandle } from './addon.js';
import {
  type EngineOptions,
  evaluateInBatches,
  mergeState,
  type ShardState,
  splitState,
  type TrainingData,
} from './engine.js';
import { MOVING, SHARDS, type ShardWeights, splitWeights, TRAINABLE } from './layout.js';
import type { BiLstmConfig } from './shape.js';

/**
 * The model on a CPU: each training step is one call of the addon made of `addon.cc`, in one thread or two. One thread and two give the
 * same bytes, and so does every CPU, whatever its vectors.
 *
 * @example const engine = new CpuEngine((await cpuModelAddon())!, options, initialWeights(config, 7), data, { threads: 2 });
 */
export class CpuEngine implements Engine {
  readonly #addon: CpuModelAddon;
  readonly #config: BiLstmConfig;
  readonly #options: EngineOptions;
  readonly #data: TrainingData;
  /** What the addon works in. */
  readonly #shards: ShardState[];
  readonly #model: CpuModelHandle;

  constructor(
    addon: CpuModelAddon,
    options: EngineOptions,
    weights: Weights,
    data: TrainingData,
    { threads }: { threads: 1 | 2 },
  ) {
    const { config, focal, optimizer = 'adam' } = options;
    this.#addon = addon;
    this.#config = config;
    this.#options = options;
    this.#data = data;
    const slots = SLOTS[optimizer];
    this.#shards = Array.from({ length: SHARDS }, (_, i) => {
      const own = splitWeights(weights, config, i);
      return { weights: own, first: zeros(own), second: slots > 1 ? zeros(own) : {} };
    });
    const { window, features, heads, classes, units, dropout } = config;
    this.#model = addon.create({
      ...{ window, features, heads, classes, dropout, threads, slots },
      units1: units[0],
      units2: units[1],
      alpha: focal.alpha ?? FOCAL.alpha,
      gamma: focal.gamma ?? FOCAL.gamma,
      matrix: data.matrix,
      targets: data.targets,
      weights: data.weights ?? null,
      arrays: this.#shards.flatMap((shard) => [
        ...[...TRAINABLE, ...MOVING].map((name) => shard.weights[name]!.data),
        ...[shard.first, shard.second].flatMap((slot) =>
          TRAINABLE.flatMap((name) => (slot[name] ? [slot[name].data] : [])),
        ),
      ]),
    });
  }

  trainBatch(starts: Int32Array, step: number, learningRate: number, lines = this.#config.window): number {
    this.#check(starts, lines);
    const { optimizer = 'adam', dropoutSeed } = this.#options;
    const adam = optimizer === 'adam';
    return this.#addon.train(this.#model, starts, {
      lines,
      seed: dropoutSeed,
      step,
      adam,
      rate: adam ? adamRate(learningRate, step) : learningRate,
      ...ADAM,
      ...SGD,
    });
  }

  evaluate(starts: Int32Array, onBatch?: (windows: number) => void): Evaluation {
    const { window, heads } = this.#config;
    this.#check(starts, window);
    return evaluateInBatches(
      starts,
      this.#config,
      (batch) => {
        const classes = new Int32Array(window * batch.length * heads);
        return { loss: this.#addon.infer(this.#model, batch, classes), classes };
      },
      onBatch,
    );
  }

  state(): EngineState {
    return mergeState(this.#shards, this.#config);
  }

  assign(state: { weights: Weights } & Partial<EngineState>): void {
    this.#shards.forEach((shard, i) => {
      const given = splitState(state, this.#config, i);
      for (const part of ['weights', 'first', 'second'] as const)
        for (const [name, { data }] of Object.entries(given[part] ?? {}))
          shard[part][name as keyof ShardWeights]?.data.set(data);
    });
  }

  async dispose(): Promise<void> {}

  #check(starts: Int32Array, lines: number): void {
    checkWindows(starts, lines, this.#data.targets.length / this.#config.heads);
  }
}

function zeros(weights: ShardWeights): ShardWeights {
  return Object.fromEntries(
    TRAINABLE.map((name) => [
      name,
      { shape: weights[name]!.shape, data: new Float32Array(weights[name]!.data.length) },
    ]),
  );
}
