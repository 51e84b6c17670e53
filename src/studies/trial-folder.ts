import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataset } from '../dataset/load.js';
import { AuditweaveError, EXIT, MismatchError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic.js';
import { withLock } from '../files/lock.js';
import type { ProgressSink } from '../progress.js';
import { commitRecord } from '../runs/machine.js';
import { parseRecord } from '../runs/parse-record.js';
import { type EpochRecord, readRun } from '../runs/record.js';
import type { RecordSchema } from '../runs/record-schema.js';
import { runTrial } from '../runs/train.js';
import type { Settings } from '../settings/schema.js';
import { completeSettings } from '../settings/settings.js';
import { trialKey } from './expand.js';
import type { StudyRecord, TrialPlan, TrialTiming } from './record.js';
import { STUDY_RECORD_SCHEMA, TIMING_SCHEMA } from './record-schema.js';

/**
 * `trial.json`: what a worker needs to know. The protocol between a study and whatever runs its trials is this: the study writes a
 * folder with `trial.json`; `auditweave trial FOLDER`, on any machine that shares the folder, leaves `record.json` and `timing.json`
 * in it and ends with 0; or with 42 when the trial can never succeed, a record that says why left behind; or with anything else, and
 * may then be run again: it goes on from its checkpoint.
 */
export interface TrialTask {
  schema: 1;
  study: string;
  plan: TrialPlan;
  settings: Settings;
  /** Whether the record keeps every class. */
  classes: boolean;
}

/** What a worker leaves. */
export interface TrialOutput {
  record: StudyRecord;
  /** Missing when the trial failed before it trained. */
  timing: TrialTiming | null;
}

export interface TaskOptions {
  device: 'auto' | 'cpu' | 'cuda';
  threads: number | 'auto';
  /** How often the trial was tried, this time included. */
  attempt: number;
  signal?: AbortSignal;
  onEpoch?: (epoch: EpochRecord, epochs: number) => void;
  sink: ProgressSink;
}

/** How errors end that come again however often a trial is tried. */
const FOR_GOOD: readonly number[] = [EXIT.usage, EXIT.trialFailed];

const TASK = 'trial.json';
const RECORD = 'record.json';
const TIMING = 'timing.json';

/** Writes the folder of a trial that is to be run. */
export async function writeTask(folder: string, task: TrialTask): Promise<void> {
  await writeFileAtomic(join(folder, TASK), json(task));
}

/**
 * Runs the trial of a folder, or goes on with it. Only one process at a time does: another waits, and then finds it done.
 *
 * @returns The record, or null when the signal came first.
 * @throws {AuditweaveError} With exit code 42: the trial cannot succeed, and its record says so.
 * @example await runTask('results/window-size/trials/0a1b2c3d4e5f6071', { device: 'auto', threads: 1, attempt: 1, sink });
 */
export async function runTask(folder: string, options: TaskOptions): Promise<StudyRecord | null> {
  const task = await readTask(folder);
  return await withLock(join(folder, 'lock'), async () => {
    const before = await readOutput(folder);
    if (before?.record.status === 'done') return before.record;
    try {
      return await train(folder, task, options);
    } catch (error) {
      if (!(error instanceof AuditweaveError) || !FOR_GOOD.includes(error.exitCode)) throw error;
      const failed: StudyRecord = { schema: 1, ...task.plan, status: 'failed', failure: error.message };
      await writeFileAtomic(join(folder, RECORD), json(failed));
      throw new AuditweaveError(error.message, {
        exitCode: EXIT.trialFailed,
        cause: error,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  });
}

/** What a worker left in a folder, or null where that is nothing, or damaged. */
export async function readOutput(folder: string): Promise<TrialOutput | null> {
  const read = async <T>(name: string, schema: RecordSchema, measured?: string[]): Promise<T | null> => {
    const file = join(folder, name);
    try {
      const options = { file, schema, ...(measured ? { measured } : {}) };
      return parseRecord<T>(await readFile(file, 'utf8'), options);
    } catch {
      return null;
    }
  };
  const record = await read<StudyRecord>(RECORD, STUDY_RECORD_SCHEMA, ['result']);
  return record && { record, timing: await read<TrialTiming>(TIMING, TIMING_SCHEMA) };
}

async function readTask(folder: string): Promise<TrialTask> {
  const file = join(folder, TASK);
  const task = await readJson<TrialTask>(file);
  if (!task)
    throw new AuditweaveError(`studies: expected a trial in ${folder}, got no readable ${TASK}.`, {
      hint: 'The study command writes it; run that.',
    });
  const settings = completeSettings(task.settings);
  const { sha256 } = await openDataset(settings.dataset);
  const key = trialKey(settings, sha256);
  if (key !== task.plan.key)
    throw new MismatchError(
      {
        folder: 'studies',
        file,
        expected: `key ${task.plan.key} of its settings and the dataset`,
        got: key,
      },
      { hint: 'The dataset or this version is not the one of the study; run the study command again.' },
    );
  return { ...task, settings };
}

async function train(
  folder: string,
  { plan, settings, classes }: TrialTask,
  options: TaskOptions,
): Promise<StudyRecord | null> {
  let trainedHere = 0;
  const { run, metrics } = await runTrial({
    settings,
    out: folder,
    command: `trial ${plan.key}`,
    device: options.device,
    threads: options.threads,
    keepModel: false,
    sink: options.sink,
    ...(options.signal ? { signal: options.signal } : {}),
    onEpoch: (epoch, epochs) => {
      trainedHere += epoch.seconds;
      options.onEpoch?.(epoch, epochs);
    },
  });
  if (!metrics) return null;
  const { history } = await readRun(folder);
  const record: StudyRecord = {
    schema: 1,
    ...plan,
    status: 'done',
    result: {
      leak: run.leak,
      windows: metrics.windows,
      lines: metrics.lines,
      baselines: metrics.baselines,
      epochs: run.epochs,
      bestEpoch: run.bestEpoch,
      parameters: run.parameters,
      history: historyHash(history),
      ...(metrics.predictions ? { predictions: metrics.predictions } : {}),
      ...(metrics.causeParts ? { causes: metrics.causeParts } : {}),
      ...(classes
        ? {
            classes: metrics.classes.map(({ text, recall, f1, support, weight }) => ({
              text,
              recall,
              f1,
              support,
              weight,
            })),
          }
        : {}),
    },
  };
  const rates = history.map(({ windowsPerSecond }) => windowsPerSecond);
  const timing: TrialTiming = {
    key: plan.key,
    seconds: run.seconds,
    totalSeconds: performance.now() / 1000 + run.seconds - trainedHere,
    millisecondsPerLine: metrics.inference.millisecondsPerLine,
    windowsPerSecond: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    attempts: options.attempt,
    finished: new Date().toISOString(),
    commit: await commitRecord(),
    machine: run.machine,
    threads: options.threads === 'auto' ? Math.min(2, run.machine.cores) : options.threads,
    versions: run.versions,
  };
  await writeFileAtomic(join(folder, TIMING), json(timing));
  await writeFileAtomic(join(folder, RECORD), json(record));
  return record;
}

/** SHA-256 of what an epoch gave, times apart. */
function historyHash(history: readonly EpochRecord[]): string {
  const rows = history.map(({ epoch, loss, valLoss, valExactMatch, valMacroF1, learningRate }) =>
    JSON.stringify([epoch, loss, valLoss, valExactMatch, valMacroF1, learningRate]),
  );
  return createHash('sha256').update(rows.join('\n')).digest('hex');
}

async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return null;
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
