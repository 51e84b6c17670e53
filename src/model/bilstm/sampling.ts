import { AuditweaveError } from '../../errors.js';
import type { CropOptions } from '../../windows/crop.js';
import { repeatFactors } from '../../windows/sampling.js';
import { classCounts, classWeights } from '../../windows/weights.js';
import type { ModelData, ModelSettings, TrainingSettings } from '../model.js';

/** The weight of each line's class over the training windows, shape [N]; lines of classes that are in none have no part in training. */
export function lineWeights(
  { training, window }: Pick<ModelSettings, 'training' | 'window'>,
  { split, codes }: Pick<ModelData, 'split' | 'codes'>,
): Float32Array | undefined {
  if (training.classWeight === 'none') return undefined;
  const weights = classWeights(classCounts(split.train, window.size, codes));
  return Float32Array.from(codes, (code) => weights.get(code) ?? 1);
}

/** How often each training window is wanted, shape [M]; nothing when each is once. */
export function windowFactors(
  { training, window }: Pick<ModelSettings, 'training' | 'window'>,
  { split, codes }: Pick<ModelData, 'split' | 'codes'>,
): Float64Array | undefined {
  if (training.sampling === 'uniform') return undefined;
  return repeatFactors(split.train, { size: window.size, classes: codes, ...training.repeatFactor });
}

/**
 * How windows are cropped in training; nothing when none is.
 *
 * @throws {AuditweaveError} Nothing would be left of them.
 */
export function cropOptions({ crop }: Pick<TrainingSettings, 'crop'>, size: number): CropOptions | undefined {
  if (crop.batches === 0) return undefined;
  if (crop.cut >= size)
    throw new AuditweaveError(
      `studies: expected training.crop.cut to be less than window.size ${size}, got ${crop.cut}.`,
      { hint: 'Cut fewer lines, or set training.crop.batches to 0.' },
    );
  return { ...crop, size };
}
