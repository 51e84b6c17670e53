import type { Callback, CallbackState, EpochLogs, TrainingControl } from '../callback.js';

export interface ReduceOnPlateauOptions {
  /** What is watched; less is better. Default `valLoss`. */
  monitor?: 'loss' | 'valLoss';
  /** The learning rate is multiplied by this. Default 0.1. */
  factor?: number;
  /** Epochs without improvement before that. Default 4. */
  patience?: number;
  /** Least change that counts as improvement. Default 1e-4. */
  minDelta?: number;
  /** The learning rate never falls below. Default 0. */
  minLearningRate?: number;
}

/**
 * Lowers the learning rate when the monitored value has stopped improving [KERAS, ReduceLROnPlateau].
 *
 * @example new ReduceOnPlateau({ factor: 0.1, patience: 4 })
 */
export class ReduceOnPlateau implements Callback {
  readonly name = 'reduce-on-plateau';
  readonly #options: Required<ReduceOnPlateauOptions>;
  #best = Number.POSITIVE_INFINITY;
  #wait = 0;

  constructor(options: ReduceOnPlateauOptions = {}) {
    this.#options = {
      monitor: 'valLoss',
      factor: 0.1,
      patience: 4,
      minDelta: 1e-4,
      minLearningRate: 0,
      ...options,
    };
  }

  onEpochEnd(logs: EpochLogs, control: TrainingControl): void {
    const { monitor, factor, patience, minDelta, minLearningRate } = this.#options;
    if (logs[monitor] < this.#best - minDelta) {
      this.#best = logs[monitor];
      this.#wait = 0;
      return;
    }
    this.#wait++;
    if (this.#wait < patience || control.learningRate <= minLearningRate) return;
    control.learningRate = Math.max(control.learningRate * factor, minLearningRate);
    this.#wait = 0;
  }

  state(): CallbackState {
    return { values: { best: Number.isFinite(this.#best) ? this.#best : null, wait: this.#wait } };
  }

  restore({ values }: CallbackState): void {
    this.#best = values.best ?? Number.POSITIVE_INFINITY;
    this.#wait = values.wait ?? 0;
  }
}
