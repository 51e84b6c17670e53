import { availableParallelism } from 'node:os';
import { AuditweaveError } from '../errors.js';
import type { Weights } from '../model/bilstm.js';
import type { Native } from '../model/kernels/native.js';
import type { Engine, EngineOptions, TrainingData } from './engine.js';
import { LocalEngine } from './local-engine.js';
import { ThreadedEngine } from './threaded-engine.js';

/**
 * The engine that fits the machine: two threads on a CPU with two cores or more, else one.
 *
 * The result does not depend on the choice: both give the same bytes.
 *
 * @param options.threads 1, 2 or `auto`. Default `auto`.
 * @param options.device What TensorFlow computes on. A GPU is driven by one thread.
 * @throws {AuditweaveError} `threads` is neither 1 nor 2.
 * @example const engine = createEngine(native, { config, focal: {}, dropoutSeed }, weights, data, { device: 'cpu' });
 */
export function createEngine(
  native: Native,
  engine: EngineOptions,
  weights: Weights,
  data: TrainingData,
  options: { threads?: number | 'auto'; device: 'cpu' | 'cuda' },
): Engine {
  const { threads = 'auto', device } = options;
  if (threads !== 'auto' && threads !== 1 && threads !== 2)
    throw new AuditweaveError(`training: expected threads to be 1, 2 or auto, got ${threads}.`, {
      hint: 'The model has two halves; run several trials at once to use more cores.',
    });
  const two = device === 'cpu' && (threads === 'auto' ? availableParallelism() > 1 : threads === 2);
  return two
    ? new ThreadedEngine(native, engine, weights, data)
    : new LocalEngine(native, engine, weights, data);
}
