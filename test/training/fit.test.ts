import { describe, expect, it } from 'vitest';
import { type WindowOrder, windowBatches } from '../../src/model/bilstm/examples.js';
import type { Engine } from '../../src/model/model.js';
import type { Callback, EpochLogs } from '../../src/training/callback.js';
import { EarlyStopping } from '../../src/training/callbacks/early-stopping.js';
import { ReduceOnPlateau } from '../../src/training/callbacks/reduce-on-plateau.js';
import { type FitOptions, fit, type TrainingState } from '../../src/training/fit.js';

/** An engine without TensorFlow: its one weight is the number of steps, its losses are given. */
function scripted(validationLosses: readonly number[]) {
  let weight = 0;
  const log: { batch: number[]; step: number; learningRate: number; lines: number | undefined }[] = [];
  let evaluations = 0;
  const weights = () => ({ w: { shape: [1], data: Float32Array.of(weight) } });
  const engine: Engine = {
    trainBatch(starts, step, learningRate, lines) {
      log.push({ batch: [...starts], step, learningRate, lines });
      weight++;
      return 1 / weight;
    },
    evaluate: () => ({ loss: validationLosses[evaluations++]!, classes: Int32Array.of(0, 1) }),
    state: () => ({ weights: weights(), first: {}, second: {} }),
    assign: (state) => {
      weight = state.weights.w!.data[0]!;
    },
    dispose: async () => {},
  };
  return {
    engine,
    log,
    weight: () => weight,
    skipEvaluations: (n: number) => {
      evaluations = n;
    },
  };
}

const train = Int32Array.from({ length: 10 }, (_, i) => i);

/** Windows in batches of four. */
const examples = (order: Partial<WindowOrder> = {}): FitOptions['examples'] => ({
  count: train.length,
  steps: 3,
  batches: (epoch) => windowBatches({ train, batchSize: 4, seed: 7, ...order }, epoch),
  validation: Int32Array.of(20),
});

const options: FitOptions = {
  examples: examples(),
  epochs: 6,
  learningRate: 0.1,
  codes: (classes) => classes,
  validationCodes: Int32Array.of(0, 0),
};

