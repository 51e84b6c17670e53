import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { AuditweaveError, EXIT } from '../errors.js';
import { withLock } from '../files/lock.js';
import { CHECKPOINTS, MADE } from '../training/checkpoint.js';
import { type RunRecord, readRunRecord, writeRun } from './record.js';

/** Held as long as a process works in a run's folder. */
const LOCK = 'run.lock';
/** What lies in a run's folder before its first record: locks, what a study writes for a trial, and files that were being written. */
const BEFOREHAND = /^(run\.lock|run\.lock\.turn|lock|lock\.turn|(trial|record|timing)\.json|\..*\.tmp)$/;
/** What every run writes, listed in its record or not. */
const ALWAYS = [
  ...['run.json', 'history.jsonl', 'metrics.json', 'predictions.parquet'],
  ...[...CHECKPOINTS, MADE].map((name) => `checkpoint/${name}`),
  ...['weights.safetensors', 'model.onnx', 'encoder.json', 'labels.json', 'config.json', 'card.md'].map(
    (name) => `model/${name}`,
  ),
];
/** What lies where runs are side by side. */
const BESIDE = /^(paper|blocked|capture|charts|tables|report\.html|report\.lock.*)$/;
/** What a finished run has to have as it was written. */
const NEEDED = /^(history\.jsonl|metrics\.json|model\/.*)$/;

/**
 * Does work in a run's folder, which is made, that no other process works in meanwhile.
 *
 * @throws {AuditweaveError} The name is no folder's, or another process works there (exit code 75).
 * @example await withRunFolder('results/a', () => train());
 */
export async function withRunFolder<T>(out: string, work: () => Promise<T>): Promise<T> {
  await checkFolder(out);
  const made = await mkdir(out, { recursive: true });
  try {
    return await withLock(join(out, LOCK), work, {
      onWait: (owner) => {
        throw busy(out, owner?.pid);
      },
    });
  } finally {
    if (made !== undefined) await rmdir(out).catch(() => {});
  }
}

/** Another process works in a folder. */
export function busy(folder: string, pid: number | undefined): AuditweaveError {
  return new AuditweaveError(
    `studies: expected ${folder} to be free, but another process${pid === undefined ? '' : `, id ${pid},`} works here.`,
    { hint: 'Wait for it, or name another folder with --out.', exitCode: EXIT.tryAgain },
  );
}

/** @throws {AuditweaveError} A name is empty, or that of something else than a folder. */
export async function checkFolder(out: string): Promise<void> {
  const hint = 'Name a folder, as in --out results/NAME.';
  if (out.trim() === '')
    throw new AuditweaveError('studies: expected a folder, got an empty name.', { hint });
  const there = await stat(out).catch(() => null);
  if (there && !there.isDirectory())
    throw new AuditweaveError(
      `studies: expected ${out} to be a folder, got ${there.isFile() ? 'a file' : 'no folder'}.`,
      { hint },
    );
}

/**
 * The record of the run that a folder holds; null when it holds nothing.
 *
 * @param named What a person would give to `--out`. Default: the folder.
 * @throws {AuditweaveError} It holds something else: other files, or a record that cannot be read.
 */
export async function recordIn(out: string, named = out): Promise<RunRecord | null> {
  const names = await readdir(out).catch(() => [] as string[]);
  if (names.includes('run.json')) {
    try {
      return await readRunRecord(out);
    } catch (cause) {
      throw new AuditweaveError((cause as Error).message, { hint: elsewhere(named), cause });
    }
  }
  refuseOthers(out, names, named);
  return null;
}

/**
 * Checks that a folder may hold runs side by side and their report.
 *
 * @throws {AuditweaveError} Its name is no folder's, or it holds other files.
 */
export async function checkRunsFolder(out: string): Promise<void> {
  await checkFolder(out);
  const names = await readdir(out).catch(() => [] as string[]);
  if (names.includes('run.json'))
    throw new AuditweaveError(`studies: expected ${out} to hold a folder a protocol, got a single run.`, {
      hint: elsewhere(out),
    });
  refuseOthers(
    out,
    names.filter((name) => !BESIDE.test(name)),
    out,
  );
}

