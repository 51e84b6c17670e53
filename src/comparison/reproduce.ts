import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataset } from '../dataset/load.js';
import { AuditweaveError, EXIT } from '../errors.js';
import { loadTensorFlow } from '../native/load.js';
import type { ProgressSink } from '../progress.js';
import { type RunRecord, readRun } from '../runs/record.js';
import { runTrial } from '../runs/train.js';
import type { Settings } from '../settings/schema.js';
import { completeSettings } from '../settings/settings.js';
import { trialKey } from '../studies/expand.js';
import { readStudy } from '../studies/read.js';
import type { StudyRecord } from '../studies/record.js';
import { readOutput, runTask, writeTask } from '../studies/trial-folder.js';
import { type Difference, firstDifference, newKeys } from './first-difference.js';
import { settingsAt } from './run-set.js';

export interface ReproduceOptions {
  /** Empty folder for the new run. */
  out: string;
  threads: number | 'auto';
  signal?: AbortSignal;
  sink: ProgressSink;
}

/** What became of running something again. */
export interface Reproduction {
  /** What was run again. */
  of: string;
  equal: boolean;
  /** Records that were compared, times left out. */
  compared: string[];
  /** The first one. */
  difference: (Difference & { file: string }) | null;
  /** What this version records and the old record does not have. */
  added: string[];
  /** What is not as it was: commit, versions, processor. */
  changed: string[];
}

/** Where and with what something was made. */
type Made = Pick<RunRecord, 'commit' | 'versions' | 'machine'>;

/**
 * Runs a recorded run again, and compares `metrics.json` and `history.jsonl` without their times: every number to its last bit.
 *
 * @param dir The run folder.
 * @throws {AuditweaveError} The run is not finished, its dataset is not the same any more, its device is not here, or it was interrupted.
 * @example (await reproduceRun('results/a/blocked', { out, threads: 'auto', sink })).equal
 */
