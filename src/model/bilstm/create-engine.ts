import { availableParallelism } from 'node:os';
import { AuditweaveError } from '../../errors.js';
import type { Native } from '../kernels/ops.js';
import type { Engine } from '../model.js';
import type { Weights } from '../weights.js';
import { cpuModelAddon } from './addon.js';
import { CpuEngine } from './cpu-engine.js';
import type { EngineOptions, TrainingData } from './engine.js';
import { TensorFlowEngine } from './tensorflow-engine.js';

/**
 * The engine that fits the machine: the CPU's own where TensorFlow computes on a CPU with AVX2, else TensorFlow's ops, as on a GPU.
 *
 * The CPU's result does not depend on the number of threads: one and two give the same bytes.
 *
 * @param options.threads 1, 2 or `auto`: two where there are two cores. Default `auto`. TensorFlow's ops are given by one thread.
 * @throws {AuditweaveError} `threads` is neither 1 nor 2.
 * @example const engine = await createEngine(native, { config, focal: {}, dropoutSeed }, weights, data);
 */
export async function createEngine(
  native: Native,
  engine: EngineOptions,
  weights: Weights,
  data: TrainingData,
  { threads = 'auto' }: { threads?: number | 'auto' } = {},
): Promise<Engine> {
  if (threads !== 'auto' && threads !== 1 && threads !== 2)
    throw new AuditweaveError(`training: expected threads to be 1, 2 or auto, got ${threads}.`, {
      hint: 'The model has two halves; run several trials at once to use more cores.',
    });
  const addon = await cpuModelAddon();
  if (!addon) return new TensorFlowEngine(native, engine, weights, data);
  const two = threads === 'auto' ? availableParallelism() > 1 : threads === 2;
  return new CpuEngine(addon, engine, weights, data, { threads: two ? 2 : 1 });
}
