import type { Weights } from '../../model/weights.js';

import type { Callback, CallbackState, EpochLogs, TrainingControl } from '../callback.js';

export interface EarlyStoppingOptions {
  /** What is watched; less is better. Default `valLoss`. */
  monitor?: 'loss' | 'valLoss';
  /** Epochs without improvement before training ends. Default 8. */
  patience?: number;
  /** Least change that counts as improvement. Default 0. */
  minDelta?: number;
  /** Whether training ends with the weights of the best epoch. Default true. */
  restoreBestWeights?: boolean;
}

/**
 * Ends training when the monitored value has stopped improving [KERAS, EarlyStopping].
 *
 * @example new EarlyStopping({ patience: 8 })
 */
export class EarlyStopping implements Callback {
  readonly name = 'early-stopping';
  readonly #options: Required<EarlyStoppingOptions>;
  #best = Number.POSITIVE_INFINITY;
  #bestEpoch = 0;
  #wait = 0;
  #weights: Weights | undefined;

  constructor(options: EarlyStoppingOptions = {}) {
    this.#options = { monitor: 'valLoss', patience: 8, minDelta: 0, restoreBestWeights: true, ...options };
  }

  /** Best epoch so far, from 1; 0 before the first. */
  get bestEpoch(): number {
    return this.#bestEpoch;
  }

  onEpochEnd(logs: EpochLogs, control: TrainingControl): void {
    const { monitor, patience, minDelta, restoreBestWeights } = this.#options;
    this.#wait++;
    if (logs[monitor] < this.#best - minDelta) {
      this.#best = logs[monitor];
      this.#bestEpoch = logs.epoch;
      this.#wait = 0;
      if (restoreBestWeights) this.#weights = control.weights();
    } else if (this.#wait >= patience) control.stop = true;
  }

  onTrainEnd(control: TrainingControl): void {
    if (this.#weights) control.assign(this.#weights);
  }

  state(): CallbackState {
    const best = Number.isFinite(this.#best) ? this.#best : null;
    return {
      values: { best, bestEpoch: this.#bestEpoch, wait: this.#wait },
      ...(this.#weights ? { weights: this.#weights } : {}),
    };
  }

  restore({ values, weights }: CallbackState): void {
    this.#best = values.best ?? Number.POSITIVE_INFINITY;
    this.#bestEpoch = values.bestEpoch ?? 0;
    this.#wait = values.wait ?? 0;
    this.#weights = weights;
  }
}
