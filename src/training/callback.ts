import type { Weights } from '../model/weights.js';

/** What is known at the end of an epoch; names as in Keras, one row of `history.jsonl`. */
export interface EpochLogs {
  /** From 1. */
  epoch: number;
  /** Mean training loss over the epoch's batches, with dropout. */
  loss: number;
  /** Mean validation loss. */
  valLoss: number;
  /** Share of validation lines (in all windows) with all five label parts right. */
  valExactMatch: number;
  /** Strict macro F1 of validation lines (in all windows). */
  valMacroF1: number;
  /** Learning rate of this epoch. */
  learningRate: number;
  /** Wall time of the epoch, validation included. */
  seconds: number;
  /** Training windows a second, validation left out. */
  windowsPerSecond: number;
}

/** What a callback may change. */
export interface TrainingControl {
  learningRate: number;
  /** Ends training after this epoch. */
  stop: boolean;
  /** The current weights, copied out of the engine. */
  weights(): Weights;
  /** Replaces the weights. */
  assign(weights: Weights): void;
}

/** What a callback remembers between epochs, so that a stopped training goes on exactly. */
export interface CallbackState {
  values: Record<string, number | null>;
  weights?: Weights;
}

/** Something that happens beside training. Every hook is optional; a callback is new for each training, or `restore`d. */
export interface Callback {
  /** Unique among the callbacks of a training; the name its state is kept under. */
  readonly name: string;
  onTrainBegin?(info: { epochs: number; batches: number; epoch: number }): void | Promise<void>;
  onBatchEnd?(info: { windows: number; loss: number }): void;
  onEpochEnd?(logs: EpochLogs, control: TrainingControl): void | Promise<void>;
  onTrainEnd?(control: TrainingControl): void | Promise<void>;
  state?(): CallbackState;
  restore?(state: CallbackState): void;
}