export async function reproduceRun(dir: string, options: ReproduceOptions): Promise<Reproduction> {
  const { run, metrics } = await readRun(dir);
  if (run.status !== 'finished' || !metrics)
    throw new AuditweaveError(
      `reproduce: expected ${dir} to hold a finished run, got one that is ${run.status}.`,
      {
        hint: 'Finish it first: the same `train` command goes on.',
      },
    );
  const settings = completeSettings(run.settings, join(dir, 'run.json'));
  const replaced = await checkDataset(settings, run.dataset.sha256, dir);
  await checkDevice(run.machine, dir);
  const again = await runTrial({
    settings,
    out: options.out,
    command: `reproduce ${dir}`,
    device: run.machine.device,
    threads: options.threads,
    keepModel: false,
    sink: options.sink,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (!again.metrics) throw interrupted();
  const [recorded, now] = [await recordsOfRun(dir), await recordsOfRun(options.out)];
  return compareRecords(dir, recorded, now, [...replaced, ...changes(run, again.run)]);
}

/**
 * Runs one trial of a study again, and compares its record.
 *
 * @param dir The study's folder.
 * @param begin Its key, or the beginning of it.
 * @throws {AuditweaveError} There is no such trial, it has no result, or as `reproduceRun`.
 * @example await reproduceTrial('results/reference/window-size', '0a1b2c3d', { out, threads: 'auto', sink })
 */
export async function reproduceTrial(
  dir: string,
  begin: string,
  options: ReproduceOptions,
): Promise<Reproduction> {
  const results = await readStudy(dir);
  const { study, timings } = results;
  const { key, point, protocol, run, seed, result } = findRecord(results.records, begin, dir);
  const settings = { ...settingsAt(results, point, protocol), seed };
  const replaced = await checkDataset(settings, study.dataset.sha256, dir);
  const timing = timings.get(key);
  if (trialKey(settings, study.dataset.sha256) !== key)
    throw new AuditweaveError(
      `reproduce: expected ${key} to be the key of its settings in this version, got ${trialKey(settings, study.dataset.sha256)}.`,
      { hint: `Use the version that made it: commit ${timing?.commit ?? 'unknown'}.` },
    );
  if (timing) await checkDevice(timing.machine, `${key} of ${dir}`);
  await writeTask(options.out, {
    schema: 1,
    study: study.name,
    plan: { key, point, protocol, run, seed },
    settings,
    classes: result?.classes !== undefined,
  });
  const record = await runTask(options.out, {
    device: timing?.machine.device ?? 'auto',
    threads: options.threads,
    attempt: 1,
    sink: options.sink,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (!record) throw interrupted();
  const now = (await readOutput(options.out))?.timing;
  return compareRecords(
    `${key} of ${dir}`,
    { 'records.jsonl': asJson(result) },
    { 'records.jsonl': asJson(record.result) },
    [...replaced, ...(timing && now ? changes(timing, now) : [])],
  );
}

function findRecord(records: readonly StudyRecord[], begin: string, dir: string): StudyRecord {
  const found = records.filter(({ key }) => key.startsWith(begin));
  const [record] = found;
  if (!record || new Set(found.map(({ key }) => key)).size > 1)
    throw new AuditweaveError(
      `reproduce: expected one record of ${dir} with key ${begin}, got ${found.length}.`,
      { hint: `Keys are in ${join(dir, 'records.jsonl')}.` },
    );
  if (record.status === 'done') return record;
  throw new AuditweaveError(
    `reproduce: expected ${record.key} to have a result, got: ${record.failure?.replace(/\.$/, '')}.`,
    {
      hint: 'Name a trial that is done.',
    },
  );
}

/** Checks that a dataset is the one of a record, or takes its place; what it says of that is given. */
async function checkDataset({ dataset }: Settings, sha256: string, what: string): Promise<string[]> {
  const source = await openDataset(dataset);
  if (source.sha256 === sha256) return [];
  const replaced = source.manifest?.replaces?.find((old) => old.sha256 === sha256);
  if (replaced)
    return [
      `dataset: ${sha256}, now ${source.sha256}, which replaces it: ${replaced.why.replace(/\.$/, '')}`,
    ];
  throw new AuditweaveError(
    `reproduce: expected ${dataset} to be what ${what} was made from (sha256 ${sha256}), got ${source.sha256}.`,
    { hint: 'Restore the dataset as it was at the commit of the record.' },
  );
}

async function checkDevice({ device, gpu }: RunRecord['machine'], what: string): Promise<void> {
  try {
    await loadTensorFlow({ device });
  } catch (cause) {
    if (device === 'cpu' || !(cause instanceof AuditweaveError)) throw cause;
    throw new AuditweaveError(
      `reproduce: expected a GPU, as ${what} was made on one${gpu ? ` (${gpu})` : ''}, got none that works.`,
      { hint: 'Run it on a machine with one; `doctor --device cuda` says what is missing.', cause },
    );
  }
}

/** The records of a run folder as plain JSON, times left out. */
async function recordsOfRun(dir: string): Promise<Record<string, unknown>> {
  const read = (name: string): Promise<string> => readFile(join(dir, name), 'utf8');
  const { inference: _, ...metrics } = JSON.parse(await read('metrics.json')) as Record<string, unknown>;
  const rows = (await read('history.jsonl')).split('\n').slice(0, -1);
  const epochs = rows.map((row) => {
    const {
      seconds: _seconds,
      windowsPerSecond: _rate,
      ...epoch
    } = JSON.parse(row) as Record<string, unknown>;
    return epoch;
  });
  return { 'history.jsonl': epochs, 'metrics.json': metrics };
}

function compareRecords(
  of: string,
  recorded: Record<string, unknown>,
  now: Record<string, unknown>,
  changed: string[],
): Reproduction {
  const compared = Object.keys(recorded);
  const found = compared.flatMap((file) => {
    const difference = firstDifference(recorded[file], now[file]);
    return difference ? [{ file, ...difference }] : [];
  });
  const added = compared.flatMap((file) =>
    newKeys(recorded[file], now[file]).map((path) => `${file}: ${path}`),
  );
  return { of, equal: found.length === 0, compared, difference: found[0] ?? null, added, changed };
}

function changes(before: Made, now: Made): string[] {
  const facts = ({ commit, versions, machine }: Made): [string, string][] => [
    ['commit', commit],
    ...Object.entries(versions),
    ['processor', machine.cpu],
    ['device', machine.gpu ?? machine.device],
  ];
  const after = new Map(facts(now));
  return facts(before).flatMap(([name, value]) =>
    after.get(name) === value ? [] : [`${name}: ${value}, now ${after.get(name) ?? 'unknown'}`],
  );
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

const interrupted = (): AuditweaveError =>
  new AuditweaveError('reproduce: interrupted before the run was finished.', {
    hint: 'Run it again; with --out it goes on where it stopped.',
    exitCode: EXIT.interrupted,
  });
