import { randomStream } from '../../random.js';
import { batchOrder } from '../../windows/batches.js';
import { type CropOptions, cropBatches } from '../../windows/crop.js';
import type { Batch, Examples, ModelData, ModelSettings } from '../model.js';
import { cropOptions, windowFactors } from './sampling.js';

export interface WindowOrder {
  /** First rows of the training windows, shape [M]. */
  train: Int32Array;
  /** B, windows a step. */
  batchSize: number;
  /** How often each window is wanted in an epoch, relative to the others, shape [M]. Default: each once. */
  factors?: Float64Array;
  /** Cuts the windows of some batches shorter. Default: none. */
  crop?: CropOptions;
  /** Root seed; the order of batches draws from `order/<epoch>`, crops from `crop/<epoch>`. */
  seed: number;
}

/**
 * The batches of an epoch. Every epoch draws from streams of its own, so that a training that goes on takes the same ones.
 *
 * @example windowBatches({ train: Int32Array.of(0, 1, 2), batchSize: 2, seed: 7 }, 1).map(({ starts }) => starts.length) // [2, 1]
 */
export function windowBatches(
  { train, batchSize, factors, crop, seed }: WindowOrder,
  epoch: number,
): Batch[] {
  const order = batchOrder(train, {
    size: batchSize,
    ...(factors ? { factors } : {}),
    random: randomStream(seed, `order/${epoch}`),
  });
  return crop
    ? cropBatches(order, crop, randomStream(seed, `crop/${epoch}`))
    : order.map((starts) => ({ starts }));
}

/** Windows to learn from; of the test windows those that lie at least `evaluation.stride` lines after the one before. */
export function windowExamples(
  data: Pick<ModelData, 'split' | 'codes'>,
  settings: Pick<ModelSettings, 'seed' | 'window' | 'training' | 'evaluation'>,
): Examples {
  const { seed, window, training, evaluation } = settings;
  const { train, validation, test } = data.split;
  const factors = windowFactors(settings, data);
  const crop = cropOptions(training, window.size);
  const order: WindowOrder = {
    train,
    batchSize: training.batchSize,
    seed,
    ...(factors ? { factors } : {}),
    ...(crop ? { crop } : {}),
  };
  let next = 0;
  return {
    size: window.size,
    count: train.length,
    steps: Math.ceil(train.length / training.batchSize),
    batches: (epoch) => windowBatches(order, epoch),
    validation,
    test: test.filter((start) => {
      if (start < next) return false;
      next = start + evaluation.stride;
      return true;
    }),
  };
}
