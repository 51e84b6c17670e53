import { deriveSeed } from '../../random.js';
import type { FocalOptions } from '../kernels/focal.js';
import type { EngineState, Evaluation } from '../model.js';
import type { OptimizerName } from '../optimizers/optimizer.js';
import type { Weights } from '../weights.js';
import { mergeWeights, type ShardWeights, splitWeights } from './layout.js';
import type { BiLstmConfig } from './shape.js';
import { weightShapes } from './shape.js';

/** Encoded lines and what is to be predicted for each. */
export interface TrainingData {
  /** Features, shape [N, F]. */
  matrix: Float32Array;
  /** Index of each label part among the K classes, shape [N, L]. */
  targets: Int32Array;
  /** Factor of each line's loss in training, shape [N]; validation does not use it. Default 1 for every line. */
  weights?: Float32Array;
}

export interface EngineOptions {
  config: BiLstmConfig;
  focal: FocalOptions;
  /** Default `adam`. */
  optimizer?: OptimizerName;
  /** Root of the dropout masks, a 31-bit integer. */
  dropoutSeed: number;
}

/** The root of a training's dropout masks. */
export const dropoutSeed = (seed: number): number => deriveSeed(seed, 'dropout');

/** Windows evaluated at once. A part of the result: the mean loss is summed in this order. */
export const EVALUATION_BATCH = 128;

/** Weights and optimizer slots of one half of the model. */
export interface ShardState {
  weights: ShardWeights;
  first: ShardWeights;
  second: ShardWeights;
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
