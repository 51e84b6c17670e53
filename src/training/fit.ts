import { AuditweaveError, EXIT } from '../errors.js';
import { macroF1 } from '../metrics/classification.js';
import type { Engine, EngineState, Evaluation, Examples } from '../model/model.js';
import type { Weights } from '../model/weights.js';
import type { Callback, CallbackState, EpochLogs, TrainingControl } from './callback.js';

export interface FitOptions {
  /** What is learnt from, and what validates. */
  examples: Pick<Examples, 'count' | 'steps' | 'batches' | 'validation'>;
  /** Most epochs. */
  epochs: number;
  /** Learning rate at the start. */
  learningRate: number;
  /** Learning rate of each step, from 1, instead of one that callbacks change. */
  rateAt?: (step: number) => number;
  /** Where an earlier part of this training stopped. */
  resume?: TrainingState;
  /** Aborting ends training after the current step; the last finished epoch is kept. */
  signal?: AbortSignal;
  /** Gives one number for each line of each example, from the classes of its label parts, shape [M, W, L] → [M·W]. */
  codes: (classes: Int32Array) => Int32Array;
  /** True codes of the validation examples, shape [M·W]. */
  validationCodes: Int32Array;
  /** Called with everything a later process needs, after every epoch. */
  onCheckpoint?: (state: TrainingState) => Promise<void>;
  /** Milliseconds since some start. Default `performance.now`. */
  now?: () => number;
}

/** All that training depends on at the end of an epoch. */
export interface TrainingState {
  /** Epochs done. */
  epoch: number;
  /** Optimizer steps done. */
  step: number;
  learningRate: number;
  stopped: boolean;
  history: EpochLogs[];
  engine: EngineState;
  callbacks: Record<string, CallbackState>;
}

export interface FitResult {
  history: EpochLogs[];
  /** False when the signal ended it. */
  finished: boolean;
  /** False when it ended before a first step, in what comes before. */
  prepared: boolean;
}

/**
 * Trains until the epochs are over, a callback stops it, or the signal aborts.
 *
 * The batches of an epoch hang on the seed and the epoch alone, so that a training that goes on from a checkpoint takes the same steps
 * as one that was never stopped.
 *
 * @param engine Holds weights and optimizer; afterwards its weights are the final ones (the best, with `EarlyStopping`).
 * @returns One row an epoch.
 * @throws {AuditweaveError} With exit code 42: the loss or a weight is no finite number any more, which no further step mends.
 * @example const { history } = await fit(engine, options, [new EarlyStopping(), new ReduceOnPlateau()]);
 */
export async function fit(
  engine: Engine,
  options: FitOptions,
  callbacks: readonly Callback[],
): Promise<FitResult> {
  const { resume, signal, now = () => performance.now() } = options;
  const history: EpochLogs[] = [...(resume?.history ?? [])];
  const control: TrainingControl = {
    learningRate: resume?.learningRate ?? options.learningRate,
    stop: resume?.stopped ?? false,
    weights: () => engine.state().weights,
    assign: (weights) => engine.assign({ weights }),
  };
  let step = resume?.step ?? 0;
  if (resume) {
    engine.assign(resume.engine);
    for (const callback of callbacks) {
      const state = resume.callbacks[callback.name];
      if (state) callback.restore?.(state);
    }
  }
  const { examples } = options;
  for (const callback of callbacks)
    await callback.onTrainBegin?.({
      epochs: options.epochs,
      batches: examples.steps,
      epoch: history.length,
    });

  if (engine.prepare && history.length < options.epochs && !control.stop) {
    await engine.prepare(signal);
    if (signal?.aborted) return { history, finished: false, prepared: false };
  }
  while (history.length < options.epochs && !control.stop) {
    const epoch = history.length + 1;
    const start = now();
    let { learningRate } = control;
    let sum = 0;
    for (const { starts, lines } of examples.batches(epoch)) {
      await breathe();
      if (signal?.aborted) return { history, finished: false, prepared: true };
      step++;
      learningRate = options.rateAt?.(step) ?? control.learningRate;
      const loss = engine.trainBatch(starts, step, learningRate, lines);
      if (!Number.isFinite(loss)) throw diverged(`loss of ${loss}`, epoch, learningRate);
      sum += loss * starts.length;
      for (const callback of callbacks) callback.onBatchEnd?.({ windows: starts.length, loss });
    }
    const trained = now();
    const broken = nameOfBroken(engine.state().weights);
    if (broken !== null) throw diverged(`weight ${broken} that is no finite number`, epoch, learningRate);
    const evaluation = engine.evaluate(examples.validation);
    if (!Number.isFinite(evaluation.loss))
      throw diverged(`validation loss of ${evaluation.loss}`, epoch, learningRate);
    const logs: EpochLogs = {
      epoch,
      loss: sum / examples.count,
      valLoss: evaluation.loss,
      ...validationScores(evaluation, options),
      learningRate,
      seconds: (now() - start) / 1000,
      windowsPerSecond: (1000 * examples.count) / (trained - start),
    };
    history.push(logs);
    for (const callback of callbacks) await callback.onEpochEnd?.(logs, control);
    if (options.onCheckpoint)
      await options.onCheckpoint({
        epoch,
        step,
        learningRate: control.learningRate,
        stopped: control.stop,
        history,
        engine: engine.state(),
        callbacks: Object.fromEntries(callbacks.flatMap((c) => (c.state ? [[c.name, c.state()]] : []))),
      });
  }
  for (const callback of callbacks) await callback.onTrainEnd?.(control);
  return { history, finished: true, prepared: true };
}

function validationScores(
  { classes }: Evaluation,
  { codes, validationCodes }: FitOptions,
): Pick<EpochLogs, 'valExactMatch' | 'valMacroF1'> {
  const predicted = codes(classes);
  const right = predicted.reduce((count, code, i) => count + (code === validationCodes[i] ? 1 : 0), 0);
  return {
    valExactMatch: right / predicted.length,
    valMacroF1: macroF1(validationCodes, predicted, { over: 'union' }),
  };
}

/** The end of a training whose numbers have run away. */
function diverged(what: string, epoch: number, learningRate: number): AuditweaveError {
  return new AuditweaveError(
    `training: expected finite losses and weights, got a ${what} in epoch ${epoch}, at learning rate ${Number(learningRate.toPrecision(3))}.`,
    {
      hint: 'Use a lower learning rate, as in --set training.learningRate=0.001.',
      exitCode: EXIT.trialFailed,
    },
  );
}

/** The first weight with a value that is not finite, or null. */
function nameOfBroken(weights: Weights): string | null {
  for (const [name, { data }] of Object.entries(weights))
    if (!data.every((value) => Number.isFinite(value))) return name;
  return null;
}

/** Lets signals and timers run between two steps. */
function breathe(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
