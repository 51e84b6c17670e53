import type { RandomStream } from '../random.js';

export interface CropOptions {
  /** Share of the batches whose windows are cropped, 0 to 1. */
  batches: number;
  /** W, lines of a whole window. */
  size: number;
  /** Lines left of a cropped one, 1 to W. */
  lines: number;
}

/** Windows of one length. */
export interface LengthBatch {
  /** First rows, shape [B]. */
  starts: Int32Array;
  lines: number;
}

/**
 * Cuts the windows of some batches to a run of their lines, each at an offset of its own [LEGUENNEC2016]: window m becomes rows
 * m + o … m + o + l − 1, with o drawn from 0 … W − l. So training also sees a line with less before or after it than its own windows
 * leave; where windows are short, that is where a model fails.
 *
 * Batch i (from 0) is cropped when ⌊(i + 1) · share⌋ > ⌊i · share⌋: at ½ every other one.
 *
 * @param order An epoch's batches, first rows of windows.
 * @returns As many batches, of as many windows.
 * @throws {RangeError} `lines` is not an integer from 1 to W, or the share not from 0 to 1.
 * @example cropBatches([starts], { batches: 1, size: 10, lines: 8 }, randomStream(7, 'crop/1')) // windows of 8 lines
 */
export function cropBatches(
  order: readonly Int32Array[],
  { batches, size, lines }: CropOptions,
  random: RandomStream,
): LengthBatch[] {
  if (!Number.isInteger(lines) || lines < 1 || lines > size)
    throw new RangeError(`windows: expected a crop of 1 to ${size} lines, got ${lines}.`);
  if (!(batches >= 0 && batches <= 1))
    throw new RangeError(`windows: expected a share of batches from 0 to 1, got ${batches}.`);
  return order.map((starts, i) => {
    if (Math.floor((i + 1) * batches) === Math.floor(i * batches)) return { starts, lines: size };
    return { starts: starts.map((start) => start + random.integer(size - lines + 1)), lines };
  });
}
