import type { RandomStream } from '../random.js';

export interface CropOptions {
  /** Share of the batches whose windows are cropped, 0 to 1. */
  batches: number;
  /** W, lines of a whole window. */
  size: number;
  /** Lines that a cropped one loses, 0 to W − 1. */
  cut: number;
}

/** Windows of one length. */
export interface LengthBatch {
  /** First rows, shape [B]. */
  starts: Int32Array;
  lines: number;
}

/**
 * Cuts lines off the windows of some batches, before and after, each at an offset of its own [LEGUENNEC2016]: window m becomes rows
 * m + o … m + o + W − c − 1, with o drawn from 0 … c. So training sees lines at the border of a window more often, and with less before
 * or after them than its windows leave; where windows are short, that is where a model fails.
 *
 * Batch i (from 0) is cropped when ⌊(i + 1) · share⌋ > ⌊i · share⌋: at ½ every other one.
 *
 * @param order An epoch's batches, first rows of windows.
 * @returns As many batches, of as many windows.
 * @throws {RangeError} `cut` is not an integer from 0 to W − 1, or the share not from 0 to 1.
 * @example cropBatches([starts], { batches: 1, size: 10, cut: 2 }, randomStream(7, 'crop/1')) // windows of 8 lines
 */
export function cropBatches(
  order: readonly Int32Array[],
  { batches, size, cut }: CropOptions,
  random: RandomStream,
): LengthBatch[] {
  if (!Number.isInteger(cut) || cut < 0 || cut >= size)
    throw new RangeError(`windows: expected a crop that cuts 0 to ${size - 1} lines, got ${cut}.`);
  if (!(batches >= 0 && batches <= 1))
    throw new RangeError(`windows: expected a share of batches from 0 to 1, got ${batches}.`);
  return order.map((starts, i) => {
    if (Math.floor((i + 1) * batches) === Math.floor(i * batches)) return { starts, lines: size };
    return { starts: starts.map((start) => start + random.integer(cut + 1)), lines: size - cut };
  });
}
