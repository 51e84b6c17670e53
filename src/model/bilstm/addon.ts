import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../files/cache.js';
import { type AddonRecipe, ensureAddon } from '../../native/addon.js';
import type { Tools } from '../../native/library.js';
import { tensorFlowInfo } from '../../native/load.js';
import { cpuFlags } from '../../native/machine.js';
import { runProgram } from '../../native/program.js';
import type { ProgressSink } from '../../progress.js';

/** A model in the addon's hands. */
export type CpuModelHandle = object;

/** What a model is made of: sizes, the optimizer's slots a weight, rates, and the arrays that it works in. */
export interface CpuModelParts {
  /** W. */
  window: number;
  /** F. */
  features: number;
  /** L. */
  heads: number;
  /** K. */
  classes: number;
  /** H1. */
  units1: number;
  /** H2. */
  units2: number;
  threads: 1 | 2;
  /** Arrays that the optimizer keeps beside each weight: 1 or 2. */
  slots: number;
  dropout: number;
  /** Of the focal loss. */
  alpha: number;
  gamma: number;
  /** Shape [N, F]. */
  matrix: Float32Array;
  /** Shape [N, L]. */
  targets: Int32Array;
  /** Shape [N]. */
  weights: Float32Array | null;
  /** Of each half: weights in the order of TRAINABLE and MOVING, then the slots of the trainable ones. */
  arrays: Float32Array[];
}

/** How a batch changes the weights. */
export interface CpuStep {
  /** Lines of a window. */
  lines: number;
  /** Of dropout. */
  seed: number;
  step: number;
  /** Adam, else SGD with momentum. */
  adam: boolean;
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  momentum: number;
}

/**
 * The addon made of `addon.cc`: a training step of the whole model in one call. It works in the arrays that it is given, and keeps
 * them alive.
 */
export interface CpuModelAddon {
  /** Names of a half's weights, in the order in which it takes them. */
  weights: string[];
  create(parts: CpuModelParts): CpuModelHandle;
  /** @returns Mean loss. */
  train(model: CpuModelHandle, starts: Int32Array, step: CpuStep): number;
  /** @param classes Filled with the most probable classes, shape [W, B, L]. @returns Mean loss. */
  infer(model: CpuModelHandle, starts: Int32Array, classes: Int32Array): number;
}

/** The kinds of vectors that the addon is compiled for, fastest first. */
export const VECTORS = ['avx512', 'avx2'] as const;
export type Vectors = (typeof VECTORS)[number];

const require = createRequire(import.meta.url);
const HERE = dirname(fileURLToPath(import.meta.url));

const FLAGS: Record<Vectors, string[]> = {
  avx2: ['-mavx2', '-mfma'],
  avx512: ['-mavx2', '-mfma', '-mavx512f', '-mprefer-vector-width=512'],
};
/** What a CPU must say of itself, as /proc/cpuinfo names it. */
const NEEDS: Record<Vectors, string[]> = { avx2: ['avx2', 'fma'], avx512: ['avx2', 'fma', 'avx512f'] };

/** How the addon is compiled for a kind of vectors. */
export function cpuModelRecipe(vectors: Vectors): AddonRecipe {
  return {
    name: `bilstm-${vectors}`,
    sources: [join(HERE, 'addon.cc')],
    includes: [HERE, join(HERE, '../kernels/cpu')],
    flags: ['-O3', '-fno-math-errno', '-fno-trapping-math', '-pthread', ...FLAGS[vectors]],
  };
}

/** The kinds of vectors that this CPU has, fastest first. */
export function cpuVectors(): Vectors[] {
  const flags = cpuFlags();
  return VECTORS.filter((name) => NEEDS[name].every((flag) => flags.has(flag)));
}

/** How the addon that this CPU will use is compiled: none where it is not used. */
export function cpuModelRecipes(): AddonRecipe[] {
  return cpuVectors().slice(0, 1).map(cpuModelRecipe);
}

/**
 * The addon for this machine's CPU, compiled on first use, or null where TensorFlow computes on a GPU or the CPU has neither AVX2 nor
 * AVX-512. Both kinds give the same bytes.
 *
 * @param vectors Default: the fastest that the CPU has.
 * @throws {AuditweaveError} TensorFlow is not loaded, or the addon cannot be built.
 * @example const kernels = await cpuModelAddon();
 */
export async function cpuModelAddon(vectors?: Vectors): Promise<CpuModelAddon | null> {
  if (tensorFlowInfo().device !== 'cpu') return null;
  const kind = vectors ?? cpuVectors()[0];
  if (!kind) return null;
  return require(await ensureAddon(cpuModelRecipe(kind), cacheFolder(), tools())) as CpuModelAddon;
}

/**
 * Compiles the addon for every kind of vectors, so that an image made on one machine works on another without a compiler.
 *
 * @throws {AuditweaveError} it cannot be built.
 */
export async function ensureCpuModelAddons(sink?: ProgressSink): Promise<void> {
  await Promise.all(VECTORS.map((name) => ensureAddon(cpuModelRecipe(name), cacheFolder(), tools(sink))));
}

function tools(sink: ProgressSink = process.stderr): Tools {
  return { run: runProgram, env: process.env, sink };
}
