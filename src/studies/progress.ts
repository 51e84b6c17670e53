import { formatSeconds, type ProgressSink, showLine } from '../progress.js';
import type { TrialProgress } from './engines/engine.js';
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
  /** Milliseconds since some start. Default `performance.now`. */
  now?: () => number;
}

/** Shows how far a study is over all its trials. */
export class StudyProgress {
  readonly #label: string;
  readonly #options: StudyProgressOptions;
  readonly #open: Map<string, Trial>;
  readonly #running = new Map<string, { trial: Trial; done: TrialProgress | null; since: number }>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  readonly #began: number;
  #done = 0;
  #failed = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(label: string, options: StudyProgressOptions) {
    this.#label = label;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#began = this.#now();
    this.#open = new Map(options.trials.map((trial) => [trial.key, trial]));
  }

  start(trial: Trial, _where: string): void {
    this.#running.set(trial.key, { trial, done: null, since: this.#now() });
    // Trials may be silent for minutes, and time goes on.
    this.#timer ??= setInterval(() => this.#show(), this.#interval).unref();
    this.#show();
  }

  advance(key: string, done: TrialProgress): void {
    const running = this.#running.get(key);
    if (running && running.done?.epoch !== done.epoch) {
      running.done = done;
      running.since = this.#now();
    }
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
    clearInterval(this.#timer);
    const seconds = (this.#now() - this.#began) / 1000;
    this.#line(`${this.#label}: ${this.#counts()} · in ${formatSeconds(seconds)}`, true);
  }

  #counts(): string {
    const { trials } = this.#options;
    const share = Math.floor((100 * this.#done) / Math.max(1, trials.length));
    const failed = this.#failed ? ` · ${this.#failed} failed` : '';
    return `${this.#done}/${trials.length} trials ${share} %${failed}`;
  }

  #show(now = false): void {
    if (!now && this.#now() - this.#last < this.#interval) return;
    this.#last = this.#now();
    const running = [...this.#running.values()].map(
      ({ trial, done }) => `${trial.label} ${trial.protocol} run ${trial.run + 1}: ${wordsOf(done)}`,
    );
    const parts = [this.#counts(), ...(this.#open.size > 0 ? [this.#left()] : []), ...running];
    this.#line(`${this.#label}: ${parts.join(' · ')}`, false);
  }

  /** What is left of the estimates, less what has passed since the running trials were last heard of. */
  #left(): string {
    const { estimate, workers } = this.#options;
    let seconds = 0;
    for (const [key, trial] of this.#open) {
      const whole = estimate.seconds(trial);
      const running = this.#running.get(key);
      const share = running?.done ? running.done.epoch / running.done.epochs : 0;
      const passed = running ? (this.#now() - running.since) / 1000 : 0;
      seconds += Math.max(0, whole * (1 - share) - passed);
    }
    const left = seconds / Math.max(1, Math.min(workers, this.#open.size));
    return left < 1 ? 'should be done soon' : `about ${formatSeconds(left)} left`;
  }

  get #interval(): number {
    const { sink, interval = sink.isTTY ? 500 : 30_000 } = this.#options;
    return interval;
  }

  #line(text: string, ends: boolean): void {
    showLine(this.#options.sink, text, ends);
  }
}

/** How far a trial is, in words. */
function wordsOf(done: TrialProgress | null): string {
  if (done === null || done.epoch === 0) return 'epoch 1';
  const { epoch, epochs, loss } = done;
  const said = loss === undefined ? '' : `, loss ${loss.toFixed(5)}`;
  return epoch < epochs ? `epoch ${epoch + 1}/${epochs}${said}` : `scoring${said}`;
}
