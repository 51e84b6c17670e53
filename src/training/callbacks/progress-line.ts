import { formatSeconds, Progress, type ProgressSink, showLine } from '../../progress.js';
import type { Callback, EpochLogs } from '../callback.js';

/** Shows each epoch's progress on stderr, and one line with its numbers when it ends. */
export class ProgressLine implements Callback {
  readonly name = 'progress-line';
  readonly #sink: ProgressSink;
  readonly #label: string;
  #epochs = 0;
  #epoch = 0;
  #batches = 0;
  #progress: Progress | undefined;

  constructor(label: string, sink: ProgressSink = process.stderr) {
    this.#label = label;
    this.#sink = sink;
  }

  onTrainBegin({ epochs, batches, epoch }: { epochs: number; batches: number; epoch: number }): void {
    this.#epochs = epochs;
    this.#batches = batches;
    this.#epoch = epoch;
  }

  onBatchEnd({ loss }: { windows: number; loss: number }): void {
    this.#progress ??= new Progress(`${this.#label} epoch ${this.#epoch + 1}/${this.#epochs}`, {
      unit: 'batches',
      total: this.#batches,
      sink: this.#sink,
    });
    this.#progress.advance(1, `loss ${loss.toFixed(5)}`);
  }

  onEpochEnd(logs: EpochLogs): void {
    this.#progress = undefined;
    this.#epoch = logs.epoch;
    const left = this.#epochs - logs.epoch;
    const parts = [
      `loss ${logs.loss.toFixed(5)}`,
      `validation loss ${logs.valLoss.toFixed(5)}`,
      `exact match ${logs.valExactMatch.toFixed(4)}`,
      `macro F1 ${logs.valMacroF1.toFixed(4)}`,
      `learning rate ${logs.learningRate.toPrecision(2)}`,
      `${Math.round(logs.windowsPerSecond)} windows/s`,
      left > 0 ? `at most ${formatSeconds(left * logs.seconds)} left, and scoring` : 'scoring is left',
    ];
    showLine(this.#sink, `${this.#label} epoch ${logs.epoch}/${this.#epochs}: ${parts.join(' · ')}`, true);
  }
}
