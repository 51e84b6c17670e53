import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MismatchError, printable } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { bilstm } from './bilstm/kind.js';
import { CONFIG, findModelFolder, readModelName } from './folder.js';
import type { ModelKind, Predictor, PredictorOptions } from './model.js';
import { pointer } from './pointer/kind.js';

/** Every kind of model there is; the first is the default. A new one is a room beside `bilstm/` and a row here. */
export const KINDS: ModelKind[] = [bilstm, pointer];

/**
 * A kind by its name.
 *
 * @param file Where the name was read, for the error.
 * @throws {MismatchError} There is none of that name.
 * @example kindNamed('bilstm').describes
 */
export function kindNamed(name: string, file?: string): ModelKind {
  const kind = KINDS.find((one) => one.name === name);
  if (kind) return kind;
  const names = KINDS.map((one) => one.name);
  const near = nearestName(name, names);
  throw new MismatchError(
    {
      ...{ folder: 'model', expected: 'a kind of model', got: `“${printable(name)}”` },
      ...(file === undefined ? {} : { file }),
    },
    { hint: near ? `Did you mean ${near}?` : `Known kinds: ${names.join(', ')}.` },
  );
}

/** The model that comes with the package: a pointer trained on `datasets/three-node`. */
export const DEFAULT_MODEL = fileURLToPath(new URL('pointer/default', import.meta.url));

/**
 * Loads any model for labelling.
 *
 * @param dir A model folder, a run, or the folder of the runs of one `train`. Default: the model of the package.
 * @throws {AuditweaveError} There is no model, it was changed, or it cannot be loaded.
 * @example const predictor = await openPredictor('results/a');
 */
export async function openPredictor(dir = DEFAULT_MODEL, options: PredictorOptions = {}): Promise<Predictor> {
  const folder = await findModelFolder(dir);
  return kindNamed(await readModelName(folder), join(folder, CONFIG)).predictor(folder, options);
}
