import { describe, expect, it } from 'vitest';
import { exportOnnx } from '../../../src/model/bilstm/export.js';
import { headRange, splitWeights } from '../../../src/model/bilstm/layout.js';
import { biLstmConfig, initialWeights, weightShapes } from '../../../src/model/bilstm/shape.js';
import { Shard } from '../../../src/model/bilstm/shard.js';
import { infer } from '../../../src/model/bilstm/step.js';
import { Native } from '../../../src/model/kernels/ops.js';
import { loadRuntime } from '../../../src/model/onnx-runtime.js';
import { loadTensorFlow } from '../../../src/native/load.js';
import { integers } from '../cases.js';
import { largestDifference, roughWeights } from './forward.js';

const { InferenceSession, Tensor } = await loadRuntime();

describe('the exported model', () => {
  it.each([
    ['of the paper, as initialized', biLstmConfig({ window: 60, features: 39, classes: 59 }), false],
    ['of another shape, with rough weights', biLstmConfig({ window: 9, features: 4, classes: 7 }), true],
  ])(
    'gives the training model’s probabilities within 1e-5 and the same labels: %s',
    async (_, config, rough) => {
      const { window, features, heads, classes } = config;
      const size = 4;
      const native = new Native(await loadTensorFlow({ device: 'cpu' }));
      const weights = rough ? roughWeights(weightShapes(config), 7) : initialWeights(config, 7);
      const x = Float32Array.from(integers(window * size * features, 'encoded lines', 12));
      const shards = [0, 1].map((i) => new Shard(native, config, i, splitWeights(weights, config, i)));
      const batch = { x, size };
      const trained = infer(native, shards, batch, { window, features, heads });

      const session = await InferenceSession.create(exportOnnx(weights, config, { version: '0.1.0' }));
      const feeds = { x: new Tensor('float32', x, [window, size, features]) };
      const exported = (await session.run(feeds)).probabilities!.data as Float32Array;
      trained.probabilities.forEach((probabilities, shard) => {
        const [first, last] = headRange(config, shard);
        const width = (last - first) * classes;
        const own = new Float32Array(window * size * width);
        for (let row = 0; row < window * size; row++) {
          const from = (row * heads + first) * classes;
          own.set(exported.subarray(from, from + width), row * width);
        }
        expect(largestDifference(own, probabilities.dataSync())).toBeLessThan(1e-5);
        const labels = Array.from({ length: own.length / classes }, (_row, i) => {
          const parts = own.subarray(i * classes, (i + 1) * classes);
          return parts.indexOf(Math.max(...parts));
        });
        expect(labels).toEqual(Array.from(trained.classes[shard]!));
      });
      await session.release();
    },
  );
});
