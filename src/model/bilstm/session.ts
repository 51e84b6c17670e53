import { join } from 'node:path';
import { MismatchError } from '../../errors.js';
import { AGAIN } from '../folder.js';
import { type InferenceSession, loadRuntime, type Tensor } from '../onnx-runtime.js';
import { type ModelFolder, readModelFolder } from './folder.js';

/** A trained model, ready to predict without TensorFlow. */
export interface Session {
  readonly model: ModelFolder;
  /**
   * Predicts the label parts of every line of B windows.
   *
   * @param x Encoded lines, time-major, shape [W, B, F]; W is free.
   * @param batch B.
   * @returns Probabilities, shape [W, B, L, K].
   */
  probabilities(x: Float32Array, batch: number): Promise<Float32Array>;
  /** Frees the model's memory. */
  release(): Promise<void>;
}

/**
 * Opens a model for labelling, on onnxruntime's CPU kernels.
 *
 * @param dir A model folder, a run, or the folder of the runs of one `train`.
 * @param options.threads Threads a prediction may use. Default: one a core.
 * @throws {AuditweaveError} There is no model, it was changed, or the runtime cannot load it.
 * @example
 * const session = await createSession('results/a');
 * const p = await session.probabilities(x, 1);
 */
export async function createSession(dir: string, { threads }: { threads?: number } = {}): Promise<Session> {
  const model = await readModelFolder(dir);
  const runtime = await loadRuntime();
  const file = join(model.dir, 'model.onnx');
  const session: InferenceSession = await runtime.InferenceSession.create(model.onnx, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  }).catch((error: Error) => refuse(file, 'a graph that onnxruntime loads', error.message));
  const { features, heads, classes } = model.config;
  return {
    model,
    async probabilities(x, batch) {
      const window = x.length / batch / features;
      if (!Number.isInteger(window) || window < 1)
        throw new RangeError(
          `model: expected x of shape [W, ${batch}, ${features}], got ${x.length} values.`,
        );
      const feeds = { x: new runtime.Tensor('float32', x, [window, batch, features]) };
      const { probabilities } = (await session.run(feeds)) as { probabilities: Tensor };
      return checkProbabilities(probabilities, [window, batch, heads, classes], file);
    },
    release: () => session.release(),
  };
}

/** A probability of one, and what rounding may add. */
const MOST = 1 + 1e-6;

/**
 * Checks that a model gives probabilities of the shape that its config tells. Weights that are finite may still give sums that are not.
 *
 * @throws {MismatchError} They have another shape, or one is not in [0, 1].
 */
export function checkProbabilities(
  { data, dims }: Pick<Tensor, 'data' | 'dims'>,
  shape: readonly number[],
  file: string,
): Float32Array {
  if (!(data instanceof Float32Array) || dims.join() !== shape.join())
    return refuse(file, `probabilities of shape [${shape}]`, `[${dims}]`);
  for (let i = 0; i < data.length; i++)
    if (!(data[i]! >= 0 && data[i]! <= MOST)) refuse(file, 'probabilities in [0, 1]', `${data[i]}`);
  return data;
}

function refuse(file: string, expected: string, got: string): never {
  throw new MismatchError({ folder: 'model', file, expected, got }, { hint: AGAIN });
}

/**
 * The likeliest class of every part: the first one on a tie.
 *
 * @param probabilities Shape [R, K].
 * @param classes K.
 * @returns Class indices, shape [R].
 * @example likeliest(Float32Array.of(0.1, 0.9, 0.5, 0.5), 2) // Int32Array [1, 0]
 */
export function likeliest(probabilities: Float32Array, classes: number): Int32Array {
  const best = new Int32Array(probabilities.length / classes);
  for (let row = 0, from = 0; row < best.length; row++, from += classes) {
    let most = probabilities[from]!;
    let at = 0;
    for (let k = 1; k < classes; k++) {
      const probability = probabilities[from + k]!;
      if (probability > most) {
        most = probability;
        at = k;
      }
    }
    best[row] = at;
  }
  return best;
}
