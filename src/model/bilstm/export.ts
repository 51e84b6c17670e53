import { MismatchError } from '../../errors.js';
import { BATCH_NORM_EPSILON } from '../kernels/batch-norm.js';
import { OnnxGraph } from '../onnx.js';
import type { WeightArray, Weights } from '../weights.js';
import { type BiLstmConfig, weightShapes } from './shape.js';

export interface ExportOptions {
  /** Version of auditweave, kept as the producer's. */
  version: string;
  /** Texts kept in the model, as in `{ dataset: 'sha256:…' }`. */
  metadata?: Record<string, string>;
  /** ε of both batch normalizations. Default 0.001. */
  epsilon?: number;
}

/**
 * Writes a trained model as ONNX (opset 17), for any runtime.
 *
 *     x → LSTM ↔ → ∘ s₁ + t₁ → LSTM ↔ → · kernel + bias → ReLU → ∘ s₂ + t₂ → [W, B, L, K] → softmax over K
 *
 * where each batch normalization is folded into s = γ / √(σ² + ε) and t = β − μ · s. Dropout is left out, as always when
 * predicting. Keras keeps an LSTM's gates in the order i, f, c, o; ONNX in i, o, f, c [ONNX].
 *
 * @param weights Every weight by its Keras path.
 * @returns The file's bytes. Input `x` of shape [W, B, F], output `probabilities` of shape [W, B, L, K]; W and B are free.
 * @throws {MismatchError} A weight is missing, of another shape, or not finite.
 * @example await writeFile('model.onnx', exportOnnx(weights, config, { version: '0.1.0' }));
 */
export function exportOnnx(weights: Weights, config: BiLstmConfig, options: ExportOptions): Uint8Array {
  checkWeights(weights, config);
  const { features, heads, classes, units, window } = config;
  const epsilon = options.epsilon ?? BATCH_NORM_EPSILON;
  const graph = new OnnxGraph('bilstm');
  graph.input('x', ['W', 'B', features], 'Encoded audit lines: W lines a window, B windows, F features.');
  let y = bidirectional(graph, 'x', weights, 'bidirectional', features, units[0]);
  y = batchNormalization(graph, y, weights, 'batch_normalization', epsilon);
  y = bidirectional(graph, y, weights, 'bidirectional_1', 2 * units[0], units[1]);
  const outputs = heads * classes;
  const kernel = graph.constant(
    'time_distributed/kernel',
    [2 * units[1], outputs],
    weights['time_distributed/kernel']!.data,
  );
  const bias = graph.constant('time_distributed/bias', [outputs], weights['time_distributed/bias']!.data);
  y = graph.node('MatMul', 'time_distributed/product', [y, kernel]);
  y = graph.node('Add', 'time_distributed/sum', [y, bias]);
  y = graph.node('Relu', 'time_distributed', [y]);
  y = batchNormalization(graph, y, weights, 'batch_normalization_1', epsilon);
  const shape = graph.constant('heads/shape', [4], [0, 0, heads, classes]);
  y = graph.node('Reshape', 'heads', [y, shape]);
  y = graph.node('Softmax', 'probabilities', [y], { axis: -1 });
  graph.output(y, ['W', 'B', heads, classes], 'Probability of each value of each label part of each line.');
  return graph.encode({
    producerVersion: options.version,
    docString: `Labels each line of a Kubernetes audit log with the action that caused it. Trained on windows of ${window} lines.`,
    metadata: options.metadata ?? {},
  });
}

/** Two directions of an LSTM in one node, and their outputs side by side: [W, B, 2H]. */
function bidirectional(
  graph: OnnxGraph,
  x: string,
  weights: Weights,
  path: string,
  inputs: number,
  hidden: number,
): string {
  const stacked = (part: string, length: number, write: (from: WeightArray, to: Float32Array) => void) => {
    const data = new Float32Array(2 * length);
    ['forward_lstm', 'backward_lstm'].forEach((direction, d) => {
      write(weights[`${path}/${direction}/${part}`]!, data.subarray(d * length, (d + 1) * length));
    });
    return data;
  };
  const kernel = stacked('kernel', 4 * hidden * inputs, (w, to) =>
    transposeGates(w.data, to, inputs, hidden),
  );
  const recurrent = stacked('recurrent_kernel', 4 * hidden * hidden, (w, to) =>
    transposeGates(w.data, to, hidden, hidden),
  );
  const bias = stacked('bias', 8 * hidden, (w, to) => transposeGates(w.data, to, 1, hidden));
  const states = graph.node(
    'LSTM',
    `${path}/lstm`,
    [
      x,
      graph.constant(`${path}/lstm/kernel`, [2, 4 * hidden, inputs], kernel),
      graph.constant(`${path}/lstm/recurrent_kernel`, [2, 4 * hidden, hidden], recurrent),
      graph.constant(`${path}/lstm/bias`, [2, 8 * hidden], bias),
    ],
    { hidden_size: hidden, direction: 'bidirectional' },
    'Forward and backward direction; gates in the order i, o, f, c.',
  );
  const turned = graph.node('Transpose', `${path}/transpose`, [states], { perm: [0, 2, 1, 3] });
  const shape = graph.constant(`${path}/shape`, [3], [0, 0, 2 * hidden]);
  return graph.node('Reshape', path, [turned, shape]);
}

/** [inputs, 4H] with gates i, f, c, o → [4H, inputs] with gates i, o, f, c. */
function transposeGates(from: Float32Array, to: Float32Array, inputs: number, hidden: number): void {
  const order = [0, 3, 1, 2];
  order.forEach((gate, position) => {
    for (let h = 0; h < hidden; h++)
      for (let i = 0; i < inputs; i++)
        to[(position * hidden + h) * inputs + i] = from[i * 4 * hidden + gate * hidden + h]!;
  });
}

function batchNormalization(
  graph: OnnxGraph,
  x: string,
  weights: Weights,
  path: string,
  epsilon: number,
): string {
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
    (part) => weights[`${path}/${part}`]!.data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + epsilon));
  const offset = Float32Array.from(scale, (s, c) => beta[c]! - mean[c]! * s);
  const scaled = graph.node('Mul', `${path}/scaled`, [
    x,
    graph.constant(`${path}/scale`, [gamma.length], Float32Array.from(scale)),
  ]);
  return graph.node('Add', path, [scaled, graph.constant(`${path}/offset`, [gamma.length], offset)]);
}

/**
 * Checks that `weights` are all those of the model and nothing else.
 *
 * @param file Named in errors.
 * @throws {MismatchError} A weight is missing, unknown, of another shape, or not finite.
 */
export function checkWeights(weights: Weights, config: BiLstmConfig, file?: string): void {
  const check = (holds: boolean, expected: string, got: string): void => {
    const place = file === undefined ? {} : { file };
    if (!holds) throw new MismatchError({ folder: 'model', expected, got, ...place });
  };
  const shapes = weightShapes(config);
  for (const [name, shape] of Object.entries(shapes)) {
    const { shape: own, data } = weights[name] ?? {};
    const got = own ? `shape [${own}]` : 'none';
    check(own?.join() === shape.join(), `weight ${name} of shape [${shape}]`, got);
    const wrong = data!.findIndex((value) => !Number.isFinite(value));
    check(wrong < 0, `weight ${name} to be finite`, `${data![wrong]} at ${wrong}`);
  }
  const unknown = Object.keys(weights).find((name) => !Object.hasOwn(shapes, name));
  check(unknown === undefined, `weights of a ${config.model} model only`, `“${unknown}”`);
}
