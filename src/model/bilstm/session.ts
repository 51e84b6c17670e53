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
  const session: InferenceSession = await runtime.InferenceSession.create(model.onnx, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  });
  const { features } = model.config;
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
      return probabilities.data as Float32Array;
    },
    release: () => session.release(),
  };
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
