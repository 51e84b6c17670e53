import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AuditweaveError } from '../errors.js';
import type { Settings } from '../settings/schema.js';
import { completeSettings } from '../settings/settings.js';
import { type RunFolder, readRun } from './record.js';

/** What a run writes into its folder. */
const RUN_FILES = [
  'run.json',
  'history.jsonl',
  'metrics.json',
  'checkpoint',
  'model',
  'tensorboard',
  'report.html',
  'charts',
  'tables',
] as const;

/**
 * The run that a folder holds already, or null.
 *
 * @throws {AuditweaveError} It is one of other settings.
 * @example const earlier = await earlierRun('results/a', settings);
 */
export async function earlierRun(out: string, settings: Settings): Promise<RunFolder | null> {
  try {
    await stat(join(out, 'run.json'));
  } catch {
    return null;
  }
  const folder = await readRun(out);
  if (isDeepStrictEqual(completeSettings(folder.run.settings), settings)) return folder;
  throw new AuditweaveError(
    `studies: expected ${out} to hold a run of these settings, got a run of others.`,
    {
      hint: 'Name another folder with --out, or start over with --fresh.',
    },
  );
}

/**
 * Checks that a run goes on with the lines that it began with.
 *
 * @throws {AuditweaveError} The dataset has changed since.
 */
export function checkSameDataset({ dir, run }: RunFolder, dataset: { dir: string; sha256: string }): void {
  if (dataset.sha256 === run.dataset.sha256) return;
  throw new AuditweaveError(
    `studies: expected ${dataset.dir} to be the dataset that ${dir} began with, got another.`,
    { hint: 'Restore the dataset, name another folder with --out, or start over with --fresh.' },
  );
}

/**
 * Removes what a run wrote into its folder, and nothing else.
 *
 * @throws {AuditweaveError} The folder holds something, but no run.
 */
export async function removeRun(out: string): Promise<void> {
  const names = await readdir(out).catch(() => [] as string[]);
  if (names.length > 0 && !names.includes('run.json'))
    throw new AuditweaveError(
      `studies: expected ${out} to hold a run or nothing, got ${names.length} other files.`,
      {
        hint: 'Name another folder with --out.',
      },
    );
  for (const name of RUN_FILES) await rm(join(out, name), { recursive: true, force: true });
}
