import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MismatchError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic.js';
import { decodeSafetensors, encodeSafetensors } from '../model/safetensors.js';
import type { Weights } from '../model/weights.js';
import type { CallbackState } from './callback.js';
import type { TrainingState } from './fit.js';

const FILE = 'state.safetensors';

/**
 * Keeps the training state in one file, replaced as a whole: a reader finds the last epoch or the one before, never a mix.
 *
 * @param folder The run's `checkpoint/`.
 * @example await writeCheckpoint('results/first-light/blocked/checkpoint', state);
 */
export async function writeCheckpoint(folder: string, state: TrainingState): Promise<void> {
  const { engine, callbacks, ...rest } = state;
  const tensors: Weights = {};
  const add = (group: string, weights: Weights): void => {
    for (const [name, array] of Object.entries(weights)) tensors[`${group}/${name}`] = array;
  };
  add('weights', engine.weights);
  add('first', engine.first);
  add('second', engine.second);
  const values: Record<string, CallbackState['values']> = {};
  for (const [name, callback] of Object.entries(callbacks)) {
    values[name] = callback.values;
    if (callback.weights) add(`callback:${name}`, callback.weights);
  }
  const metadata = { state: JSON.stringify({ ...rest, callbacks: values }) };
  await writeFileAtomic(join(folder, FILE), encodeSafetensors(tensors, metadata));
}

/**
 * Reads what `writeCheckpoint` has written.
 *
 * @returns Null when there is none.
 * @throws {MismatchError} The file is not a checkpoint.
 */
export async function readCheckpoint(folder: string): Promise<TrainingState | null> {
  const path = join(folder, FILE);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const text = metadata.state;
  if (text === undefined)
    throw new MismatchError(
      { folder: 'training', file: path, expected: 'a checkpoint of auditweave', got: 'other tensors' },
      { hint: 'Delete the run folder, or start over with --fresh.' },
    );
  const { callbacks: values, ...rest } = JSON.parse(text) as Omit<TrainingState, 'engine' | 'callbacks'> & {
    callbacks: Record<string, CallbackState['values']>;
  };
  const group = (name: string): Weights =>
    Object.fromEntries(
      Object.entries(tensors)
        .filter(([key]) => key.startsWith(`${name}/`))
        .map(([key, array]) => [key.slice(name.length + 1), array]),
    );
  const callbacks: TrainingState['callbacks'] = {};
  for (const [name, own] of Object.entries(values)) {
    const weights = group(`callback:${name}`);
    callbacks[name] = { values: own, ...(Object.keys(weights).length > 0 ? { weights } : {}) };
  }
  return {
    ...rest,
    callbacks,
    engine: { weights: group('weights'), first: group('first'), second: group('second') },
  };
}
