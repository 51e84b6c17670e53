import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AuditweaveError } from '../errors.js';
import type { Settings } from '../settings/schema.js';
import { completeSettings, readSettings } from '../settings/settings.js';
import { type RunRecord, readRunRecord } from './record.js';
import { isReference } from './reference.js';

/** What the model folder of a record without a list of files has. */
const PARTS = ['model/config.json', 'model/weights.safetensors', 'model/model.onnx'];
/** Settings that have an option of their own. */
const OPTIONS: Record<string, string> = {
  dataset: '--dataset',
  'window.size': '--window',
  'split.protocol': '--protocol',
  seed: '--seed',
  'training.epochs': '--epochs',
};

/**
 * Says so where a run is recorded, but its model is not there, as with reference records: they are kept without weights.
 *
 * @param dir A run, its `model/`, or the runs of one `train`. Anything else is let through.
 * @throws {AuditweaveError} With the command that makes the model.
 * @example await checkModelThere('results/reference/first-light-w60-s7/blocked');
 */
export async function checkModelThere(dir: string): Promise<void> {
  const places = [dir, ...(basename(dir) === 'model' ? [dirname(dir)] : [])];
  const folder = [...places, ...['blocked', 'capture', 'paper'].map((name) => join(dir, name))].find(
    (place) => existsSync(join(place, 'run.json')),
  );
  if (folder === undefined) return;
  const run = await readRunRecord(folder).catch(() => null);
  if (run?.status !== 'finished') return;
  const listed = Object.keys(run.files ?? {}).filter((path) => path.startsWith('model/'));
  const missing = (listed.length > 0 ? listed : PARTS).filter((path) => !existsSync(join(folder, path)));
  if (missing.length === 0) return;
  const out = isReference(folder) ? folder.replace(/results\/reference\//, 'results/') : folder;
  throw new AuditweaveError(
    `studies: expected ${folder} to hold its model, got none: ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not there.`,
    { hint: `${await trainCommand(run, out)} makes it${out === folder ? '' : `, in ${out}`}.` },
  );
}

/** The command that trains with the settings of a record, from the paper's configuration on. */
export async function trainCommand(run: RunRecord, out: string): Promise<string> {
  const settings = completeSettings(run.settings, join(out, 'run.json'));
  const words = changesOf(await readSettings('paper'), settings).flatMap(([path, value]) => {
    const option = OPTIONS[path];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return option ? [option, quoted(text)] : ['--set', quoted(`${path}=${text}`)];
  });
  return ['npm run train --', ...words, '--out', quoted(out)].join(' ');
}

/** Values by path that make one settings of another. */
function changesOf(base: Settings, settings: Settings): [string, unknown][] {
  const changes: [string, unknown][] = [];
  const compare = (a: unknown, b: unknown, path: string): void => {
    if (isDeepStrictEqual(a, b)) return;
    if (!isTree(a) || !isTree(b)) changes.push([path, b]);
    else for (const key of Object.keys(b)) compare(a[key], b[key], path === '' ? key : `${path}.${key}`);
  };
  compare(base, settings, '');
  return changes;
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A word for a POSIX shell. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
