import { join } from 'node:path';
import { AuditweaveError } from '../errors.js';
import { OrdinalEncoder } from '../features/encoder.js';
import { readModelFolder } from '../model/folder.js';
import { Native } from '../model/kernels/native.js';
import { loadTensorFlow, tensorFlowInfo } from '../native/load.js';
import type { ProgressSink } from '../progress.js';
import { createEngine } from '../training/create-engine.js';
import { type Prepared, prepare, prepareWhole } from './prepare.js';
import { type LeakReport, type MetricsRecord, readRun } from './record.js';
import type { Settings } from './settings.js';
import { evaluateTest } from './trial.js';

/**
 * Scores a finished run's model again: on its own test part, or on every line of another dataset.
 *
 * @throws {AuditweaveError} The other dataset is the one that the model was trained on.
 * @example const { metrics } = await scoreModel({ dir: 'results/a/blocked', sink: process.stderr });
 */
export async function scoreModel(options: {
  dir: string;
  dataset?: string;
  stride?: number;
  sink: ProgressSink;
}): Promise<{ metrics: MetricsRecord; leak: LeakReport }> {
  const { run } = await readRun(options.dir);
  const settings = run.settings as unknown as Settings;
  if (options.stride !== undefined) settings.evaluation = { ...settings.evaluation, stride: options.stride };
  const model = await readModelFolder(join(options.dir, 'model'));
  let data: Prepared;
  if (options.dataset === undefined || options.dataset === settings.dataset)
    data = await prepare(settings, options.sink);
  else {
    settings.dataset = options.dataset;
    data = await prepareWhole(settings, OrdinalEncoder.fromJSON(model.encoder), options.sink);
    if (data.dataset.sha256 === run.dataset.sha256)
      throw new AuditweaveError(
        'studies: expected a dataset that the model was not trained on, got its own.',
        {
          hint: 'Leave --dataset out to score the test part of the run.',
        },
      );
  }
  const { config } = model;
  const native = new Native(await loadTensorFlow({ device: 'auto' }));
  const engine = createEngine(
    native,
    { config, focal: settings.training.focal, batchSize: 1, dropoutSeed: 0 },
    model.weights,
    data,
    { threads: 'auto', device: tensorFlowInfo().device },
  );
  try {
    return { metrics: evaluateTest(engine, data, settings), leak: data.leak };
  } finally {
    await engine.dispose();
  }
}
