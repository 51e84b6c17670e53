import type { BiLstmConfig } from '../../../src/model/bilstm/shape.js';
import type { Weights } from '../../../src/model/weights.js';
import { type RandomStream, randomStream } from '../../../src/random.js';

/** Weights in which nothing is zero or one, so that no term of the equations can be left out unseen. */
export function roughWeights(shapes: Record<string, number[]>, seed: number): Weights {
  const weights: Weights = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const random: RandomStream = randomStream(seed, name);
    const positive = name.endsWith('moving_variance') || name.endsWith('gamma');
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
      positive ? 0.5 + random.next() : 2 * random.next() - 1,
    );
    weights[name] = { shape, data };
  }
  return weights;
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/** The model in plain loops and double precision: x of shape [W, B, F] → probabilities of shape [W, B, L, K]. */
export function plainForward(
  weights: Weights,
  { features, heads, classes, units }: BiLstmConfig,
  x: ArrayLike<number>,
  batch: number,
): Float64Array {
  const at = (name: string): Float32Array => weights[name]!.data;
  const steps = x.length / batch / features;
  const lstm = (input: ArrayLike<number>, inputs: number, hidden: number, path: string): Float64Array => {
    const out = new Float64Array(steps * batch * 2 * hidden);
    ['forward_lstm', 'backward_lstm'].forEach((direction, d) => {
      const kernel = at(`${path}/${direction}/kernel`);
      const recurrent = at(`${path}/${direction}/recurrent_kernel`);
      const bias = at(`${path}/${direction}/bias`);
      for (let b = 0; b < batch; b++) {
        let h = new Float64Array(hidden);
        const cell = new Float64Array(hidden);
        for (let s = 0; s < steps; s++) {
          const t = d === 0 ? s : steps - 1 - s;
          const z = Float64Array.from(bias);
          for (let c = 0; c < 4 * hidden; c++) {
            for (let i = 0; i < inputs; i++)
              z[c]! += input[(t * batch + b) * inputs + i]! * kernel[i * 4 * hidden + c]!;
            for (let j = 0; j < hidden; j++) z[c]! += h[j]! * recurrent[j * 4 * hidden + c]!;
          }
          h = h.map((_, j) => {
            const [i, f, candidate, o] = [0, 1, 2, 3].map((gate) => z[gate * hidden + j]!) as [
              number,
              number,
              number,
              number,
            ];
            cell[j] = sigmoid(f) * cell[j]! + sigmoid(i) * Math.tanh(candidate);
            return sigmoid(o) * Math.tanh(cell[j]!);
          });
          out.set(h, (t * batch + b) * 2 * hidden + d * hidden);
        }
      }
    });
    return out;
  };
  const norm = (input: Float64Array, path: string): Float64Array => {
    const channels = at(`${path}/gamma`).length;
    return input.map((value, i) => {
      const c = i % channels;
      const deviation = Math.sqrt(at(`${path}/moving_variance`)[c]! + 1e-3);
      return (
        (at(`${path}/gamma`)[c]! * (value - at(`${path}/moving_mean`)[c]!)) / deviation +
        at(`${path}/beta`)[c]!
      );
    });
  };
  const first = norm(lstm(x, features, units[0], 'bidirectional'), 'batch_normalization');
  const second = lstm(first, 2 * units[0], units[1], 'bidirectional_1');
  const outputs = heads * classes;
  const dense = new Float64Array(steps * batch * outputs);
  for (let row = 0; row < steps * batch; row++)
    for (let c = 0; c < outputs; c++) {
      let sum = at('time_distributed/bias')[c]!;
      for (let i = 0; i < 2 * units[1]; i++)
        sum += second[row * 2 * units[1] + i]! * at('time_distributed/kernel')[i * outputs + c]!;
      dense[row * outputs + c] = Math.max(0, sum);
    }
  const logits = norm(dense, 'batch_normalization_1');
  for (let from = 0; from < logits.length; from += classes) {
    const head = logits.subarray(from, from + classes);
    const exponentials = head.map((v) => Math.exp(v));
    const total = exponentials.reduce((a, b) => a + b, 0);
    head.set(exponentials.map((v) => v / total));
  }
  return logits;
}

/** Largest absolute difference of two arrays. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
