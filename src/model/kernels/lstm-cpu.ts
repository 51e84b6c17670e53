import type { CpuLstm } from '../../native/lstm.js';
import type { LstmGradients, LstmMemory, LstmOptions, LstmTrace } from './lstm.js';
import type { Native, Tensor1D, Tensor2D, Tensor3D } from './native.js';

/** `lstmForward` by the CPU's own kernel. */
export function cpuForward(
  native: Native,
  kernel: CpuLstm,
  x: Tensor3D,
  w: Tensor2D,
  b: Tensor1D,
  { reverse = false, memory = {} }: LstmOptions,
): LstmTrace {
  const [steps, batch, features] = x.shape;
  const units = b.shape[0] / 4;
  const rows = steps * batch;
  const saved = {
    shape: Int32Array.of(steps, batch, features, units, reverse ? 1 : 0),
    x: x.dataSync() as Float32Array,
    w: w.dataSync() as Float32Array,
    gates: reuse(memory, 'gates', rows * 4 * units),
    cells: reuse(memory, 'cells', rows * units),
    h: new Float32Array(rows * units),
  };
  const bias = b.dataSync() as Float32Array;
  kernel.forward(saved.shape, saved.x, saved.w, bias, saved.gates, saved.cells, saved.h);
  return { h: native.tf.tensor3d(saved.h, [steps, batch, units]), saved };
}

/** `lstmBackward` by the CPU's own kernel. A trace serves once: its gates are overwritten. */
export function cpuBackward(
  native: Native,
  kernel: CpuLstm,
  { shape, x, w, gates, cells, h }: CpuSaved,
  dh: Tensor3D,
  inputs: boolean,
): LstmGradients {
  const { tf } = native;
  const [steps, batch, features, units] = shape as unknown as [number, number, number, number];
  const dx = inputs ? new Float32Array(x.length) : null;
  const dw = new Float32Array(w.length);
  const db = new Float32Array(4 * units);
  kernel.backward(shape, x, w, gates, cells, h, dh.dataSync() as Float32Array, dx, dw, db);
  return {
    dx: dx && tf.tensor3d(dx, [steps, batch, features]),
    dw: tf.tensor2d(dw, [features + units, 4 * units]),
    db: tf.tensor1d(db),
  };
}

/** What the forward pass leaves to the backward one. */
export interface CpuSaved {
  shape: Int32Array;
  x: Float32Array;
  w: Float32Array;
  gates: Float32Array;
  cells: Float32Array;
  h: Float32Array;
}

/** New memory of megabytes at every step costs page faults. */
function reuse(memory: LstmMemory, name: keyof LstmMemory, length: number): Float32Array {
  const known = memory[name];
  if (known && known.length >= length) return known;
  const made = new Float32Array(length);
  memory[name] = made;
  return made;
}
