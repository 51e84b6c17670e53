import { AuditweaveError } from '../../errors.js';
import { randomStream } from '../../random.js';
import { glorotUniform, orthogonal } from '../initializers.js';
import type { Weights } from '../weights.js';

/** The shape of the paper's model. Shape letters as in the README. */
export interface BiLstmConfig {
  model: 'bilstm';
  /** W, lines a window. The weights do not depend on it. */
  window: number;
  /** F, features a line. */
  features: number;
  /** L, label parts predicted for each line. */
  heads: number;
  /** K, values a label part can take. */
  classes: number;
  /** Units of the two layers, each direction. */
  units: [number, number];
  /** Share of the second layer's outputs dropped in training. */
  dropout: number;
}

/**
 * The paper's model for F features and K classes.
 *
 *     (W, F) → BiLSTM(4F) → BatchNorm → BiLSTM(3F) → Dropout → Dense(L·K, ReLU) → BatchNorm → (W, L, K) → softmax
 *
 * [K8NTEXT, §5.8.2 and Table 4]
 *
 * @param options.units Units of the two layers. Default [4F, 3F].
 * @param options.heads L. Default 5.
 * @param options.dropout Default 0.4.
 * @throws {AuditweaveError} A size is not a positive integer, or dropout is outside [0, 1).
 * @example biLstmConfig({ window: 60, features: 39, classes: 59 })
 */
export function biLstmConfig(options: {
  window: number;
  features: number;
  classes: number;
  heads?: number;
  units?: [number, number];
  dropout?: number;
}): BiLstmConfig {
  const { window, features, classes, heads = 5, dropout = 0.4 } = options;
  const units = options.units ?? [4 * features, 3 * features];
  for (const [name, size] of Object.entries({
    window,
    features,
    classes,
    heads,
    units0: units[0],
    units1: units[1],
  }))
    if (!Number.isInteger(size) || size < 1)
      throw new AuditweaveError(`model: expected ${name} to be a positive integer, got ${size}.`);
  if (!(dropout >= 0 && dropout < 1))
    throw new AuditweaveError(`model: expected dropout to be in [0, 1), got ${dropout}.`);
  return { model: 'bilstm', window, features, heads, classes, units, dropout };
}

/**
 * Most numbers that the arrays of one window may have, and most products: what a prediction may take before it can be stopped. Work is
 * bounded and not time, for the graph is checked to be that of these shapes, a busy machine is no fault of a model, and the runtime cannot
 * end a prediction that has begun.
 */
export const MOST_WINDOW = { numbers: 2 ** 26, products: 2 ** 34 } as const;
/** The same of windows that are predicted at once. */
const MOST_BATCH = { numbers: 2 ** 25, products: 2 ** 32 } as const;

/**
 * What one window costs: numbers of its largest arrays, and products of numbers.
 *
 *     numbers = W · (L·K + 8·(U₁ + U₂)) · products = W · weights
 */
export function windowCost(config: BiLstmConfig): { numbers: number; products: number } {
  const { window, heads, classes, units } = config;
  return {
    numbers: window * (heads * classes + 8 * (units[0] + units[1])),
    products: window * parameterCount(config),
  };
}

/** The most windows to predict at once, so that one prediction is bounded in memory and time. */
export function mostWindows(config: BiLstmConfig): number {
  const { numbers, products } = windowCost(config);
  return Math.max(1, Math.floor(Math.min(MOST_BATCH.numbers / numbers, MOST_BATCH.products / products)));
}

/** Shape of every weight, trainable and moving statistics, in Keras's order. */
export function weightShapes(config: BiLstmConfig): Record<string, number[]> {
  const { features, heads, classes, units } = config;
  const shapes: Record<string, number[]> = {};
  const bidirectional = (name: string, inputs: number, hidden: number): void => {
    for (const direction of ['forward', 'backward']) {
      shapes[`${name}/${direction}_lstm/kernel`] = [inputs, 4 * hidden];
      shapes[`${name}/${direction}_lstm/recurrent_kernel`] = [hidden, 4 * hidden];
      shapes[`${name}/${direction}_lstm/bias`] = [4 * hidden];
    }
  };
  const batchNorm = (name: string, channels: number): void => {
    for (const part of ['gamma', 'beta', 'moving_mean', 'moving_variance'])
      shapes[`${name}/${part}`] = [channels];
  };
  bidirectional('bidirectional', features, units[0]);
  batchNorm('batch_normalization', 2 * units[0]);
  bidirectional('bidirectional_1', 2 * units[0], units[1]);
  shapes['time_distributed/kernel'] = [2 * units[1], heads * classes];
  shapes['time_distributed/bias'] = [heads * classes];
  batchNorm('batch_normalization_1', heads * classes);
  return shapes;
}

/** Number of trainable weights. @example parameterCount(biLstmConfig({ window: 60, features: 39, classes: 59 })) // 717627 */
export function parameterCount(config: BiLstmConfig): number {
  return Object.entries(weightShapes(config))
    .filter(([name]) => !name.includes('/moving_'))
    .reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/**
 * Keras's default initial weights: Glorot uniform kernels, orthogonal recurrent kernels, zero biases with the forget gate's at
 * one, γ = 1, β = 0, moving mean 0 and variance 1.
 *
 * @param seed Root seed; each weight draws from its own stream `init/<name>`.
 * @example initialWeights(config, 7)
 */
export function initialWeights(config: BiLstmConfig, seed: number): Weights {
  const weights: Weights = {};
  for (const [name, shape] of Object.entries(weightShapes(config))) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const random = randomStream(seed, `init/${name}`);
    if (name.endsWith('recurrent_kernel')) orthogonal(data, shape[0]!, shape[1]!, random);
    else if (name.endsWith('kernel')) glorotUniform(data, shape[0]!, shape[1]!, random);
    else if (name.endsWith('lstm/bias')) data.fill(1, data.length / 4, data.length / 2);
    else if (name.endsWith('gamma') || name.endsWith('moving_variance')) data.fill(1);
    weights[name] = { shape, data };
  }
  return weights;
}
