import { beforeAll, describe, expect, it } from 'vitest';
import { biLstmConfig, initialWeights } from '../../src/model/bilstm.js';
import { Native } from '../../src/model/kernels/native.js';
import { loadTensorFlow } from '../../src/native/load.js';
import { createEngine } from '../../src/training/create-engine.js';
import type { Engine, EngineOptions, TrainingData } from '../../src/training/engine.js';
import { LocalEngine } from '../../src/training/local-engine.js';
import { ThreadedEngine } from '../../src/training/threaded-engine.js';
import { integers, numbers } from '../model/cases.js';

let native: Native;
beforeAll(async () => {
  native = new Native(await loadTensorFlow({ device: 'cpu' }));
});

const config = biLstmConfig({ window: 5, features: 3, classes: 7, units: [6, 4], dropout: 0.4 });
const options: EngineOptions = { config, focal: {}, batchSize: 8, dropoutSeed: 11 };
const data: TrainingData = { matrix: numbers(60 * 3, 'matrix', 3), targets: integers(60 * 5, 'targets', 7) };
const weighted: TrainingData = { ...data, weights: numbers(60, 'weights').map((w) => 3 * Math.abs(w)) };
const sgd: EngineOptions = { ...options, optimizer: 'sgd' };
const starts = Int32Array.from({ length: 40 }, (_, i) => i);
const batch = (step: number): Int32Array => starts.slice((8 * step) % 40, ((8 * step) % 40) + 8);

function run(engine: Engine, steps: number, from = 1): number[] {
  return Array.from({ length: steps }, (_, i) => engine.trainBatch(batch(from + i), from + i, 0.01));
}

describe('the engines', () => {
  it.each([
    ['', options, data],
    [' with SGD and weighted lines', sgd, weighted],
  ])('give the same bytes in one thread and in two%s', async (_, options, data) => {
    const weights = initialWeights(config, 5);
    const one = new LocalEngine(native, options, weights, data);
    const two = new ThreadedEngine(native, options, weights, data);
    expect(run(two, 6)).toEqual(run(one, 6));
    expect(two.state()).toEqual(one.state());
    expect(two.evaluate(starts)).toEqual(one.evaluate(starts));
    await one.dispose();
    await two.dispose();
  });

  it.each([
    [
      'one thread',
      (weights: ReturnType<typeof initialWeights>) => new LocalEngine(native, options, weights, data),
    ],
    [
      'two threads',
      (weights: ReturnType<typeof initialWeights>) => new ThreadedEngine(native, options, weights, data),
    ],
    [
      'one thread with SGD',
      (weights: ReturnType<typeof initialWeights>) => new LocalEngine(native, sgd, weights, data),
    ],
    [
      'two threads with SGD',
      (weights: ReturnType<typeof initialWeights>) => new ThreadedEngine(native, sgd, weights, data),
    ],
  ])('go on from a state as if never stopped, in %s', async (_, make) => {
    const whole = make(initialWeights(config, 5));
    const losses = run(whole, 8);
    const first = make(initialWeights(config, 5));
    run(first, 3);
    const second = make(initialWeights(config, 99));
    second.assign(first.state());
    expect(run(second, 5, 4)).toEqual(losses.slice(3));
    expect(second.state()).toEqual(whole.state());
    for (const engine of [whole, first, second]) await engine.dispose();
  });

  it('keep the optimizer when only weights are replaced', async () => {
    const engine = new ThreadedEngine(native, options, initialWeights(config, 5), data);
    run(engine, 3);
    const { first, second } = engine.state();
    engine.assign({ weights: initialWeights(config, 6) });
    expect(engine.state()).toEqual({ weights: initialWeights(config, 6), first, second });
    await engine.dispose();
  });

  it('weigh lines in training and not in validation', async () => {
    const plain = new LocalEngine(native, options, initialWeights(config, 5), data);
    const heavy = new LocalEngine(native, options, initialWeights(config, 5), weighted);
    expect(heavy.evaluate(starts)).toEqual(plain.evaluate(starts));
    const twice = new LocalEngine(native, options, initialWeights(config, 5), {
      ...data,
      weights: new Float32Array(60).fill(2),
    });
    expect(twice.trainBatch(batch(1), 1, 0)).toBeCloseTo(2 * plain.trainBatch(batch(1), 1, 0), 5);
    for (const engine of [plain, heavy, twice]) await engine.dispose();
  });

  it('hold the same number of tensors however long they train', async () => {
    const engine = new LocalEngine(native, options, initialWeights(config, 5), data);
    run(engine, 3);
    engine.evaluate(starts);
    engine.state();
    const before = native.tf.memory().numTensors;
    run(engine, 200, 4);
    engine.evaluate(starts);
    engine.state();
    expect(native.tf.memory().numTensors).toBe(before);
    await engine.dispose();
  });

  it('learn: the loss falls on a batch seen again and again', async () => {
    const engine = new LocalEngine(
      native,
      { ...options, config: { ...config, dropout: 0 } },
      initialWeights(config, 5),
      data,
    );
    const losses = Array.from({ length: 60 }, (_, i) => engine.trainBatch(batch(0), i + 1, 0.01));
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 3);
    await engine.dispose();
  });

  it('end with the other thread’s error instead of waiting for it', async () => {
    const engine = new ThreadedEngine(native, options, initialWeights(config, 5), data);
    const beyond = Int32Array.from({ length: 500 }, () => 0);
    let failure: unknown;
    try {
      engine.trainBatch(beyond, 1, 0.01);
    } catch (error) {
      failure = await engine.explain(error);
    }
    expect(failure).toBeInstanceOf(Error);
    await engine.dispose();
  });

  it('refuse a number of threads that the model cannot use', () => {
    expect(() =>
      createEngine(native, options, initialWeights(config, 5), data, { threads: 3, device: 'cpu' }),
    ).toThrow('training: expected threads to be 1, 2 or auto, got 3.');
  });
});
