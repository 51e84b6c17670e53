import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MismatchError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic.js';
import type { Protocol } from '../settings/protocols.js';
import { parseRecord, parseRows } from './parse-record.js';
import { EPOCH_SCHEMA, METRICS_SCHEMA, RUN_SCHEMA } from './record-schema.js';

export type { Protocol };

/** Label as [resource, subresource, verb, namespaced, single]. */
export type LabelParts = readonly [number, number, number, number, number];

/** A score between `low` and `high` at confidence `level`, from `n` samples. NaN (null in the file): nothing to measure. */
export interface Interval {
  value: number;
  low: number;
  high: number;
  level: number;
  n: number;
  method: string;
}

/** Scores of one level (windows or lines), over its whole test part. Shares are in [0, 1]. */
export interface LevelScores {
  /** Samples scored. */
  n: number;
  /** Share of samples with all five label parts right. */
  exactMatch: Interval;
  /** `strict`: over true and predicted classes; `paper`: over the classes that occur in the truth. */
  macroF1: { strict: Interval; paper: Interval };
  /** Share of samples with that one label part right. */
  parts: Record<'r' | 's' | 'v' | 'n' | 'u', number>;
}

/** What the test part shares with the training part. Shares are in [0, 1]. */
export interface LeakReport {
  protocol: Protocol;
  /** W, lines per window. */
  size: number;
  /** Windows in each part. */
  windows: { train: number; validation: number; test: number };
  /** Lines of the test windows that are in a training window too, out of `of`. */
  sharedLines: { count: number; share: number; of: number };
  /** Lines (0 … W) a test window has in common with its nearest training window; `share`: test windows with at least one. */
  nearestOverlap: { mean: number; max: number; share: number };
  /** Test lines whose encoded row occurs in training. Not a leak by itself: logs repeat. */
  duplicateRows: { count: number; share: number };
  /** Classes of the test part that training never saw, and their lines. */
  unseenClasses: { classes: number; lines: number; share: number };
  verdict: 'leaks' | 'leak-free';
}

/** One test class. `weight`: appearances over all windows. */
export interface ClassRecord {
  class: number;
  label: LabelParts;
  text: string;
  precision: number;
  recall: number;
  f1: number;
  support: number;
  predicted: number;
  weight: number;
}

/** `run.json`: what was run, on what, with what. */
export interface RunRecord {
  schema: 1;
  name: string;
  /** RFC 3339. */
  created: string;
  command: string;
  settings: Record<string, unknown>;
  seeds: Record<string, number | string>;
  commit: string;
  dataset: { name: string; sha256: string; lines: number; counts: Record<string, number> };
  versions: Record<string, string>;
  machine: { cpu: string; cores: number; memoryBytes: number; device: 'cpu' | 'cuda'; gpu?: string };
  leak: LeakReport;
  status: 'running' | 'finished' | 'interrupted';
  /** Wall time of training so far, resumed parts added up. */
  seconds: number;
  /** Epochs trained so far. */
  epochs: number;
  /** Epoch whose weights are kept; 0 before the first validation. */
  bestEpoch: number;
  /** Trainable and fixed numbers of the model. */
  parameters: number;
}

/** A row of `history.jsonl`. `epoch` counts from 1. */
export interface EpochRecord {
  epoch: number;
  loss: number;
  valLoss: number;
  valExactMatch: number;
  valMacroF1: number;
  learningRate: number;
  seconds: number;
  windowsPerSecond: number;
}

/**
 * What the model is compared with: the most frequent training label, the true label of the line before, the line's own action, the most
 * frequent training label of lines with the same features, the nearest earlier change by a person.
 */
export type BaselineName = 'majority' | 'previousLine' | 'ownAction' | 'tuple' | 'nearestAction';

/** `metrics.json`: the scores of the test part. */
export interface MetricsRecord {
  protocol: Protocol;
  /** W, lines per window. */
  window: number;
  /** Lines between two window starts. */
  stride: number;
  part: 'test';
  windows: LevelScores;
  lines: LevelScores;
  /** By line. A record of an older version has the first three only. */
  baselines: Record<'majority' | 'previousLine' | 'ownAction', LevelScores> &
    Partial<Record<BaselineName, LevelScores>>;
  classes: ClassRecord[];
  confusion: { truth: string; predicted: string; count: number }[];
  inference: { millisecondsPerLine: number };
}

/** Everything recorded of one run. `metrics` is null until the test part was scored. */
export interface RunFolder {
  dir: string;
  run: RunRecord;
  history: EpochRecord[];
  metrics: MetricsRecord | null;
}

const RUN = 'run.json';
const HISTORY = 'history.jsonl';
const METRICS = 'metrics.json';

/**
 * Reads and checks the records of one run folder.
 *
 * A last row of `history.jsonl` without its line end is left out: the run was stopped while writing it.
 *
 * @param dir Folder with `run.json`, and `history.jsonl` and `metrics.json` as far as the run got.
 * @throws {MismatchError} No `run.json`, or a record that breaks the contract, with file and line.
 * @example const { run, history, metrics } = await readRun('results/first-light/blocked');
 */
export async function readRun(dir: string): Promise<RunFolder> {
  const [run, history, metrics] = await Promise.all(
    [RUN, HISTORY, METRICS].map((name) => readIfThere(join(dir, name))),
  );
  if (run === null || run === undefined) {
    throw new MismatchError(
      { folder: 'studies', file: join(dir, RUN), expected: 'a run record', got: 'no such file' },
      { hint: 'Name a folder that `train` has written, such as results/NAME or results/NAME/paper.' },
    );
  }
  return {
    dir,
    run: parseRecord<RunRecord>(run, { file: join(dir, RUN), schema: RUN_SCHEMA, measured: ['leak'] }),
    history: parseRows<EpochRecord>(history ?? '', { file: join(dir, HISTORY), schema: EPOCH_SCHEMA }),
    metrics: metrics
      ? parseRecord<MetricsRecord>(metrics, { file: join(dir, METRICS), schema: METRICS_SCHEMA })
      : null,
  };
}

/** Writes `run.json`, replacing it at once. */
export async function writeRun(dir: string, run: RunRecord): Promise<void> {
  await writeFileAtomic(join(dir, RUN), `${JSON.stringify(run, null, 2)}\n`);
}

/** Writes `history.jsonl` anew: on start, and with the epochs kept when a run goes on from a checkpoint. */
export async function writeHistory(dir: string, epochs: readonly EpochRecord[]): Promise<void> {
  await writeFileAtomic(
    join(dir, HISTORY),
    epochs.map((epoch) => `${JSON.stringify(epoch)}\n`),
  );
}

/** Appends one row to `history.jsonl`. */
export async function appendEpoch(dir: string, epoch: EpochRecord): Promise<void> {
  await appendFile(join(dir, HISTORY), `${JSON.stringify(epoch)}\n`);
}

/** Writes `metrics.json`, replacing it at once. */
export async function writeMetrics(dir: string, metrics: MetricsRecord): Promise<void> {
  await writeFileAtomic(join(dir, METRICS), `${JSON.stringify(metrics, null, 2)}\n`);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
