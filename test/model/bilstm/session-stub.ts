import type { Session } from '../../../src/model/bilstm/session.js';
import { biLstmConfig } from '../../../src/model/bilstm/shape.js';

/** Classes and parts of the stub. */
export const CLASSES = 4;
export const PARTS = 5;

/** A session without a network: `predict` gives the class of every part of a line from its window. */
export function stubSession(
  window: number,
  predict: (rows: readonly number[], at: number, part: number) => { class: number; probability: number },
): Session & { shapes: [number, number][] } {
  const config = biLstmConfig({ window, features: 1, classes: CLASSES });
  const shapes: [number, number][] = [];
  const release = async (): Promise<void> => {};
  const model = {
    dir: '',
    config: {
      ...config,
      columns: ['verb'],
      lines: 'completed' as const,
      filter: 'paper' as const,
      epsilon: 1e-3,
    },
    labels: { partIds: [0, 1, 2, 3] },
    encoder: null,
    card: '',
    weights: {},
    onnx: new Uint8Array(),
  };
  return {
    model,
    shapes,
    release,
    async probabilities(x, batch) {
      const size = x.length / batch;
      shapes.push([size, batch]);
      const out = new Float32Array(size * batch * PARTS * CLASSES);
      for (let b = 0; b < batch; b++) {
        const rows = Array.from({ length: size }, (_, t) => x[t * batch + b]!);
        for (let t = 0; t < size; t++)
          for (let part = 0; part < PARTS; part++) {
            const { class: best, probability } = predict(rows, t, part);
            const from = ((t * batch + b) * PARTS + part) * CLASSES;
            out.fill((1 - probability) / (CLASSES - 1), from, from + CLASSES);
            out[from + best] = probability;
          }
      }
      return out;
    },
  };
}

/** The code of five parts. */
export const codeOf = (parts: readonly number[]): number => parts.reduce((code, k) => code * CLASSES + k, 0);
