import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DatasetSource } from '../dataset/load.js';
import { isCited } from '../dataset/manifest.js';
import { AuditweaveError } from '../errors.js';
import type { Settings } from '../settings/schema.js';
import { completeSettings } from '../settings/settings.js';
import { readCheckpoint } from '../training/checkpoint.js';
import { type MetricsRecord, type RunRecord, readRun } from './record.js';
import { elsewhere, faultsOf, freeName, recordIn } from './run-folder.js';

/** What a training asks of the run that its folder may hold already. */
export interface Asked {
  settings: Settings;
  dataset: Pick<DatasetSource, 'dir' | 'sha256' | 'manifest'>;
  /** Whether a finished run has to have its model. */
  model: boolean;
  /** What a person would give to `--out`. Default: the folder. */
  named?: string | undefined;
  /** Told what is wrong with the run, where it can be mended. */
  say: (text: string) => void;
}

/** A run that is there already: its metrics when it is finished, with all that it lists. */
export interface EarlierRun {
  run: RunRecord;
  metrics: MetricsRecord | null;
}

/**
 * The run of these settings and lines that a folder holds already, or null. One whose files are damaged or missing is not finished.
 *
 * @throws {AuditweaveError} It is one of other settings, which are named, or of other lines, or something else.
 * @example const earlier = await earlierRun('results/a', { settings, dataset, model: true, say });
 */
export async function earlierRun(out: string, asked: Asked): Promise<EarlierRun | null> {
  const { settings, dataset, named = out, say } = asked;
  const run = await readableRecord(out, asked);
  if (run === null) return null;
  checkSettings(out, run, settings, named);
  if (!isCited(dataset, run.dataset.sha256))
    throw new AuditweaveError(
      `studies: expected ${dataset.dir} to be the dataset that ${out} began with (sha256 ${run.dataset.sha256}), got another (sha256 ${dataset.sha256}).`,
      {
        hint: `Restore the dataset, or train on this one elsewhere: --out ${freeName(named)}`,
      },
    );
  if (run.status !== 'finished') return { run, metrics: null };
  const faults = await faultsOf(out, run, asked.model);
  const metrics = faults.length > 0 ? null : (await readRun(out)).metrics;
  if (metrics) return { run, metrics };
  say(`${out}: finished before, but ${faults.join(', ') || 'metrics.json is missing'}: trained again.\n`);
  return { run: { ...run, seconds: 0, epochs: 0, bestEpoch: 0 }, metrics: null };
}

/** Names a training by what decides its steps, so that no other goes on from its checkpoint. */
export function trainingKey({ training, ...rest }: Settings, dataset: string): string {
  const { epochs, ...others } = training;
  // Without a cycle over all epochs, more of them are only more of the same.
  const content = [rest, training.schedule === 'plateau' ? others : training, dataset];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** The record in a folder. Where it is damaged and a whole checkpoint is of this very training, the record is made again. */
async function readableRecord(
  out: string,
  { settings, dataset, named, say }: Asked,
): Promise<RunRecord | null> {
  try {
    const run = await recordIn(out, named);
    if (run) completeSettings(run.settings, join(out, 'run.json'));
    return run;
  } catch (error) {
    const { state } = await readCheckpoint(join(out, 'checkpoint'), trainingKey(settings, dataset.sha256));
    if (state === null || !(error instanceof AuditweaveError)) throw error;
    say(`${error.message} Its checkpoint is whole, so it is made again.\n`);
    return null;
  }
}

function checkSettings(out: string, run: RunRecord, settings: Settings, named: string): void {
  const there = completeSettings(run.settings, join(out, 'run.json'));
  if (isDeepStrictEqual(there, settings)) return;
  const differences = settingDifferences(there, settings);
  const epochs = differences.length === 1 && differences[0]!.startsWith('training.epochs:');
  const plateau = settings.training.schedule === 'plateau';
  // Of a training that was stopped on the way, more epochs are only more of the same.
  if (epochs && plateau && run.status !== 'finished' && run.epochs <= settings.training.epochs) return;
  const why = !epochs
    ? ''
    : plateau
      ? ' A finished run is not trained further: what its optimizer remembered is gone.'
      : ' The learning rate moves over all epochs, so others are another training from the first step on.';
  throw new AuditweaveError(
    `studies: expected ${out} to hold a run of these settings, got one of others: ${differences.slice(0, 6).join('; ')}${differences.length > 6 ? `; and ${differences.length - 6} more` : ''}.${why}`,
    { hint: `${elsewhere(named)}, or start over with --fresh.` },
  );
}

/**
 * What two settings have otherwise, by path.
 *
 * @example settingDifferences(there, here) // ['training.epochs: 1 there, 2 here']
 */
export function settingDifferences(there: unknown, here: unknown, path = ''): string[] {
  if (isDeepStrictEqual(there, here)) return [];
  if (!isRecord(there) || !isRecord(here))
    return [`${path}: ${JSON.stringify(there) ?? 'none'} there, ${JSON.stringify(here) ?? 'none'} here`];
  return [...new Set([...Object.keys(there), ...Object.keys(here)])].flatMap((key) =>
    settingDifferences(there[key], here[key], path === '' ? key : `${path}.${key}`),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