describe('fit', () => {
  it('goes through every window once an epoch, in a new order each time', async () => {
    const { engine, log } = scripted([1, 1]);
    await fit(engine, { ...options, epochs: 2 }, []);
    const epoch = (steps: typeof log) => steps.flatMap(({ batch }) => batch);
    expect(log.map(({ batch }) => batch.length)).toEqual([4, 4, 2, 4, 4, 2]);
    expect(epoch(log.slice(0, 3)).sort((a, b) => a - b)).toEqual([...train]);
    expect(epoch(log.slice(0, 3))).not.toEqual(epoch(log.slice(3)));
    expect(log.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('trains on shorter windows in the batches that are cropped, the same however often it is asked', async () => {
    const crop = { batches: 0.5, size: 10, cut: 2 };
    const [one, two] = [scripted([1, 1]), scripted([1, 1])];
    for (const { engine } of [one, two])
      await fit(engine, { ...options, examples: examples({ crop }), epochs: 2 }, []);
    expect(one.log).toEqual(two.log);
    expect(one.log.map(({ lines }) => lines)).toEqual([10, 8, 10, 10, 8, 10]);
    const whole = scripted([1, 1]);
    await fit(whole.engine, { ...options, epochs: 2 }, []);
    expect(whole.log.map(({ lines }) => lines)).toEqual(Array(6).fill(undefined));
    for (const i of [1, 4]) {
      const offsets = one.log[i]!.batch.map((start, j) => start - whole.log[i]!.batch[j]!);
      for (const offset of offsets) expect([0, 1, 2]).toContain(offset);
    }
    expect(one.log[1]!.batch).not.toEqual(whole.log[1]!.batch);
  });

  it('draws the windows of an epoch by how often each is wanted', async () => {
    const { engine, log } = scripted([1, 1]);
    const factors = Float64Array.from(train, (start) => (start === 3 ? 1e9 : 1));
    await fit(engine, { ...options, epochs: 2, examples: examples({ factors }) }, []);
    expect(log.map(({ batch }) => batch.length)).toEqual([4, 4, 2, 4, 4, 2]);
    expect(new Set(log.flatMap(({ batch }) => batch))).toEqual(new Set([3]));
  });

  it('weighs a short batch by its windows in the epoch’s loss', async () => {
    const { engine } = scripted([1]);
    const { history } = await fit(engine, { ...options, epochs: 1 }, []);
    expect(history[0]!.loss).toBeCloseTo((4 * 1 + 4 / 2 + 2 / 3) / 10, 12);
  });

  it('scores validation lines', async () => {
    const { engine } = scripted([1]);
    const { history } = await fit(engine, { ...options, epochs: 1 }, []);
    expect(history[0]).toMatchObject({ epoch: 1, valLoss: 1, valExactMatch: 0.5, valMacroF1: 1 / 3 });
  });

  it.each<[string, (engine: Engine) => void, string]>([
    [
      'a loss',
      (engine) => (engine.trainBatch = () => Number.POSITIVE_INFINITY),
      'got a loss of Infinity in epoch 1',
    ],
    [
      'a validation loss',
      (engine) => (engine.evaluate = () => ({ loss: Number.NaN, classes: Int32Array.of(0, 1) })),
      'got a validation loss of NaN in epoch 1',
    ],
    [
      'a weight',
      (engine) =>
        (engine.state = () => ({
          weights: { w: { shape: [2], data: Float32Array.of(1, Number.NaN) } },
          first: {},
          second: {},
        })),
      'got a weight w that is no finite number in epoch 1',
    ],
  ])(
    'ends for good when %s is no finite number, and keeps nothing of the epoch',
    async (_, break_, message) => {
      const { engine } = scripted([1, 1]);
      break_(engine);
      const kept: number[] = [];
      const work = fit(engine, { ...options, onCheckpoint: async ({ epoch }) => void kept.push(epoch) }, []);
      await expect(work).rejects.toThrow(`${message}, at learning rate 0.1.`);
      await expect(work).rejects.toMatchObject({
        exitCode: 42,
        hint: 'Use a lower learning rate, as in --set training.learningRate=0.001.',
      });
      expect(kept).toEqual([]);
    },
  );

  it('ends with the weights of the best epoch once patience is over', async () => {
    const { engine, weight } = scripted([5, 3, 4, 4, 4, 4]);
    const stopping = new EarlyStopping({ patience: 2 });
    const { history, finished } = await fit(engine, options, [stopping]);
    expect(finished).toBe(true);
    expect(history.length).toBe(4);
    expect(stopping.bestEpoch).toBe(2);
    expect(weight()).toBe(6);
  });

  it('lowers the learning rate on a plateau, as Keras counts it', async () => {
    const { engine, log } = scripted([5, 5, 5, 5, 5, 5]);
    await fit(engine, options, [new ReduceOnPlateau({ patience: 2, factor: 0.5 })]);
    const rates = [...new Set(log.map(({ step, learningRate }) => `${Math.ceil(step / 3)}:${learningRate}`))];
    expect(rates).toEqual(['1:0.1', '2:0.1', '3:0.1', '4:0.05', '5:0.05', '6:0.025']);
  });

  it('takes each step’s learning rate from a schedule, and notes an epoch’s last', async () => {
    const { engine, log } = scripted([1, 1]);
    const { history } = await fit(engine, { ...options, epochs: 2, rateAt: (step) => step / 10 }, []);
    expect(log.map(({ learningRate }) => learningRate)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
    expect(history.map(({ learningRate }) => learningRate)).toEqual([0.3, 0.6]);
  });

  it.each([
    ['a plateau', {}],
    ['a schedule', { rateAt: (step: number) => 0.1 / step }],
    [
      'windows drawn anew',
      { examples: examples({ factors: Float64Array.from(train, (start) => 1 + start) }) },
    ],
  ])('takes after a stop the same steps as without one, with %s', async (_name, schedule) => {
    const losses = [5, 4, 4, 4, 3, 4];
    const callbacks = (): Callback[] => [
      new EarlyStopping({ patience: 4 }),
      new ReduceOnPlateau({ patience: 2 }),
    ];
    const whole = scripted(losses);
    const uninterrupted = await fit(whole.engine, { ...options, ...schedule, now: () => 0 }, callbacks());
    for (let stop = 1; stop < 6; stop++) {
      const first = scripted(losses);
      let saved: TrainingState | undefined;
      await fit(
        first.engine,
        {
          ...options,
          ...schedule,
          now: () => 0,
          epochs: stop,
          onCheckpoint: async (state) => {
            saved = structuredClone(state);
          },
        },
        callbacks(),
      );
      const second = scripted(losses);
      second.skipEvaluations(stop);
      const { history } = await fit(
        second.engine,
        { ...options, ...schedule, now: () => 0, resume: saved! },
        callbacks(),
      );
      expect(strip(history)).toEqual(strip(uninterrupted.history));
      expect([...first.log.slice(0, 3 * stop), ...second.log]).toEqual(whole.log);
      expect(second.weight()).toBe(whole.weight());
    }
  });

  it('stops between two steps when told to', async () => {
    const { engine, log } = scripted([1, 1]);
    const controller = new AbortController();
    const stopAfterTwo: Callback = {
      name: 'stop',
      onBatchEnd: () => {
        if (log.length === 5) controller.abort();
      },
    };
    const { history, finished } = await fit(engine, { ...options, signal: controller.signal }, [
      stopAfterTwo,
    ]);
    expect({ epochs: history.length, finished, steps: log.length }).toEqual({
      epochs: 1,
      finished: false,
      steps: 5,
    });
  });
});

function strip(history: readonly EpochLogs[]): Omit<EpochLogs, 'seconds' | 'windowsPerSecond'>[] {
  return history.map(({ seconds, windowsPerSecond, ...rest }) => rest);
}
