import type { WeightArray, Weights } from '../weights.js';
import type { BiLstmConfig } from './shape.js';

/** The model is cut in two: each shard holds one direction of both layers and its part of the heads. */
export const SHARDS = 2;

/** Names of a shard's trainable weights, in the order in which it keeps them. */
export const TRAINABLE = [
  'lstm1.w',
  'lstm1.b',
  'norm1.gamma',
  'norm1.beta',
  'lstm2.w',
  'lstm2.b',
  'dense.kernel',
  'dense.bias',
  'norm2.gamma',
  'norm2.beta',
] as const;
/** Names of a shard's moving statistics. */
export const MOVING = ['norm1.mean', 'norm1.variance', 'norm2.mean', 'norm2.variance'] as const;

export type ShardWeightName = (typeof TRAINABLE)[number] | (typeof MOVING)[number];
export type ShardWeights = Partial<Record<ShardWeightName, WeightArray>>;

/** First and last + 1 head of a shard: shard 0 has the larger half. */
export function headRange(config: BiLstmConfig, shard: number): [number, number] {
  const cut = Math.ceil(config.heads / SHARDS);
  return shard === 0 ? [0, cut] : [cut, config.heads];
}

/** Where each Keras weight lies in a shard: rows of a stacked matrix, or columns of a wide one. */
interface Place {
  keras: string;
  own: ShardWeightName;
  /** Which part of the Keras array belongs to the shard: all of it, or these columns. */
  columns?: [number, number];
  /** First row in the shard's own array, where two Keras kernels are stacked. */
  row?: number;
  rows?: number;
}

function places(config: BiLstmConfig, shard: number): Place[] {
  const direction = shard === 0 ? 'forward_lstm' : 'backward_lstm';
  const [first, last] = headRange(config, shard);
  const [hidden1, hidden2] = config.units;
  const heads: [number, number] = [first * config.classes, last * config.classes];
  const list: Place[] = [];
  for (const [layer, inputs, hidden] of [
    [1, config.features, hidden1],
    [2, 2 * hidden1, hidden2],
  ] as const) {
    const path = `${layer === 1 ? 'bidirectional' : 'bidirectional_1'}/${direction}`;
    list.push({ keras: `${path}/kernel`, own: `lstm${layer}.w`, row: 0, rows: inputs + hidden });
    list.push({
      keras: `${path}/recurrent_kernel`,
      own: `lstm${layer}.w`,
      row: inputs,
      rows: inputs + hidden,
    });
    list.push({ keras: `${path}/bias`, own: `lstm${layer}.b` });
  }
  for (const [path, norm, columns] of [
    ['batch_normalization', 'norm1', [shard * hidden1, (shard + 1) * hidden1]],
    ['batch_normalization_1', 'norm2', heads],
  ] as const)
    for (const [keras, own] of [
      ['gamma', 'gamma'],
      ['beta', 'beta'],
      ['moving_mean', 'mean'],
      ['moving_variance', 'variance'],
    ] as const)
      list.push({ keras: `${path}/${keras}`, own: `${norm}.${own}`, columns: [...columns] });
  list.push({ keras: 'time_distributed/kernel', own: 'dense.kernel', columns: heads });
  list.push({ keras: 'time_distributed/bias', own: 'dense.bias', columns: heads });
  return list;
}

/**
 * One shard's part of a model's weights. Names that `weights` lacks are left out, so that optimizer slots (trainable weights only)
 * are cut the same way.
 *
 * @example splitWeights(initialWeights(config, 7), config, 0)['dense.kernel'] // the first three heads
 */
export function splitWeights(weights: Weights, config: BiLstmConfig, shard: number): ShardWeights {
  const own: ShardWeights = {};
  for (const place of places(config, shard)) {
    const whole = weights[place.keras];
    if (!whole) continue;
    const width = whole.shape.at(-1)!;
    const rows = whole.data.length / width;
    const [from, to] = place.columns ?? [0, width];
    const shape = place.rows === undefined ? [...whole.shape.slice(0, -1), to - from] : [place.rows, width];
    own[place.own] ??= { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
    const target = own[place.own]!.data;
    for (let r = 0; r < rows; r++)
      target.set(whole.data.subarray(r * width + from, r * width + to), ((place.row ?? 0) + r) * (to - from));
  }
  return own;
}

/** The inverse of `splitWeights`: the Keras weights of all shards, in Keras's order given by `shapes`. */
export function mergeWeights(
  parts: readonly ShardWeights[],
  config: BiLstmConfig,
  shapes: Record<string, number[]>,
): Weights {
  const weights: Weights = {};
  for (const [name, shape] of Object.entries(shapes))
    weights[name] = { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
  parts.forEach((own, shard) => {
    for (const place of places(config, shard)) {
      const whole = weights[place.keras];
      const source = own[place.own];
      if (!whole || !source) continue;
      const width = whole.shape.at(-1)!;
      const rows = whole.data.length / width;
      const [from, to] = place.columns ?? [0, width];
      for (let r = 0; r < rows; r++) {
        const start = ((place.row ?? 0) + r) * (to - from);
        whole.data.set(source.data.subarray(start, start + to - from), r * width + from);
      }
    }
  });
  return weights;
}
