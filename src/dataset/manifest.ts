import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord, show } from '../audit/event.js';
import { MismatchError, printable } from '../errors.js';
import { systemFault } from '../system-faults.js';

/** A file of a dataset, as the manifest vouches for it. */
export interface ManifestFile {
  sha256: string;
  bytes: number;
  /** Lines, for JSON lines (unpacked). */
  lines?: number;
}

/** `manifest.json`: what a dataset is made of. */
export interface Manifest {
  name: string;
  title: string;
  licence: string;
  /** Kubernetes version of each cluster, as in `v1.34.4`. */
  kubernetes: string;
  policy: string;
  nodes: number;
  /** Root seed of the sequence of actions, or null when there was none. */
  seed: number | null;
  captures: { id: string; people: number; kubernetes?: string }[];
  files: Record<string, ManifestFile>;
  counts: Record<string, number>;
  /** Named splits by capture. */
  folds?: Record<string, { train: string[]; validation: string[]; test: string[] }>;
  /** Named parts of the log, as runs of lines. */
  selections?: Record<string, Selection>;
  /** What this dataset was before, where records cite that and are as true of this one. */
  replaces?: { sha256: string; why: string }[];
  /** What the truth of controllers' lines rests on. Default: rules. */
  truth?: 'rules' | 'propagation';
  tools: Record<string, string>;
}

/** A named part of a dataset. */
export interface Selection {
  description: string;
  /** How many lines of the default reading (completed, the paper's filter) lie in the ranges. */
  count: number;
  /** First and last line of the log, from 0, both in. */
  ranges: [number, number][];
}

/**
 * Reads and checks a dataset's manifest.
 *
 * @throws {MismatchError} It cannot be read, or a field is missing or of the wrong type.
 */
export async function readManifest(dir: string): Promise<Manifest> {
  const file = join(dir, 'manifest.json');
  const fail = (expected: string, got: string): never => {
    throw new MismatchError(
      { folder: 'audit', file, expected, got },
      { hint: 'See datasets/README.md for the format.' },
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return fail('the manifest of a dataset', 'no such file');
    throw systemFault(error) ?? fail('a JSON object', printable((error as Error).message));
  }
  if (!isRecord(value)) return fail('a JSON object', show(value));
  for (const key of ['name', 'title', 'licence', 'kubernetes', 'policy'])
    if (typeof value[key] !== 'string') fail(`${key} to be a text`, show(value[key]));
  for (const key of ['files', 'counts', 'tools'])
    if (!isRecord(value[key])) fail(`${key} to be an object`, show(value[key]));
  if (!Array.isArray(value.captures)) fail('captures to be a list', show(value.captures));
  for (const [name, entry] of Object.entries(value.files as Record<string, unknown>)) {
    if (!/^[\w.-]+$/.test(name)) fail('plain file names', show(name));
    if (!isRecord(entry) || !/^[0-9a-f]{64}$/.test(String(entry.sha256)))
      fail(`${name} to have a sha256`, show(entry));
  }
  for (const name of ['audit.jsonl.gz', 'truth.jsonl.gz'])
    if (!(name in (value.files as object))) fail(`files to have ${name}`, 'none');
  if (value.folds !== undefined && !isRecord(value.folds)) fail('folds to be an object', show(value.folds));
  for (const [name, fold] of Object.entries(value.folds ?? {})) {
    const named: unknown[] = [];
    for (const part of ['train', 'validation', 'test']) {
      const ids = isRecord(fold) ? fold[part] : null;
      if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string'))
        return fail(`fold ${name} to list its ${part} captures`, show(fold));
      named.push(...ids);
    }
    if (new Set(named).size < named.length) fail(`fold ${name} to have each capture in one part`, show(fold));
  }
  if (value.selections !== undefined && !isRecord(value.selections))
    fail('selections to be an object', show(value.selections));
  for (const [name, selection] of Object.entries(value.selections ?? {})) {
    if (!isRecord(selection) || typeof selection.description !== 'string')
      return fail(`selection ${name} to have a description`, show(selection));
    if (!Number.isInteger(selection.count) || Number(selection.count) < 1)
      fail(`selection ${name} to have a positive count`, show(selection.count));
    if (!areRanges(selection.ranges))
      fail(`selection ${name} to have ranges [first, last] that follow each other`, show(selection.ranges));
  }
  const { replaces = [] } = value;
  const isReplaced = (one: unknown) =>
    isRecord(one) && /^[0-9a-f]{64}$/.test(String(one.sha256)) && typeof one.why === 'string';
  if (!Array.isArray(replaces) || !replaces.every(isReplaced))
    fail('replaces to be a list of {sha256, why}', show(replaces));
  return value as unknown as Manifest;
}

/** Hashes of the datasets that a dataset has taken the place of. */
export function replacedBy(manifest: Manifest | null): string[] {
  return (manifest?.replaces ?? []).map(({ sha256 }) => sha256);
}

/**
 * Whether a record that cites a hash speaks of a dataset: as it is, or as it was before a change that no model sees.
 *
 * @example isCited(await openDataset('datasets/first-light'), run.dataset.sha256)
 */
export function isCited(dataset: { sha256: string; manifest: Manifest | null }, sha256: string): boolean {
  return dataset.sha256 === sha256 || replacedBy(dataset.manifest).includes(sha256);
}

/** Whether runs of lines are in order and apart. */
function areRanges(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  let next = 0;
  for (const range of value as unknown[]) {
    if (!Array.isArray(range) || range.length !== 2 || !range.every(Number.isInteger)) return false;
    const [first, last] = range as [number, number];
    if (first < next || last < first) return false;
    next = last + 1;
  }
  return true;
}

/**
 * Checks a dataset's files against its manifest.
 *
 * @throws {MismatchError} A file is missing or has another hash.
 */
export async function checkHashes(dir: string, manifest: Manifest): Promise<void> {
  for await (const fault of wrongHashes(dir, manifest)) throw fault;
}

/** Each file of a dataset that is not as its manifest says, or cannot be read. */
export async function* wrongHashes(dir: string, manifest: Manifest): AsyncGenerator<MismatchError> {
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    const file = join(dir, name);
    const got = await hashFile(file).catch((error: unknown) => {
      if (error instanceof MismatchError) return error;
      throw error;
    });
    if (got instanceof MismatchError) yield got;
    else if (got !== sha256)
      yield new MismatchError(
        { folder: 'audit', file, expected: `sha256 ${sha256}`, got },
        { hint: `Restore the file: git checkout -- ${file}` },
      );
  }
}

/** SHA-256 of a file, in hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  } catch (cause) {
    throw new MismatchError(
      {
        folder: 'audit',
        file,
        expected: 'a readable file',
        got: (cause as NodeJS.ErrnoException).code ?? 'an error',
      },
      { hint: `Restore the file: git checkout -- ${file}`, cause },
    );
  }
  return hash.digest('hex');
}
