import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { tensorFlowInfo } from '../../native/load.js';

/** A model in the addon's hands. */
export type CpuModelHandle = object;

/**
 * The addon made of `addon.cc`: a training step of the whole model in one call. It works in the arrays that it is given, and keeps
 * them alive.
 */
export interface CpuModelAddon {
  /**
   * @param shape W, F, L, K, H1, H2, threads, optimizer slots a weight.
   * @param rates Dropout, and the focal loss's alpha and gamma.
   * @param arrays Of each half: weights in the order of TRAINABLE and MOVING, then the slots of the trainable ones.
   */
  create(
    shape: Int32Array,
    rates: Float64Array,
    matrix: Float32Array,
    targets: Int32Array,
    weights: Float32Array | null,
    arrays: Float32Array[],
  ): CpuModelHandle;
  /** @param rule Lines of a window, dropout seed, step, 1 for Adam, rate, beta1, beta2, epsilon, momentum. @returns Mean loss. */
  train(model: CpuModelHandle, starts: Int32Array, rule: Float64Array): number;
  /** @param classes Filled with the most probable classes, shape [W, B, L]. @returns Mean loss. */
  infer(model: CpuModelHandle, starts: Int32Array, classes: Int32Array): number;
}

/** The kinds of vectors that the addon is compiled for, fastest first. */
export const VECTORS = ['avx512', 'avx2'] as const;
export type Vectors = (typeof VECTORS)[number];

const require = createRequire(import.meta.url);

/** The kinds of vectors that this CPU has, fastest first. */
export function cpuVectors(): Vectors[] {
  const { vectors } = addon('environment.node') as { vectors: Record<Vectors, boolean> };
  return VECTORS.filter((name) => vectors[name]);
}

/**
 * The addon for this machine's CPU, or null where TensorFlow computes on a GPU or the CPU has neither AVX2 nor AVX-512. Both kinds
 * give the same bytes.
 *
 * @param vectors Default: the fastest that the CPU has.
 * @throws {AuditweaveError} TensorFlow is not loaded.
 * @example const kernels = cpuModelAddon();
 */
export function cpuModelAddon(vectors?: Vectors): CpuModelAddon | null {
  if (tensorFlowInfo().device !== 'cpu') return null;
  const kind = vectors ?? cpuVectors()[0];
  return kind ? (addon(`bilstm-${kind}.node`) as CpuModelAddon) : null;
}

function addon(name: string): unknown {
  return require(join(dirname(tensorFlowInfo().binding), name));
}
