import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codesOf, LABEL_PARTS } from '../audit/codes.js';
import { createEngine } from '../model/bilstm/create-engine.js';
import type { Engine } from '../model/bilstm/engine.js';
import { type BiLstmConfig, biLstmConfig, initialWeights, parameterCount } from '../model/bilstm/shape.js';
import { Native } from '../model/kernels/ops.js';
import { loadTensorFlow, tensorFlowInfo } from '../native/load.js';
import type { ProgressSink } from '../progress.js';
import type { Settings } from '../settings/schema.js';

import { EarlyStopping } from '../training/callbacks/early-stopping.js';
import { ProgressLine } from '../training/callbacks/progress-line.js';
import { ReduceOnPlateau } from '../training/callbacks/reduce-on-plateau.js';
import { TensorBoard } from '../training/callbacks/tensor-board.js';
import { readCheckpoint, writeCheckpoint } from '../training/checkpoint.js';
import { dropoutSeed, type FitResult, fit } from '../training/fit.js';
import { oneCycleRate } from '../training/one-cycle.js';
import type { CropOptions } from '../windows/crop.js';
import { checkSameDataset, earlierRun, removeRun } from './earlier-run.js';
import { commitRecord, machineRecord, versionsRecord } from './machine.js';
import { exportModel } from './model-export.js';
import { type Prepared, prepare } from './prepare.js';
import {
  type EpochRecord,
  type MetricsRecord,
  type RunRecord,
  writeHistory,
  writeMetrics,
  writeRun,
} from './record.js';
import { cropOptions, lineWeights, windowFactors } from './sampling.js';
import { score } from './score.js';

export interface TrialOptions {
  /** With one protocol, not `both`. */
  settings: Settings;
  /** The run folder. */
  out: string;
  /** The command line, for the record. */
  command: string;
  device: 'auto' | 'cpu' | 'cuda';
  threads: number | 'auto';
  /** Starts over when the folder holds a run already: what the run wrote is removed, nothing else. */
  fresh?: boolean;
  signal?: AbortSignal;
  /** Whether the folder keeps the model and TensorBoard's logs. Default true. */
  keepModel?: boolean;
  /** Told of every finished epoch. */
  onEpoch?: (epoch: EpochRecord, epochs: number) => void;
  /** Where progress goes. */
  sink: ProgressSink;
}

/** A finished run, or the part of it that was done when the signal came. */
export interface TrialResult {
  run: RunRecord;
  metrics: MetricsRecord | null;
}

/**
 * Trains and scores one setting, from dataset to run folder. The same call goes on where an earlier one stopped, and ends with
 * the same bytes of weights and history (times apart) as one that was never stopped.
 *
 * @throws {AuditweaveError} The folder holds a run of other settings, of another dataset, or something else.
 * @example const { metrics } = await runTrial({ settings, out: 'results/a', command, device: 'auto', threads: 'auto', sink });
 */
export async function runTrial(options: TrialOptions): Promise<TrialResult> {
  const { settings, out, sink } = options;
  const crop = cropOptions(settings.training, settings.window.size);
  const earlier = options.fresh ? null : await earlierRun(out, settings);
  if (earlier?.metrics && earlier.run.status === 'finished') {
    sink.write(`${out}: finished before; --fresh starts over.\n`);
    return { run: earlier.run, metrics: earlier.metrics };
  }
  const data = await prepare(settings, sink);
  if (earlier) checkSameDataset(earlier, data.dataset);
  if (options.fresh) await removeRun(out);
  const tf = await loadTensorFlow({ device: options.device });
  const info = tensorFlowInfo();
  const native = new Native(tf);
  const config = biLstmConfig({
    window: settings.window.size,
    features: data.columns.length,
    classes: data.partIds.length,
    heads: LABEL_PARTS,
    units: settings.model.units.map((multiple) => Math.round(multiple * data.columns.length)) as [
      number,
      number,
    ],
    dropout: settings.model.dropout,
  });
  const run: RunRecord = {
    ...(await describeRun(options, data, config)),
    versions: await versionsRecord(info.version),
    machine: machineRecord(info.device, info.gpu),
    created: earlier?.run.created ?? new Date().toISOString(),
    seconds: earlier?.run.seconds ?? 0,
    epochs: earlier?.run.epochs ?? 0,
    bestEpoch: earlier?.run.bestEpoch ?? 0,
  };
  await mkdir(out, { recursive: true });
  await writeRun(out, run);
  const { weightSeed, engineOptions } = engineSettings(settings, config);
  const weights = lineWeights(settings, data);
  const training = { matrix: data.matrix, targets: data.targets, ...(weights ? { weights } : {}) };
  const engine = await createEngine(native, engineOptions, initialWeights(config, weightSeed), training, {
    threads: options.threads,
  });
  try {
    const stopping = new EarlyStopping(stoppingOptions(settings.training));
    const result = await train(engine, data, { ...options, crop }, stopping, run, [
      new ProgressLine(settings.split.protocol, sink),
      ...(options.keepModel === false ? [] : [new TensorBoard(tf, join(out, 'tensorboard'))]),
    ]);
    run.status = result.finished ? 'running' : 'interrupted';
    await writeRun(out, run);
    if (!result.finished) return { run, metrics: null };
    const metrics = evaluateTest(engine, data, settings);
    if (options.keepModel !== false)
      await exportModel(join(out, 'model'), {
        weights: engine.state().weights,
        config,
        data,
        settings,
        run,
        metrics,
      });
    await writeMetrics(out, metrics);
    run.status = 'finished';
    await writeRun(out, run);
    await rm(join(out, 'checkpoint'), { recursive: true, force: true });
    return { run, metrics };
  } finally {
    await engine.dispose();
  }
}

