import { join } from 'node:path';
import { codesOf } from '../audit/codes.js';
import { openDataset } from '../dataset/load.js';
import { replacedBy } from '../dataset/manifest.js';
import { AuditweaveError } from '../errors.js';
import { holdingsOf } from '../features/holdings.js';
import { kindNamed } from '../model/kinds.js';
import type { Runtime, TrainedOn } from '../model/model.js';
import type { ProgressSink } from '../progress.js';
import { Progress } from '../progress.js';
import type { Settings } from '../settings/schema.js';
import { EarlyStopping } from '../training/callbacks/early-stopping.js';
import { ProgressLine } from '../training/callbacks/progress-line.js';
import { ReduceOnPlateau } from '../training/callbacks/reduce-on-plateau.js';
import { TensorBoard } from '../training/callbacks/tensor-board.js';
import { readCheckpoint, removeCheckpoints, shelfIn, writeCheckpoint } from '../training/checkpoint.js';
import { type FitResult, fit, type TrainingState } from '../training/fit.js';
import { oneCycleRate } from '../training/one-cycle.js';
import { earlierRun, trainingKey } from './earlier-run.js';
import { commitRecord, machineRecord, versionsRecord } from './machine.js';
import { modelCard } from './model-card.js';
import { predictionsOf, scoresByCapture, writePredictions } from './predictions.js';
import { type Prepared, prepare } from './prepare.js';
import {
  type EpochRecord,
  type MetricsRecord,
  type RunRecord,
  writeHistory,
  writeMetrics,
  writeRun,
} from './record.js';
import { filesOf, removeRun, withRunFolder } from './run-folder.js';
import { score } from './score.js';

export interface TrialOptions {
  /** With one protocol, not `both`. */
  settings: Settings;
  /** The run folder. */
  out: string;
  /** What a person would give to `--out` for it. Default: the folder. */
  named?: string;
  /** The command line, for the record. */
  command: string;
  device: 'auto' | 'cpu' | 'cuda';
  threads: number | 'auto';
  /** Starts over when the folder holds a run already: what the run wrote is removed, nothing else. */
  fresh?: boolean;
  signal?: AbortSignal;
  /** Whether the folder keeps the model and TensorBoard's logs. Default true. */
  keepModel?: boolean;
  /** Whether the model keeps hashes in place of the log's values. Default false. */
  hashValues?: boolean;
  /** Told of every finished epoch. */
  onEpoch?: (epoch: EpochRecord, epochs: number) => void;
  /** Where progress goes. */
  sink: ProgressSink;
}

/** A finished run, or the part of it that was done when the signal came. */
export interface TrialResult {
  run: RunRecord;
  metrics: MetricsRecord | null;
  /**
   * Of a part, where the kind makes what it learns from before the first step, which the same call does anew: whether it was made, and
   * whether something of it is kept.
   */
  made?: { before: boolean; kept: boolean } | undefined;
}

/**
 * Trains and scores one setting, from dataset to run folder. The same call goes on where an earlier one stopped, and ends with
 * the same bytes of weights and history (times apart) as one that was never stopped. No other process works in the folder meanwhile.
 *
 * @throws {AuditweaveError} The folder holds a run of other settings, of another dataset, or something else.
 * @example const { metrics } = await runTrial({ settings, out: 'results/a', command, device: 'auto', threads: 'auto', sink });
 */
export async function runTrial(options: TrialOptions): Promise<TrialResult> {
  return await withRunFolder(options.out, async () => await runHere(options));
}

async function runHere(options: TrialOptions): Promise<TrialResult> {
  const { settings, out, named, sink } = options;
  const dataset = await openDataset(settings.dataset);
  const asked = {
    ...{ settings, dataset, named, model: options.keepModel !== false },
    say: (text: string) => void sink.write(text),
  };
  const earlier = options.fresh ? null : await earlierRun(out, asked);
  if (earlier?.metrics) {
    sink.write(`${out}: finished before; --fresh starts over.\n`);
    return { run: earlier.run, metrics: earlier.metrics };
  }
  const data = await prepare(settings, sink);
  const kind = kindNamed(settings.model.name);
  const { device, threads } = options;
  const shelf = shelfIn(join(out, 'checkpoint'));
  const model = await kind.open(data, settings, { device, threads, sink, shelf });
  const { export: exported } = model;
  try {
    if (options.keepModel !== false && !exported)
      throw new AuditweaveError(
        `studies: expected settings whose model can be kept, got ${settings.model.name} with others.`,
        { hint: 'Leave model.learner out, or compare it with others in a study: that keeps no models.' },
      );
    if (options.fresh) await removeRun(out, named);
    const run: RunRecord = {
      ...(await describeRun(options, data, model)),
      created: earlier?.run.created ?? new Date().toISOString(),
      seconds: earlier?.run.seconds ?? 0,
      epochs: earlier?.run.epochs ?? 0,
      bestEpoch: earlier?.run.bestEpoch ?? 0,
    };
    await writeRun(out, run);
    const logger = options.keepModel === false ? undefined : model.logger?.(join(out, 'tensorboard'));
    const stopping = new EarlyStopping(stoppingOptions(settings.training));
    const result = await train(model, data, options, stopping, run, [
      new ProgressLine(settings.split.protocol, sink),
      ...(logger ? [new TensorBoard(logger)] : []),
    ]);
    run.status = result.finished ? 'running' : 'interrupted';
    await writeRun(out, run);
    if (!result.finished) {
      const kept = Object.keys(await shelf.read()).length > 0;
      const made = { before: result.prepared, kept };
      return { run, metrics: null, ...(model.engine.prepare ? { made } : {}) };
    }
    const tested = predictTest(model, data, sink);
    const said = predictionsOf(data, settings, tested, tested.evaluation);
    const metrics: MetricsRecord = {
      ...score(data, settings, tested, tested.evaluation, tested.milliseconds),
      predictions: await writePredictions(out, said),
    };
    if (options.keepModel !== false)
      await exported?.(join(out, 'model'), {
        version: run.versions.auditweave ?? 'unknown',
        card: modelCard(run, metrics, {
          describes: kind.describes,
          holdings: holdingsOf(data.encoder.toJSON()),
          hashed: options.hashValues === true,
          captures: scoresByCapture(said),
          notes: model.notes?.(),
        }),
        metadata: { dataset: run.dataset.name, datasetSha256: run.dataset.sha256 },
        ...(options.hashValues ? { salt: run.dataset.sha256 } : {}),
      });
    await writeMetrics(out, metrics);
    run.files = await filesOf(out);
    run.status = 'finished';
    await writeRun(out, run);
    await removeCheckpoints(join(out, 'checkpoint'));
    return { run, metrics };
  } finally {
    await model.dispose();
  }
}

