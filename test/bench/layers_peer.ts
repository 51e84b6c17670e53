// The same model in tfjs's own layers, which loop over the steps of a sequence: tsx layers_peer.ts train BATCH STEPS → one line of JSON.
import { readFileSync } from 'node:fs';
import { loadTensorFlow } from '../../src/native/load.js';

const [batch, steps] = process.argv.slice(3).map(Number) as [number, number];
const shape = JSON.parse(readFileSync(new URL('shape.json', import.meta.url), 'utf8')) as Record<
  string,
  number
> & { units: [number, number] };
const {
  window: W,
  features: F,
  heads: L,
  classes: K,
} = shape as unknown as Record<'window' | 'features' | 'heads' | 'classes', number>;
const tf = await loadTensorFlow({ device: 'cpu' });
const bidirectional = (units: number) =>
  tf.layers.bidirectional({
    layer: tf.layers.lstm({ units, returnSequences: true }) as never,
    mergeMode: 'concat',
  });
const inputs = tf.input({ shape: [W, F] });
let x = bidirectional(shape.units[0]).apply(inputs);
x = tf.layers.batchNormalization().apply(x);
x = bidirectional(shape.units[1]).apply(x);
x = tf.layers.dropout({ rate: shape.dropout! }).apply(x);
x = tf.layers.timeDistributed({ layer: tf.layers.dense({ units: L * K, activation: 'relu' }) }).apply(x);
x = tf.layers.batchNormalization().apply(x);
x = tf.layers.softmax({ axis: -1 }).apply(tf.layers.reshape({ targetShape: [W, L, K] }).apply(x));
const model = tf.model({ inputs, outputs: x as never });
model.compile({
  optimizer: tf.train.adam(shape.learningRate),
  loss: (y, p) =>
    tf.tidy(() => {
      const clipped = tf.clipByValue(p, 1e-7, 1 - 1e-7);
      return y.mul(tf.sub(1, clipped).square()).mul(clipped.log()).mul(-0.25).sum(-1).mean();
    }),
});
const data = tf.randomNormal([batch, W, F]);
const target = tf
  .oneHot(tf.randomUniform([batch * W * L], 0, K, 'int32') as never, K)
  .cast('float32')
  .reshape([batch, W, L, K]);
const times: number[] = [];
for (let i = 0; i < steps + 1; i++) {
  const start = performance.now();
  await model.trainOnBatch(data, target);
  if (i >= 1) times.push(performance.now() - start);
}
console.log(
  JSON.stringify({
    milliseconds: times,
    rssBytes: 1024 * process.resourceUsage().maxRSS,
    version: tf.version.tfjs,
  }),
);
