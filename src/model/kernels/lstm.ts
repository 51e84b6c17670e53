import type { Native, Tensor, Tensor1D, Tensor2D, Tensor3D } from './native.js';

/** What the backward pass needs of a forward one: the seven outputs of the kernel, `h` last. */
export interface LstmTrace {
  /** Hidden states of every step, shape [W, B, H]. */
  h: Tensor3D;
  /** Input gate, cell, forget gate, output gate, candidate, tanh of the cell: each [W, B, H]. */
  saved: Tensor[];
}

/**
 * One direction of an LSTM over a whole sequence, in one kernel.
 *
 *     z_t = [x_t, h_{t−1}] · w + b        gates in Keras's order i, f, c, o
 *     c_t = σ(z_f) ∘ c_{t−1} + σ(z_i) ∘ tanh(z_c)
 *     h_t = σ(z_o) ∘ tanh(c_t)                                     [HOCHREITER1997]
 *
 * @param x Inputs, time-major, shape [W, B, F].
 * @param w Input and recurrent weights one above the other, shape [F + H, 4H].
 * @param b Bias, shape [4H].
 * @returns Hidden states [W, B, H] and what `lstmBackward` needs.
 * @example const { h } = lstmForward(native, x, w, b);
 */
export function lstmForward(native: Native, x: Tensor3D, w: Tensor2D, b: Tensor1D): LstmTrace {
  const [steps, batch] = x.shape;
  const units = b.shape[0] / 4;
  const peephole = native.zeros(units);
  const start = native.zeros(batch, units);
  const [i, cell, f, o, candidate, tanhCell, h] = native.runMany(
    'BlockLSTMV2',
    [native.type('T', 'float32'), native.float('cell_clip', 0), native.bool('use_peephole', false)],
    [native.int64(steps), x, start, start, w, peephole, peephole, peephole, b],
    7,
  ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  return { h: h as Tensor3D, saved: [i, cell, f, o, candidate, tanhCell] };
}

/**
 * Gradients of `lstmForward`.
 *
 * @param dh Gradient of the loss by every hidden state, shape [W, B, H].
 * @returns Gradients by input [W, B, F], weights [F + H, 4H] and bias [4H].
 * @example const { dx, dw, db } = lstmBackward(native, x, w, b, trace, dh);
 */
export function lstmBackward(
  native: Native,
  x: Tensor3D,
  w: Tensor2D,
  b: Tensor1D,
  trace: LstmTrace,
  dh: Tensor3D,
): { dx: Tensor3D; dw: Tensor2D; db: Tensor1D } {
  const [steps, batch] = x.shape;
  const units = b.shape[0] / 4;
  const peephole = native.zeros(units);
  const start = native.zeros(batch, units);
  const dcell = native.zeros(steps, batch, units);
  const outputs = native.runMany(
    'BlockLSTMGradV2',
    [native.type('T', 'float32'), native.bool('use_peephole', false)],
    [
      native.int64(steps),
      x,
      start,
      start,
      w,
      peephole,
      peephole,
      peephole,
      b,
      ...trace.saved,
      trace.h,
      dcell,
      dh,
    ],
    8,
  ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  const [dx, dStart, dStartH, dw, dwci, dwcf, dwco, db] = outputs;
  for (const unused of [dStart, dStartH, dwci, dwcf, dwco]) unused.dispose();
  return { dx: dx as Tensor3D, dw: dw as Tensor2D, db: db as Tensor1D };
}
