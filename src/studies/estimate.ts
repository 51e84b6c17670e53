import type { Settings } from '../settings/schema.js';

import type { Trial } from './expand.js';
import type { TrialTiming } from './record.js';

/**
 * Seconds that a line of a training window takes on one thread, forth and back, before anything was measured: 162 ms for a batch of 32
 * windows of 60 lines (test/bench/RESULTS.md).
 */
const SECONDS_PER_LINE = 0.162 / (32 * 60);
/** Loading, scoring and the start of a process. */
const OVERHEAD_SECONDS = 8;
/** Epochs after which early stopping has mostly ended a training. */
const STOPPED_EPOCHS = 35;

/** Tells how long trials take, the better the more have been measured. */
export class Estimate {
  readonly #lines: number;
  readonly #trials: ReadonlyMap<string, Trial>;
  #measured = 0;
  #expected = 0;

  /** @param lines N of the dataset's selection. */
  constructor(lines: number, trials: readonly Trial[]) {
    this.#lines = lines;
    this.#trials = new Map(trials.map((trial) => [trial.key, trial]));
  }

  /** Learns from a finished trial. */
  learn({ key, totalSeconds, seconds }: TrialTiming): void {
    const trial = this.#trials.get(key);
    if (!trial) return;
    this.#measured += Math.max(totalSeconds, seconds);
    this.#expected += this.#plain(trial.settings);
  }

  /** Seconds a trial takes by itself. */
  seconds({ settings }: Pick<Trial, 'settings'>): number {
    return this.#plain(settings) * (this.#expected > 0 ? this.#measured / this.#expected : 1);
  }

  #plain({ window, split, training, features }: Settings): number {
    const kept = (1 - (split.folds > 0 ? 1 / split.folds : split.test)) * (1 - split.validation);
    const windows = (this.#lines * (split.protocol === 'capture' ? 0.5 : kept)) / window.stride;
    const epochs =
      training.schedule === 'one-cycle' ? training.epochs : Math.min(training.epochs, STOPPED_EPOCHS);
    const width = features.include === 'all' ? (63 / 39) ** 2 : 1;
    return OVERHEAD_SECONDS + windows * window.size * epochs * SECONDS_PER_LINE * width;
  }
}
