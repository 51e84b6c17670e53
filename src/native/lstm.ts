import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { tensorFlowInfo } from './load.js';

/**
 * The addon made of `lstm.cc`: one direction of an LSTM over a whole sequence. Shapes are five integers: W, B, F, H, and 1 for a
 * sequence that is read from its end. Arrays lie as in `model/kernels/lstm.ts`.
 */
export interface CpuLstm {
  forward(
    shape: Int32Array,
    x: Float32Array,
    w: Float32Array,
    b: Float32Array,
    gates: Float32Array,
    cells: Float32Array,
    h: Float32Array,
  ): void;
  /** Overwrites `gates`. */
  backward(
    shape: Int32Array,
    x: Float32Array,
    w: Float32Array,
    gates: Float32Array,
    cells: Float32Array,
    h: Float32Array,
    dh: Float32Array,
    dx: Float32Array | null,
    dw: Float32Array,
    db: Float32Array,
  ): void;
}

const require = createRequire(import.meta.url);

/**
 * The kernel for this machine's CPU, or null where TensorFlow computes on a GPU or the CPU lacks AVX2 and FMA.
 *
 * @throws {AuditweaveError} TensorFlow is not loaded.
 * @example const kernel = cpuLstm();
 */
export function cpuLstm(): CpuLstm | null {
  const { device, binding } = tensorFlowInfo();
  if (device !== 'cpu') return null;
  const addon = (name: string): unknown => require(join(dirname(binding), name));
  const { vectors } = addon('environment.node') as { vectors: boolean };
  return vectors ? (addon('lstm.node') as CpuLstm) : null;
}
