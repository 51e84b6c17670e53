import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportOnnx } from '../../src/model/bilstm/export.js';
import { biLstmConfig, weightShapes } from '../../src/model/bilstm/shape.js';
import { loadRuntime } from '../../src/model/onnx-runtime.js';
import type { Weights } from '../../src/model/weights.js';
import { randomStream } from '../../src/random.js';
import { largestDifference, plainForward, roughWeights } from './bilstm/forward.js';

const { InferenceSession, Tensor } = await loadRuntime();

const small = biLstmConfig({ window: 5, features: 3, classes: 4, units: [5, 2] });
const weights = roughWeights(weightShapes(small), 7);
const version = '0.1.0';

/** Encoded lines: ids as the encoder gives them. */
function rows(length: number, seed: number): Float32Array {
  const random = randomStream(seed, 'rows');
  return Float32Array.from({ length }, () => random.integer(5));
}

describe('the model exported as ONNX', () => {
  it('gives the probabilities of the equations in plain loops, for any size', async () => {
    const size = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ window: size, batch: size, features: size, classes: size, hidden1: size, hidden2: size }),
        fc.nat(),
        async ({ window, batch, features, classes, hidden1, hidden2 }, seed) => {
          const config = biLstmConfig({ window, features, classes, units: [hidden1, hidden2] });
          const own = roughWeights(weightShapes(config), seed);
          const x = rows(window * batch * features, seed);
          const session = await InferenceSession.create(exportOnnx(own, config, { version }));
          const { probabilities } = await session.run({
            x: new Tensor('float32', x, [window, batch, features]),
          });
          expect(probabilities!.dims).toEqual([window, batch, 5, classes]);
          const expected = plainForward(own, config, x, batch);
          expect(largestDifference(probabilities!.data as Float32Array, expected)).toBeLessThan(1e-5);
          await session.release();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('takes windows of another length and number than it was trained on', async () => {
    const session = await InferenceSession.create(exportOnnx(weights, small, { version }));
    for (const [window, batch] of [
      [1, 1],
      [9, 2],
    ] as const) {
      const x = rows(window * batch * 3, 1);
      const { probabilities } = await session.run({ x: new Tensor('float32', x, [window, batch, 3]) });
      const expected = plainForward(weights, small, x, batch);
      expect(largestDifference(probabilities!.data as Float32Array, expected)).toBeLessThan(1e-5);
    }
    await session.release();
  });

  it('says what it takes, what it gives and where it came from', async () => {
    const bytes = exportOnnx(weights, small, { version, metadata: { dataset: 'sha256:0123' } });
    const session = await InferenceSession.create(bytes);
    expect(session.inputMetadata).toMatchObject([{ name: 'x', type: 'float32', shape: ['W', 'B', 3] }]);
    expect(session.outputMetadata).toMatchObject([{ name: 'probabilities', shape: ['W', 'B', 5, 4] }]);
    const text = Buffer.from(bytes).toString('latin1');
    for (const part of ['auditweave', version, 'dataset', 'sha256:0123', 'time_distributed/kernel'])
      expect(text).toContain(part);
    await session.release();
  });

  it('is the same bytes every time', () => {
    const bytes = exportOnnx(weights, small, { version, metadata: { a: 'b' } });
    expect(Buffer.from(exportOnnx(weights, small, { version, metadata: { a: 'b' } })).equals(bytes)).toBe(
      true,
    );
  });

  it.each<[string, Weights, string]>([
    [
      'a missing weight',
      (({ 'time_distributed/bias': _, ...rest }) => rest)(weights),
      'expected weight time_distributed/bias of shape [20], got none.',
    ],
    [
      'another shape',
      { ...weights, 'time_distributed/bias': { shape: [2], data: new Float32Array(2) } },
      'expected weight time_distributed/bias of shape [20], got shape [2].',
    ],
    [
      'a weight that is no number',
      { ...weights, 'time_distributed/bias': { shape: [20], data: new Float32Array(20).fill(Number.NaN) } },
      'expected weight time_distributed/bias to be finite, got NaN at 0.',
    ],
    [
      'an unknown weight',
      { ...weights, dense: { shape: [1], data: new Float32Array(1) } },
      'expected weights of a bilstm model only, got “dense”.',
    ],
  ])('is not made of %s', (_, broken, message) => {
    expect(() => exportOnnx(broken, small, { version })).toThrow(`model: ${message}`);
  });
});