/** @throws {AuditweaveError} A folder holds files that are no part of what it is to hold. */
export function refuseOthers(out: string, names: readonly string[], named: string, what = 'a run'): void {
  const others = names.filter((name) => !BEFOREHAND.test(name)).sort();
  if (others.length === 0) return;
  const shown = others.slice(0, 3).join(', ');
  throw new AuditweaveError(
    `studies: expected ${out} to hold ${what} or nothing, got ${shown}${others.length > 3 ? ` and ${others.length - 3} more` : ''}.`,
    { hint: elsewhere(named) },
  );
}

/** The advice to go elsewhere, with a name that is free. */
export function elsewhere(named: string): string {
  return `Name another folder: --out ${freeName(named)}`;
}

/** The first of NAME-2, NAME-3, … that is not there. */
export function freeName(folder: string): string {
  const plain = folder.replace(/\/+$/, '');
  const base = /^\.*$/.test(plain) ? join(plain, 'run') : plain;
  for (let i = 2; ; i++) if (!existsSync(`${base}-${i}`)) return `${base}-${i}`;
}

/**
 * Removes what a run wrote into its folder, as its record lists it, and nothing else.
 *
 * @throws {AuditweaveError} The folder holds something, but no run.
 */
export async function removeRun(out: string, named = out): Promise<void> {
  const run = await recordIn(out, named);
  if (run === null) return;
  const events = await readdir(join(out, 'tensorboard')).catch(() => [] as string[]);
  const listed = [
    ...Object.keys(run.files ?? {}).filter(isInside),
    ...ALWAYS,
    ...events.filter((name) => name.startsWith('events.out.tfevents.')).map((name) => `tensorboard/${name}`),
  ];
  for (const name of listed) await rm(join(out, name), { force: true });
  const folders = new Set(listed.map((name) => dirname(name)).filter((name) => name !== '.'));
  for (const folder of folders) await rmdir(join(out, folder)).catch(() => {});
}

/** Whether a listed path stays below its folder. */
const isInside = (path: string): boolean => !isAbsolute(path) && !normalize(path).startsWith('..');

/** The files of a finished run with their SHA-256, for its record. */
export async function filesOf(out: string): Promise<Record<string, string>> {
  const names = await readdir(out, { recursive: true });
  const files: Record<string, string> = {};
  for (const name of names.filter((path) => NEEDED.test(path)).sort())
    if ((await stat(join(out, name))).isFile()) files[name] = await sha256(join(out, name));
  return files;
}

/** Adds files to the record of a run, such as those of its report. */
export async function listFiles(out: string, paths: readonly string[]): Promise<void> {
  const run = await readRunRecord(out);
  const files = { ...run.files };
  for (const path of paths) files[path] = await sha256(join(out, path));
  await writeRun(out, { ...run, files });
}

/**
 * What keeps a run that says it is finished from being so: files that are missing or not as they were written.
 *
 * @param model Whether it has to have a model.
 */
export async function faultsOf(out: string, { files }: RunRecord, model: boolean): Promise<string[]> {
  const expected: Record<string, string | null> = files ?? {
    'history.jsonl': null,
    'metrics.json': null,
    ...(model ? { 'model/config.json': null, 'model/weights.safetensors': null } : {}),
  };
  const faults: string[] = [];
  for (const [path, hash] of Object.entries(expected)) {
    if (!NEEDED.test(path) || !isInside(path)) continue;
    const got = await sha256(join(out, path)).catch(() => null);
    if (got === null) faults.push(`${path} is missing`);
    else if (hash !== null && got !== hash) faults.push(`${path} is not as it was written`);
  }
  if (model && !Object.keys(expected).some((path) => path.startsWith('model/')))
    faults.push('it has no model');
  return faults;
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