function engineSettings(settings: Settings, config: BiLstmConfig) {
  return {
    weightSeed: settings.seed,
    engineOptions: {
      config,
      focal: settings.training.focal,
      optimizer: settings.training.optimizer,
      dropoutSeed: dropoutSeed(settings.seed),
    },
  };
}

/** Trains from the last checkpoint on, keeping history, checkpoint and run record up to date after every epoch. */
async function train(
  engine: Engine,
  data: Prepared,
  { settings, out, signal, onEpoch, crop }: TrialOptions & { crop: CropOptions | undefined },
  stopping: EarlyStopping,
  run: RunRecord,
  watchers: (ProgressLine | TensorBoard)[],
): Promise<FitResult> {
  const { training, window } = settings;
  const resume = await readCheckpoint(join(out, 'checkpoint'));
  const before = resume?.history.reduce((sum, epoch) => sum + epoch.seconds, 0) ?? 0;
  run.seconds = before;
  const { validation } = data.split;
  const { schedule } = training;
  const factors = windowFactors(settings, data);
  return await fit(
    engine,
    {
      train: data.split.train,
      validation,
      batchSize: training.batchSize,
      epochs: training.epochs,
      learningRate: training.learningRate,
      ...(schedule === 'one-cycle' ? { rateAt: oneCycle(training, data.split.train.length) } : {}),
      ...(factors ? { factors } : {}),
      ...(crop ? { crop } : {}),
      seed: settings.seed,
      ...(resume ? { resume } : {}),
      ...(signal ? { signal } : {}),
      codes: (classes) => codesOf(classes, data.partIds.length),
      validationCodes: windowCodes(validation, window.size, data.codes),
      onCheckpoint: async (state) => {
        await writeCheckpoint(join(out, 'checkpoint'), state);
        await writeHistory(out, state.history);
        run.seconds = state.history.reduce((sum, epoch) => sum + epoch.seconds, 0);
        run.epochs = state.epoch;
        run.bestEpoch = stopping.bestEpoch;
        await writeRun(out, run);
        onEpoch?.(state.history.at(-1)!, training.epochs);
      },
    },
    [
      stopping,
      ...(schedule === 'plateau' ? [new ReduceOnPlateau(training.reduceOnPlateau)] : []),
      ...watchers,
    ],
  );
}

/** A cycle goes to its end, since its last epochs are the best; the weights of the best epoch are kept all the same. */
function stoppingOptions({ schedule, earlyStopping, epochs }: Settings['training']) {
  return schedule === 'one-cycle' ? { ...earlyStopping, patience: epochs } : earlyStopping;
}

function oneCycle(
  { learningRate, batchSize, epochs, oneCycle: cycle }: Settings['training'],
  windows: number,
) {
  const steps = epochs * Math.ceil(windows / batchSize);
  return (step: number): number => oneCycleRate(step, { steps, peak: learningRate, ...cycle });
}

/** Scores the test windows, each at least `evaluation.stride` lines after the one before. */
export function evaluateTest(
  engine: Pick<Engine, 'evaluate'>,
  data: Prepared,
  settings: Settings,
): MetricsRecord {
  const { stride } = settings.evaluation;
  let next = 0;
  const starts = data.split.test.filter((start) => {
    if (start < next) return false;
    next = start + stride;
    return true;
  });
  const began = performance.now();
  const evaluation = engine.evaluate(starts);
  return score(data, settings, starts, evaluation, performance.now() - began);
}

/** The codes of every line of every window, shape [M·W]. */
function windowCodes(starts: Int32Array, size: number, codes: Int32Array): Int32Array {
  return Int32Array.from(
    { length: starts.length * size },
    (_, i) => codes[starts[Math.floor(i / size)]! + (i % size)]!,
  );
}

async function describeRun(
  { settings, out, command }: TrialOptions,
  { dataset, leak }: Prepared,
  config: BiLstmConfig,
): Promise<Omit<RunRecord, 'versions' | 'machine' | 'created' | 'seconds' | 'epochs' | 'bestEpoch'>> {
  const { seed } = settings;
  return {
    schema: 1,
    name: out.split('/').filter(Boolean).slice(-2).join('/'),
    command,
    settings: settings as unknown as Record<string, unknown>,
    seeds: {
      root: seed,
      split: `${seed}/split`,
      init: `${seed}/init`,
      order: `${seed}/order`,
      dropout: `${seed}/dropout`,
    },
    commit: await commitRecord(),
    dataset: {
      name: dataset.name,
      sha256: dataset.sha256,
      lines: dataset.rows.length,
      counts: { ...dataset.manifest?.counts },
    },
    leak,
    status: 'running',
    parameters: parameterCount(config),
  };
}
