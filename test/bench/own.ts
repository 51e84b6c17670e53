// Our model: tsx own.ts train|infer BATCH STEPS THREADS → one line of JSON.
import { readFileSync } from 'node:fs';
import { createEngine } from '../../src/model/bilstm/create-engine.js';
import { biLstmConfig, initialWeights } from '../../src/model/bilstm/shape.js';
import { Native } from '../../src/model/kernels/ops.js';
import { loadTensorFlow, tensorFlowInfo } from '../../src/native/load.js';
import { randomStream } from '../../src/random.js';

const [what, batch, steps, threads] = [process.argv[2], ...process.argv.slice(3).map(Number)] as [
  string,
  number,
  number,
  number,
];
const shape = JSON.parse(readFileSync(new URL('shape.json', import.meta.url), 'utf8')) as {
  window: number;
  features: number;
  heads: number;
  classes: number;
  learningRate: number;
};
const config = biLstmConfig(shape);
const rows = batch + config.window;
const random = randomStream(7, 'bench');
const data = {
  matrix: Float32Array.from({ length: rows * config.features }, () => 2 * random.next() - 1),
  targets: Int32Array.from({ length: rows * config.heads }, () => random.integer(config.classes)),
};
const native = new Native(await loadTensorFlow({ device: 'auto' }));
const { device, version } = tensorFlowInfo();
const engine = await createEngine(
  native,
  { config, focal: {}, dropoutSeed: 1 },
  initialWeights(config, 7),
  data,
  {
    threads,
  },
);
const starts = Int32Array.from({ length: batch }, (_, i) => i);
const times: number[] = [];
for (let i = 0; i < steps + 2; i++) {
  const start = performance.now();
  if (what === 'train') engine.trainBatch(starts, i + 1, shape.learningRate);
  else engine.evaluate(starts);
  if (i >= 2) times.push(performance.now() - start);
}
await engine.dispose();
console.log(
  JSON.stringify({ milliseconds: times, rssBytes: 1024 * process.resourceUsage().maxRSS, version, device }),
);