/** Trains from the last checkpoint on, keeping history, checkpoint and run record up to date after every epoch. */
async function train(
  { engine, examples }: TrainedOn,
  data: Prepared,
  { settings, out, signal, onEpoch, sink }: TrialOptions,
  stopping: EarlyStopping,
  run: RunRecord,
  watchers: (ProgressLine | TensorBoard)[],
): Promise<FitResult> {
  const { training } = settings;
  const checkpoint = join(out, 'checkpoint');
  const key = trainingKey(settings, data.dataset.sha256);
  const { state: resume, faults } = await readCheckpoint(checkpoint, key);
  for (const fault of faults) sink.write(`${fault}: passed over.\n`);
  if (resume || faults.length > 0)
    sink.write(`${settings.split.protocol}: ${resumption(resume, training.epochs)}.\n`);
  const before = resume?.history.reduce((sum, epoch) => sum + epoch.seconds, 0) ?? 0;
  run.seconds = before;
  run.epochs = resume?.epoch ?? 0;
  const { schedule } = training;
  return await fit(
    engine,
    {
      examples,
      epochs: training.epochs,
      learningRate: training.learningRate,
      ...(schedule === 'one-cycle' ? { rateAt: oneCycle(training, examples.steps) } : {}),
      ...(resume ? { resume } : {}),
      ...(signal ? { signal } : {}),
      codes: (classes) => codesOf(classes, data.partIds.length),
      validationCodes: exampleCodes(examples.validation, examples.size, data.codes),
      onCheckpoint: async (state) => {
        await writeCheckpoint(checkpoint, state, key);
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

/** Where a training goes on. */
function resumption(resume: TrainingState | null, epochs: number): string {
  if (resume && (resume.stopped || resume.epoch >= epochs)) return 'trained before, scored now';
  return `going on from epoch ${(resume?.epoch ?? 0) + 1} of ${epochs}`;
}

/** A cycle goes to its end, since its last epochs are the best; the weights of the best epoch are kept all the same. */
function stoppingOptions({ schedule, earlyStopping, epochs }: Settings['training']) {
  return schedule === 'one-cycle' ? { ...earlyStopping, patience: epochs } : earlyStopping;
}

function oneCycle({ learningRate, epochs, oneCycle: cycle }: Settings['training'], stepsAnEpoch: number) {
  const steps = epochs * stepsAnEpoch;
  return (step: number): number => oneCycleRate(step, { steps, peak: learningRate, ...cycle });
}

/** What predicts, and the examples that test. */
interface Tested {
  engine: Pick<TrainedOn['engine'], 'evaluate'>;
  examples: Pick<TrainedOn['examples'], 'test' | 'size'>;
  withheld?: TrainedOn['withheld'];
}

/** Scores the examples that test. */
export function evaluateTest(
  model: Tested,
  data: Prepared,
  settings: Settings,
  sink: ProgressSink,
): MetricsRecord {
  const tested = predictTest(model, data, sink);
  return score(data, settings, tested, tested.evaluation, tested.milliseconds);
}

/** Predicts the examples that test. */
function predictTest({ engine, examples, withheld }: Tested, data: Prepared, sink: ProgressSink) {
  const { test: tested, size } = examples;
  const progress = new Progress(`${data.split.protocol} scoring`, {
    unit: 'examples',
    total: tested.length,
    sink,
  });
  const began = performance.now();
  const evaluation = engine.evaluate(tested, (count) => progress.advance(count));
  const milliseconds = performance.now() - began;
  progress.done();
  return { tested, size, ...(withheld ? { withheld } : {}), evaluation, milliseconds };
}

/** The codes of every line of every example, shape [M·W]. */
function exampleCodes(starts: Int32Array, size: number, codes: Int32Array): Int32Array {
  return Int32Array.from(
    { length: starts.length * size },
    (_, i) => codes[starts[Math.floor(i / size)]! + (i % size)]!,
  );
}

async function describeRun(
  { settings, out, command }: TrialOptions,
  { dataset, leak }: Prepared,
  { runtime, parameters }: { runtime: Runtime; parameters: number },
): Promise<Omit<RunRecord, 'created' | 'seconds' | 'epochs' | 'bestEpoch'>> {
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
      ...(dataset.manifest?.replaces ? { replaces: replacedBy(dataset.manifest) } : {}),
      lines: dataset.rows.length,
      counts: { ...dataset.manifest?.counts },
    },
    leak,
    status: 'running',
    parameters,
    versions: await versionsRecord(runtime.versions),
    machine: machineRecord(runtime.device, runtime.gpu),
  };
}
