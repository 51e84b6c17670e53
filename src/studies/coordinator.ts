import { setTimeout as sleep } from 'node:timers/promises';
import { AuditweaveError } from '../errors.js';
import type { ProgressSink } from '../progress.js';
import type { Ending, StudyEngine, StudyWork, TrialProgress } from './engines/engine.js';
import type { Estimate } from './estimate.js';
import type { Trial } from './expand.js';
import type { StudyFolder } from './folder.js';
import { StudyProgress } from './progress.js';
import type { StudyRecord } from './record.js';
import { readOutput, writeTask } from './trial-folder.js';

/** Something that happened; `--json` prints one a line. */
export type StudyEvent =
  | { event: 'study'; study: string; trials: number; done: number; failed: number }
  | {
      event: 'started' | 'retried';
      key: string;
      label: string;
      protocol: string;
      run: number;
      attempt: number;
    }
  | { event: 'done' | 'failed'; key: string; label: string; protocol: string; run: number; message?: string }
  | { event: 'end'; done: number; failed: number; missing: number; seconds: number };

export interface CoordinateOptions {
  study: string;
  folder: StudyFolder;
  trials: readonly Trial[];
  /** Which of them to run; the others keep what they have. */
  wanted: ReadonlySet<string>;
  engine: StudyEngine;
  estimate: Estimate;
  /** Whether records keep every class. */
  classes: boolean;
  /** Tries trials that have failed for good again. */
  retryFailed: boolean;
  /** Seconds after which no trial should run any more. */
  budget: number | null;
  signal: AbortSignal;
  sink: ProgressSink;
  tell: (event: StudyEvent) => void;
  /** Milliseconds before a trial is tried again, by the number of tries so far. */
  backoff?: (attempts: number) => number;
}

export interface StudyOutcome {
  done: number;
  failed: number;
  /** Trials without a result, in order. */
  missing: Trial[];
  /** Why it ended early. */
  stopped: 'interrupted' | 'breaker' | 'budget' | null;
}

/** Times that a trial is begun before its fault counts as permanent, and before losing its machine does. */
const ATTEMPTS = 3;
const ATTEMPTS_LOST = 10;
/** Longest wait before a trial is tried again, milliseconds. */
const LONGEST_WAIT = 30_000;
/** Failures in a row after which no other trial is begun. */
const BREAKER = 5;
const EXIT_FAILED = 42;

/**
 * Runs the trials of a study that have no result yet. Whatever ends early, processes, machines or this one, the same call goes on.
 *
 * A trial that ends with anything but 0 and 42 is tried again, three times in all (ten when its machine was lost), later each time. One that fails for good is recorded
 * and the rest goes on; after five in a row no more are begun, since something is wrong with all.
 */
export async function coordinate(options: CoordinateOptions): Promise<StudyOutcome> {
  return await new Coordinator(options).run();
}

class Coordinator implements StudyWork {
  readonly study: string;
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly sink: ProgressSink;
  readonly #options: CoordinateOptions;
  readonly #progress: StudyProgress;
  readonly #began = performance.now();
  #queue: { trial: Trial; notBefore: number }[];
  readonly #running = new Map<string, Trial>();
  readonly #attempts = new Map<string, number>();
  #inRow = 0;
  #stopped: StudyOutcome['stopped'] = null;

