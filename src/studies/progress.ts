import { formatSeconds, type ProgressSink, showLine } from '../progress.js';
import type { Estimate } from './estimate.js';
import type { Trial } from './expand.js';

export interface StudyProgressOptions {
  /** Trials to be run now. */
  trials: readonly Trial[];
  estimate: Estimate;
  /** Trials that run at once. */
  workers: number;
  sink: ProgressSink;
  /** Milliseconds between two lines. Default 500 on a terminal, 30,000 else. */
  interval?: number;
}

/** Shows how far a study is over all its trials. */
export class StudyProgress {
  readonly #label: string;
  readonly #options: StudyProgressOptions;
  readonly #open: Map<string, Trial>;
  readonly #running = new Map<string, { trial: Trial; share: number }>();
  readonly #began = performance.now();
  #done = 0;
  #failed = 0;
  #last = 0;

  constructor(label: string, options: StudyProgressOptions) {
    this.#label = label;
    this.#options = options;
    this.#open = new Map(options.trials.map((trial) => [trial.key, trial]));
  }

  start(trial: Trial, _where: string): void {
    this.#running.set(trial.key, { trial, share: 0 });
    this.#show();
  }

  share(key: string, share: number): void {
    const running = this.#running.get(key);
    if (running) running.share = share;
    this.#show();
  }

  /** @param success Null: it is to be tried again, or left. */
  end(key: string, success: boolean | null, message?: string): void {
    const trial = this.#open.get(key);
    this.#running.delete(key);
    if (success !== null) {
      this.#open.delete(key);
      this.#done++;
      if (!success) this.#failed++;
    }
    if (message !== undefined && trial)
      this.#line(
        `${trial.label} ${trial.protocol} run ${trial.run + 1}: ${success === null ? 'will be tried again: ' : 'failed: '}${message}`,
        true,
      );
    this.#show(success !== null);
  }

  done(): void {
    const seconds = (performance.now() - this.#began) / 1000;
    this.#line(`${this.#label}: ${this.#counts()} · in ${formatSeconds(seconds)}`, true);
  }

  #counts(): string {
    const { trials } = this.#options;
    const share = Math.floor((100 * this.#done) / Math.max(1, trials.length));
    const failed = this.#failed ? ` · ${this.#failed} failed` : '';
    return `${this.#done}/${trials.length} trials ${share} %${failed}`;
  }

  #show(now = false): void {
    const { sink, interval = sink.isTTY ? 500 : 30_000 } = this.#options;
    if (!now && performance.now() - this.#last < interval) return;
    this.#last = performance.now();
    const { estimate, workers } = this.#options;
    let seconds = 0;
    for (const [key, trial] of this.#open)
      seconds += estimate.seconds(trial) * (1 - (this.#running.get(key)?.share ?? 0));
    const running = [...this.#running.values()].map(
      ({ trial, share }) => `${trial.label} ${trial.protocol} ${Math.round(100 * share)} %`,
    );
    const parts = [
      this.#counts(),
      `about ${formatSeconds(seconds / Math.max(1, Math.min(workers, this.#open.size)))} left`,
      ...running,
    ];
    this.#line(`${this.#label}: ${parts.join(' · ')}`, false);
  }

  #line(text: string, ends: boolean): void {
    showLine(this.#options.sink, text, ends);
  }
}
