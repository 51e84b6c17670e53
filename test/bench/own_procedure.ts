// Our procedure: tsx own_procedure.ts FOLDER EPOCHS → own.json, own.classes in FOLDER. See procedure.ts.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codesOf } from '../../src/audit/codes.js';
import { createEngine } from '../../src/model/bilstm/create-engine.js';
import { dropoutSeed } from '../../src/model/bilstm/engine.js';
import { windowBatches } from '../../src/model/bilstm/examples.js';
import { cropOptions } from '../../src/model/bilstm/sampling.js';
import { biLstmConfig, initialWeights } from '../../src/model/bilstm/shape.js';
import { Native } from '../../src/model/kernels/ops.js';
import { loadTensorFlow, tensorFlowInfo } from '../../src/native/load.js';

import { EarlyStopping } from '../../src/training/callbacks/early-stopping.js';
import { ReduceOnPlateau } from '../../src/training/callbacks/reduce-on-plateau.js';
import { fit } from '../../src/training/fit.js';
import { oneCycleRate } from '../../src/training/one-cycle.js';
import type { ProcedureSettings } from './procedure.js';

const folder = process.argv[2]!;
const epochs = Number(process.argv[3]);
const settings = JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8')) as ProcedureSettings;
const bytes = async (name: string): Promise<ArrayBuffer> =>
  new Uint8Array(await readFile(join(folder, name))).buffer;
const integers = async (name: string): Promise<Int32Array> => new Int32Array(await bytes(name));
const { training, seed } = settings;
const config = biLstmConfig(settings);
const data = { matrix: new Float32Array(await bytes('matrix')), targets: await integers('targets') };
const [train, validation, test] = [
  await integers('train'),
  await integers('validation'),
  await integers('test'),
];
const native = new Native(await loadTensorFlow({ device: 'auto' }));
const engine = await createEngine(
  native,
  {
    config,
    focal: training.focal,
    optimizer: training.optimizer,
    dropoutSeed: dropoutSeed(seed),
  },
  initialWeights(config, seed),
  data,
);
const codes = codesOf(data.targets, config.classes);
const cycle = training.schedule === 'one-cycle';
const stepsAnEpoch = Math.ceil(train.length / training.batchSize);
const steps = training.epochs * stepsAnEpoch;
const crop = cropOptions(training, config.window);
const order = {
  train,
  batchSize: training.batchSize,
  seed,
  ...(crop ? { crop } : {}),
  ...(training.sampling === 'repeat-factor' ? { factors: new Float64Array(await bytes('factors')) } : {}),
};
const cpu: number[] = [];
let used = process.cpuUsage();
const { history } = await fit(
  engine,
  {
    examples: {
      count: train.length,
      steps: stepsAnEpoch,
      batches: (epoch) => windowBatches(order, epoch),
      validation,
    },
    epochs: epochs || training.epochs,
    learningRate: training.learningRate,
    ...(cycle
      ? { rateAt: (step) => oneCycleRate(step, { steps, peak: training.learningRate, ...training.oneCycle }) }
      : {}),
    onCheckpoint: async () => {
      const { user, system } = process.cpuUsage(used);
      cpu.push((user + system) / 1e6);
      used = process.cpuUsage();
    },
    codes: (classes) => codesOf(classes, config.classes),
    validationCodes: Int32Array.from(
      { length: validation.length * config.window },
      (_, i) => codes[validation[Math.floor(i / config.window)]! + (i % config.window)]!,
    ),
  },
  [
    new EarlyStopping({ ...training.earlyStopping, ...(cycle ? { patience: training.epochs } : {}) }),
    ...(cycle ? [] : [new ReduceOnPlateau(training.reduceOnPlateau)]),
  ],
);
const { classes } = engine.evaluate(test);
await engine.dispose();
await writeFile(join(folder, 'own.classes'), classes);
const done = {
  seconds: history.map((epoch) => epoch.seconds),
  cpu,
  version: `TensorFlow ${tensorFlowInfo().version}`,
};
await writeFile(join(folder, 'own.json'), JSON.stringify(done));
