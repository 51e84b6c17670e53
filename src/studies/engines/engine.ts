import type { ProgressSink } from '../../progress.js';
import type { Trial } from '../expand.js';

/** How the process of a trial ended. */
export interface Ending {
  /** Exit code; null when a signal ended it, or when its machine was lost. */
  exit: number | null;
  /** The last it said, for the record of a failure. */
  message: string;
  /** Its machine was lost, which says nothing of the trial: until the loss is noticed, more trials may be sent there. */
  lost?: boolean;
}

/** How far a trial is: epochs trained, of how many at most, and the last one's training loss. */
export interface TrialProgress {
  epoch: number;
  epochs: number;
  loss?: number;
}

/** Trials to be run, and where to tell of them. */
export interface StudyWork {
  /** Name of the study. */
  study: string;
  /** Folder that workers share; trials are in `trials/KEY`. */
  dir: string;
  /** Aborts when the study is to stop: running trials are told to stop after their step and are left to go on later. */
  signal: AbortSignal;
  sink: ProgressSink;
  /** The next trial, its folder written; null when there is none any more. It waits while a trial may come back to be tried again. */
  next(): Promise<Trial | null>;
  /** Like `next`, but never waits: null when none is left that may be begun now. */
  peek(): Promise<Trial | null>;
  /** A trial that `next` or `peek` gave and that was not run after all. */
  left(trial: Trial): void;
  /** Folder of a trial. */
  trialFolder(key: string): string;
  /** How often the trial was begun, this time included. */
  attempt(key: string): number;
  started(trial: Trial, where: string): void;
  /** How far a trial is. */
  progress(key: string, done: TrialProgress): void;
  /** To be called once for each trial that `next` gave. */
  ended(trial: Trial, ending: Ending): Promise<void>;
}

/** Runs trials somewhere. */
export interface StudyEngine {
  /** Its name, as in `--engine local`. */
  readonly name: string;
  /** How many trials it runs at once, for the estimate; null when it does not know. */
  readonly workers: number | null;
  /** Runs what `work` gives until there is no more. */
  run(work: StudyWork): Promise<void>;
}
