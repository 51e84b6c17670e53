import { createHash } from 'node:crypto';
import { readFile, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.js';
import type { Shelf } from '../model/model.js';
import { decodeSafetensors, encodeSafetensors } from '../model/safetensors.js';
import type { Weights } from '../model/weights.js';
import type { CallbackState } from './callback.js';
import type { TrainingState } from './fit.js';

/** Files of a checkpoint's folder: after the last epoch, and after the one before. */
export const CHECKPOINTS = ['last.checkpoint', 'before.checkpoint'] as const;
const [LAST, BEFORE] = CHECKPOINTS;
/** Beside them: what was made before the first step. */
export const MADE = 'made.checkpoint';
/** Bytes of SHA-256. */
const SUM = 32;

/** A training state found again. */
export interface FoundCheckpoint {
  /** Null when there is none, or none that is whole. */
  state: TrainingState | null;
  /** What is wrong with the newer ones, which were passed over. */
  faults: string[];
}

/**
 * Keeps the training state, and the one before it, each as a safetensors file followed by its SHA-256. Each is replaced as a whole: a
 * reader finds the last epoch or the one before, never a mix.
 *
 * @param folder The run's `checkpoint/`.
 * @param of Names the training: one of other settings or lines does not go on from it.
 * @example await writeCheckpoint('results/first-light/blocked/checkpoint', state, key);
 */
export async function writeCheckpoint(folder: string, state: TrainingState, of: string): Promise<void> {
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
  const bytes = encodeSafetensors(tensors, { of, state: JSON.stringify({ ...rest, callbacks: values }) });
  await rename(join(folder, LAST), join(folder, BEFORE)).catch(() => {});
  await writeFileAtomic(join(folder, LAST), [bytes, sumOf(bytes)]);
}

/**
 * Reads the last state that `writeCheckpoint` has written and that is still as it was.
 *
 * @param of As given to `writeCheckpoint`.
 * @example const { state, faults } = await readCheckpoint('results/first-light/blocked/checkpoint', key);
 */
export async function readCheckpoint(folder: string, of: string): Promise<FoundCheckpoint> {
  const faults: string[] = [];
  for (const name of CHECKPOINTS) {
    const path = join(folder, name);
    const found = await readState(path, of);
    if (found === null) continue;
    if (typeof found !== 'string') return { state: found, faults };
    faults.push(`${path}: ${found}`);
  }
  return { state: null, faults };
}

/**
 * Keeps what is made before the first step, as checkpoints are kept.
 *
 * @param folder The run's `checkpoint/`.
 */
export function shelfIn(folder: string): Shelf {
  const path = join(folder, MADE);
  return {
    read: async () => {
      const bytes = await readFile(path).catch(() => new Uint8Array(0));
      const content = wholeOf(bytes);
      return content ? decodeSafetensors(content, path).tensors : {};
    },
    write: async (tensors) => {
      const bytes = encodeSafetensors(tensors);
      await writeFileAtomic(path, [bytes, sumOf(bytes)]);
    },
  };
}

/** Removes the checkpoints of a folder, and the folder when nothing else is in it. */
export async function removeCheckpoints(folder: string): Promise<void> {
  for (const name of [...CHECKPOINTS, MADE]) await rm(join(folder, name), { force: true });
  await rmdir(folder).catch(() => {});
}

/** A state, what is wrong with it, or null when there is none. */
async function readState(path: string, of: string): Promise<TrainingState | string | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? null : message;
  }
  const content = wholeOf(bytes);
  if (!content) return 'not as it was written';
  const { tensors, metadata } = decodeSafetensors(content, path);
  if (metadata.of !== of) return 'of another training';
  const { callbacks: values, ...rest } = JSON.parse(metadata.state ?? '') as Omit<
    TrainingState,
    'engine' | 'callbacks'
  > & { callbacks: Record<string, CallbackState['values']> };
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

/** What a file has before its sum; null where it is not as it was written. */
function wholeOf(bytes: Uint8Array): Uint8Array | null {
  const content = bytes.subarray(0, Math.max(0, bytes.length - SUM));
  return sumOf(content).equals(bytes.subarray(content.length)) ? content : null;
}

const sumOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
