import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Level } from '../audit/level.js';
import { MismatchError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic.js';
import { brokenSeal, sealedJson } from '../files/seal.js';
import type { CauseScores } from '../metrics/causes.js';
import type { LevelScores } from '../metrics/evaluate.js';
import type { Interval } from '../metrics/interval.js';
import type { Protocol } from '../settings/protocols.js';
import { atPath } from '../system-faults.js';
import type { LeakReport } from '../windows/leak.js';
import { parseRecord, parseRows } from './parse-record.js';
import { EPOCH_SCHEMA, METRICS_SCHEMA, RUN_SCHEMA } from './record-schema.js';

export type { Interval, LeakReport, LevelScores, Protocol };

/** Label as [resource, subresource, verb, namespaced, single]. */
export type LabelParts = readonly [number, number, number, number, number];

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
  dataset: {
    name: string;
    sha256: string;
    /** Hashes of what the dataset was before, where it was replaced by one that is equal to a model. */
    replaces?: string[];
    lines: number;
    counts: Record<string, number>;
  };
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
  /** SHA-256 of what a finished run consists of, by path below its folder. Records of older versions have none. */
  files?: Record<string, string>;
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

/** What a record keeps of what a run said of each test line, which lies in `predictions.parquet` beside. */
export interface PredictionsRecord {
  lines: number;
  /** SHA-256 of their content, whatever the file's bytes. */
  sha256: string;
}

/** Scores of the test lines of one capture. */
export interface CaptureScore {
  capture: string;
  lines: number;
  exactMatch: number;
  strict: number;
}

/** Scores of causes of some test lines. */
export interface CausePart {
  /** Absent: all captures together. */
  capture?: string;
  /** How many people worked in it, and its version of Kubernetes, where the dataset says. */
  people?: number;
  kubernetes?: string;
  /** Whether these are only lines whose like was kept from training. */
  withheld: boolean;
  scores: CauseScores;
}

/** `metrics.json`: the scores of the test part. */
export interface MetricsRecord {
  protocol: Protocol;
  /** W, lines per window. */
  window: number;
  /** Lines between two window starts. */
  stride: number;
  part: 'test';
  /** Level at which the log was read. Records of older versions have none: as it was logged. */
  level?: Level;
  windows: LevelScores;
  lines: LevelScores;
  /** By line. A record of an older version has the first three only. */
  baselines: Record<'majority' | 'previousLine' | 'ownAction', LevelScores> &
    Partial<Record<BaselineName, LevelScores>>;
  classes: ClassRecord[];
  confusion: { truth: string; predicted: string; count: number }[];
  /** `causeParts[0].scores` in records of older versions; `causesOf` reads both. */
  causes?: CauseScores;
  /**
   * Where the model names causes: right triggers, contexts, and risk against coverage. Of all lines first, then of each capture, and of lines whose
   * like was kept from training. Records of older versions have none.
   */
  causeParts?: CausePart[];
  inference: { millisecondsPerLine: number };
  /** What the run said of each line, in a file beside. Records of older versions have none. */
  predictions?: PredictionsRecord;
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
  const run = await readRunRecord(dir);
  const [history, metrics] = await Promise.all(
    [HISTORY, METRICS].map((name) => readIfThere(join(dir, name))),
  );
  return {
    dir,
    run,
    history: parseRows<EpochRecord>(history ?? '', { file: join(dir, HISTORY), schema: EPOCH_SCHEMA }),
    metrics: metrics
      ? parseRecord<MetricsRecord>(metrics, { file: join(dir, METRICS), schema: METRICS_SCHEMA })
      : null,
  };
}

/**
 * Reads and checks `run.json` alone.
 *
 * @throws {MismatchError} There is none, or it breaks the contract, with file and line.
 */
export async function readRunRecord(dir: string): Promise<RunRecord> {
  const file = join(dir, RUN);
  const text = await readIfThere(file);
  if (text === null)
    throw new MismatchError(
      { folder: 'studies', file, expected: 'a run record', got: 'no such file' },
      { hint: 'Name a folder that `train` has written, such as results/NAME or results/NAME/paper.' },
    );
  const hint = 'The record is broken or from another version; train again, into another folder (--out).';
  const { sha256: _, ...run } = parseRecord<RunRecord & { sha256?: string }>(text, {
    ...{ file, schema: RUN_SCHEMA, measured: ['leak'], hint },
  });
  const broken = brokenSeal(JSON.parse(text));
  if (broken) throw new MismatchError({ folder: 'studies', file, ...broken }, { hint });
  return run;
}

/** Writes `run.json` with a hash of itself, replacing it at once. */
export async function writeRun(dir: string, run: RunRecord): Promise<void> {
  await writeFileAtomic(join(dir, RUN), sealedJson(run));
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
  const file = join(dir, HISTORY);
  await appendFile(file, `${JSON.stringify(epoch)}\n`).catch((error: unknown) => {
    throw atPath(error, file);
  });
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