  constructor(options: CoordinateOptions) {
    this.#options = options;
    this.study = options.study;
    this.dir = options.folder.dir;
    this.signal = options.signal;
    this.sink = options.sink;
    const seen = new Set<string>();
    this.#queue = options.trials
      .filter(({ key }) => {
        const status = options.folder.statusOf(key);
        const open = status === 'missing' || (status === 'failed' && options.retryFailed);
        if (!open || !options.wanted.has(key) || seen.has(key)) return false;
        seen.add(key);
        return true;
      })
      .map((trial) => ({ trial, notBefore: 0 }));
    this.#progress = new StudyProgress(options.study, {
      trials: this.#queue.map(({ trial }) => trial),
      estimate: options.estimate,
      workers: options.engine.workers ?? 1,
      sink: options.sink,
    });
  }

  async run(): Promise<StudyOutcome> {
    const { tell, trials, engine } = this.#options;
    const before = this.#count();
    tell({ event: 'study', study: this.study, trials: trials.length, ...before });
    if (this.#queue.length > 0) {
      try {
        await engine.run(this);
      } finally {
        this.#progress.done();
      }
    }
    if (this.signal.aborted) this.#stopped = 'interrupted';
    const seen = new Set<string>();
    const missing = trials.filter(({ key }) => {
      const without = this.#options.folder.statusOf(key) === 'missing' && !seen.has(key);
      seen.add(key);
      return without;
    });
    const outcome = { ...this.#count(), missing, stopped: this.#stopped };
    tell({
      event: 'end',
      done: outcome.done,
      failed: outcome.failed,
      missing: missing.length,
      seconds: this.#seconds(),
    });
    return outcome;
  }

  attempt(key: string): number {
    return this.#attempts.get(key) ?? 0;
  }

  async next(): Promise<Trial | null> {
    for (;;) {
      if (this.signal.aborted || this.#stopped) return null;
      const trial = await this.peek();
      if (trial) return trial;
      if (this.#queue.length === 0 && this.#running.size === 0) return null;
      if (this.#queue.length > 0 && this.#fitting().length === 0 && this.#running.size === 0) {
        this.#stopped = 'budget';
        return null;
      }
      // A running trial may fail and be tried again: by a worker that is free.
      await sleep(100);
    }
  }

  async peek(): Promise<Trial | null> {
    const trial = this.signal.aborted || this.#stopped ? null : this.#take();
    if (!trial) return null;
    this.#running.set(trial.key, trial);
    this.#attempts.set(trial.key, this.attempt(trial.key) + 1);
    await writeTask(this.trialFolder(trial.key), {
      schema: 1,
      study: this.study,
      plan: planOf(trial),
      settings: trial.settings,
      classes: this.#options.classes,
    });
    return trial;
  }

  left({ key }: Trial): void {
    this.#running.delete(key);
    this.#progress.end(key, null);
  }

  trialFolder(key: string): string {
    return this.#options.folder.trialFolder(key);
  }

  started(trial: Trial, where: string): void {
    this.#progress.start(trial, where);
    this.#tell(this.attempt(trial.key) > 1 ? 'retried' : 'started', trial);
  }

  progress(key: string, done: TrialProgress): void {
    this.#progress.advance(key, done);
  }

  async ended(trial: Trial, ending: Ending): Promise<void> {
    const {
      folder,
      estimate,
      backoff = (attempts) => Math.min(LONGEST_WAIT, 2000 * 3 ** (attempts - 1)),
    } = this.#options;
    const output = await readOutput(this.trialFolder(trial.key));
    if (ending.exit === 0 && output?.record.status === 'done') {
      await folder.add(output);
      if (output.timing) estimate.learn(output.timing);
      this.#inRow = 0;
      this.#progress.end(trial.key, true);
      this.#tell('done', trial);
    } else if (this.signal.aborted) this.#progress.end(trial.key, null);
    else if (
      ending.exit !== EXIT_FAILED &&
      this.attempt(trial.key) < (ending.lost ? ATTEMPTS_LOST : ATTEMPTS)
    ) {
      this.#queue.push({ trial, notBefore: performance.now() + backoff(this.attempt(trial.key)) });
      this.#progress.end(trial.key, null, ending.message);
    } else await this.#fail(trial, ending, output?.record);
    this.#running.delete(trial.key);
  }

  async #fail(trial: Trial, { exit, message }: Ending, left: StudyRecord | undefined): Promise<void> {
    const failure = exit === EXIT_FAILED && left?.failure !== undefined ? left.failure : message;
    const record: StudyRecord = { schema: 1, ...planOf(trial), status: 'failed', failure };
    await this.#options.folder.add({ record, timing: null });
    this.#progress.end(trial.key, false, failure);
    this.#tell('failed', trial, failure);
    if (++this.#inRow >= BREAKER) this.#stopped = 'breaker';
  }

  /** The first trial in the queue that may be begun now. */
  #take(): Trial | null {
    const now = performance.now();
    const found = this.#fitting().find(({ notBefore }) => notBefore <= now);
    if (!found) return null;
    this.#queue = this.#queue.filter((entry) => entry !== found);
    return found.trial;
  }

  /** What fits the budget. */
  #fitting() {
    const { budget, estimate } = this.#options;
    if (budget === null) return this.#queue;
    const left = budget - this.#seconds();
    return this.#queue.filter(({ trial }) => estimate.seconds(trial) <= left);
  }

  #seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  #count(): { done: number; failed: number } {
    const { trials, folder } = this.#options;
    const statuses = trials.map(({ key }) => folder.statusOf(key));
    return {
      done: statuses.filter((status) => status === 'done').length,
      failed: statuses.filter((status) => status === 'failed').length,
    };
  }

  #tell(event: 'started' | 'retried' | 'done' | 'failed', trial: Trial, message?: string): void {
    const { key, label, protocol, run } = trial;
    const about = { key, label, protocol, run };
    if (event === 'started' || event === 'retried')
      this.#options.tell({ event, ...about, attempt: this.attempt(key) });
    else this.#options.tell({ event, ...about, ...(message === undefined ? {} : { message }) });
  }
}

const planOf = ({ key, point, protocol, run, seed }: Trial) => ({ key, point, protocol, run, seed });

/**
 * Seconds of a budget such as `30m`, `2h`, `90s` or `1h30m`.
 *
 * @throws {AuditweaveError} It is no such text.
 * @example parseBudget('1h30m') // 5400
 */
export function parseBudget(text: string): number {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  const seconds = match
    ? 3600 * Number(match[1] ?? 0) + 60 * Number(match[2] ?? 0) + Number(match[3] ?? 0)
    : 0;
  if (seconds > 0) return seconds;
  throw new AuditweaveError(`studies: expected a budget such as 30m or 1h30m, got “${text}”.`, {
    hint: 'Use h, m and s, as in --budget 45m.',
  });
}
