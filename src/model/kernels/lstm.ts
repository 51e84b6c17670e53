import type { Native, Tensor, Tensor1D, Tensor2D, Tensor3D } from './ops.js';

/** What the backward pass needs of a forward one. */
export interface LstmTrace {
  /** Hidden states of every step, shape [W, B, H]. */
  h: Tensor3D;
  /** h in the order of the steps, then input gate, cell, forget gate, output gate, candidate, tanh of the cell. */
  saved: Tensor[];
}

export interface LstmOptions {
  /** Reads the sequence from its end; inputs, states and gradients lie in memory in the order of the sequence all the same. */
  reverse?: boolean;
}

export interface LstmGradients {
  /** By the input, [W, B, F]; null when not wanted. */
  dx: Tensor3D | null;
  /** By the weights, [F + H, 4H]. */
  dw: Tensor2D;
  /** By the bias, [4H]. */
  db: Tensor1D;
}

/**
 * One direction of an LSTM over a whole sequence, in one kernel of TensorFlow's. `cpu/lstm.h` is its counterpart on a CPU.
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
export function lstmForward(
  native: Native,
  x: Tensor3D,
  w: Tensor2D,
  b: Tensor1D,
  { reverse = false }: LstmOptions = {},
): LstmTrace {
  const [steps, batch] = x.shape;
  const units = b.shape[0] / 4;
  const peephole = native.zeros(units);
  const start = native.zeros(batch, units);
  const turned = reverse ? native.reverse(x) : x;
  const [i, cell, f, o, candidate, tanhCell, h] = native.runMany(
    'BlockLSTMV2',
    [native.type('T', 'float32'), native.float('cell_clip', 0), native.bool('use_peephole', false)],
    [native.int64(steps), turned, start, start, w, peephole, peephole, peephole, b],
    7,
  ) as [Tensor3D, Tensor3D, Tensor3D, Tensor3D, Tensor3D, Tensor3D, Tensor3D];
  return { h: reverse ? native.reverse(h) : h, saved: [h, i, cell, f, o, candidate, tanhCell] };
}

/**
 * Gradients of `lstmForward`, called with the same weights and the same `reverse`.
 *
 * @param dh Gradient of the loss by every hidden state, shape [W, B, H].
 * @param options.inputs Whether the gradient by the input is wanted. Default true.
 * @example const { dx, dw, db } = lstmBackward(native, x, w, b, trace, dh);
 */
export function lstmBackward(
  native: Native,
  x: Tensor3D,
  w: Tensor2D,
  b: Tensor1D,
  { saved }: LstmTrace,
  dh: Tensor3D,
  { reverse = false, inputs = true }: { reverse?: boolean; inputs?: boolean } = {},
): LstmGradients {
  const [steps, batch] = x.shape;
  const units = b.shape[0] / 4;
  const peephole = native.zeros(units);
  const start = native.zeros(batch, units);
  const dcell = native.zeros(steps, batch, units);
  const turn = (tensor: Tensor3D): Tensor3D => (reverse ? native.reverse(tensor) : tensor);
  const [h, ...gates] = saved as [Tensor, ...Tensor[]];
  const outputs = native.runMany(
    'BlockLSTMGradV2',
    [native.type('T', 'float32'), native.bool('use_peephole', false)],
    [
      native.int64(steps),
      turn(x),
      start,
      start,
      w,
      peephole,
      peephole,
      peephole,
      b,
      ...gates,
      h,
      dcell,
      turn(dh),
    ],
    8,
  ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  const [dx, dStart, dStartH, dw, dwci, dwcf, dwco, db] = outputs;
  for (const unused of [dStart, dStartH, dwci, dwcf, dwco]) unused.dispose();
  return { dx: inputs ? turn(dx as Tensor3D) : null, dw: dw as Tensor2D, db: db as Tensor1D };
}
