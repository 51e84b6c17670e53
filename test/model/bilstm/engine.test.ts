import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/model/bilstm/create-engine.js';
import type { EngineOptions, TrainingData } from '../../../src/model/bilstm/engine.js';
import { biLstmConfig, initialWeights } from '../../../src/model/bilstm/shape.js';
import { TensorFlowEngine } from '../../../src/model/bilstm/tensorflow-engine.js';
import { dropoutMask } from '../../../src/model/kernels/dropout.js';
import type { Engine } from '../../../src/model/model.js';
import { integers, numbers, relativeDifference } from '../cases.js';
import { CPU_ENGINES, ENGINES, native } from './engines.js';

const config = biLstmConfig({ window: 5, features: 3, classes: 7, units: [6, 4], dropout: 0.4 });
const options: EngineOptions = { config, focal: {}, dropoutSeed: 11 };
const data: TrainingData = { matrix: numbers(60 * 3, 'matrix', 3), targets: integers(60 * 5, 'targets', 7) };
const weighted: TrainingData = { ...data, weights: numbers(60, 'weights').map((w) => 3 * Math.abs(w)) };
const sgd: EngineOptions = { ...options, optimizer: 'sgd' };
const starts = Int32Array.from({ length: 40 }, (_, i) => i);
const batch = (step: number): Int32Array => starts.slice((8 * step) % 40, ((8 * step) % 40) + 8);

/** Every third step is on shorter windows. */
function run(engine: Engine, steps: number, from = 1): number[] {
  return Array.from({ length: steps }, (_, i) => {
    const step = from + i;
    return engine.trainBatch(batch(step), step, 0.01, step % 3 === 0 ? 2 : config.window);
  });
}

const SETTINGS = [
  ['Adam', options, data],
  ['SGD and weighted lines', sgd, weighted],
  ['no focus', { ...options, focal: { gamma: 0 } }, data],
  ['another focus', { ...options, focal: { alpha: 0.5, gamma: 1.5 } }, data],
] as const;

describe('the engines', () => {
  it('are the CPU’s own in tests, whatever the machine', () => {
    expect(CPU_ENGINES.length).toBeGreaterThanOrEqual(2);
  });

  it.each(SETTINGS)(
    'of the CPU give the same bytes whatever vectors and threads, with %s',
    async (_, options, data) => {
      const weights = initialWeights(config, 5);
      const [first, ...others] = CPU_ENGINES.map(([, make]) => make(options, weights, data));
      const losses = run(first!, 6);
      for (const other of others) {
        expect(run(other, 6)).toEqual(losses);
        expect(other.state()).toEqual(first!.state());
        expect(other.evaluate(starts)).toEqual(first!.evaluate(starts));
      }
    },
  );

  it.each(SETTINGS)(
    'take the steps that TensorFlow’s ops take, dropout and all, with %s',
    async (_, options, data) => {
      const weights = initialWeights(config, 5);
      const [tensorFlow, own] = [ENGINES[0]!, CPU_ENGINES[0]!].map(([, make]) =>
        make(options, weights, data),
      );
      expect(relativeDifference(run(own!, 6), run(tensorFlow!, 6))).toBeLessThan(1e-5);
      const [expected, got] = [tensorFlow!.state(), own!.state()];
      for (const part of ['weights', 'first', 'second'] as const)
        for (const [name, { data }] of Object.entries(expected[part]))
          expect(relativeDifference(got[part][name]!.data, data), `${part} ${name}`).toBeLessThan(2e-4);
      const [there, here] = [tensorFlow!.evaluate(starts), own!.evaluate(starts)];
      expect(here.loss).toBeCloseTo(there.loss, 5);
      const same = here.classes.filter((value, i) => value === there.classes[i]).length;
      expect(same / here.classes.length).toBeGreaterThan(0.99);
      await tensorFlow!.dispose();
    },
  );

  it.each([
    ['one window', 1],
    ['many', 43],
  ])('agree on widths that fill no vector, in a batch of %s', async (_, size) => {
    const config = biLstmConfig({ window: 13, features: 19, classes: 59, units: [41, 37], dropout: 0.2 });
    const wide: TrainingData = {
      matrix: numbers(80 * 19, 'wide matrix', 20),
      targets: integers(80 * 5, 'wide targets', 59),
    };
    const options: EngineOptions = { config, focal: {}, optimizer: 'sgd', dropoutSeed: 3 };
    const starts = Int32Array.from({ length: size }, (_, i) => i);
    const [expected, ...others] = ENGINES.map(([, make]) => {
      const engine = make(options, initialWeights(config, 8), wide);
      const losses = [1, 2].map((step) => engine.trainBatch(starts, step, 0.1));
      return { losses, state: engine.state(), evaluation: engine.evaluate(starts) };
    });
    for (const other of others) {
      expect(relativeDifference(other.losses, expected!.losses)).toBeLessThan(1e-5);
      for (const [name, { data }] of Object.entries(expected!.state.weights))
        expect(relativeDifference(other.state.weights[name]!.data, data), name).toBeLessThan(1e-4);
      expect(other.evaluation.loss).toBeCloseTo(expected!.evaluation.loss, 5);
      expect(other).toEqual(others[0]);
    }
  });

  it.each(
    ENGINES.flatMap(([name, make]) => [
      [name, 'Adam', make, options] as const,
      [name, 'SGD', make, sgd] as const,
    ]),
  )('go on from a state as if never stopped, %s, %s', async (_, __, make, options) => {
    const whole = make(options, initialWeights(config, 5), data);
    const losses = run(whole, 8);
    const first = make(options, initialWeights(config, 5), data);
    run(first, 3);
    const second = make(options, initialWeights(config, 99), data);
    second.assign(first.state());
    expect(run(second, 5, 4)).toEqual(losses.slice(3));
    expect(second.state()).toEqual(whole.state());
    for (const engine of [whole, first, second]) await engine.dispose();
  });

  it.each(ENGINES)('keep the optimizer when only weights are replaced, %s', async (_, make) => {
    const engine = make(options, initialWeights(config, 5), data);
    run(engine, 3);
    const { first, second } = engine.state();
    engine.assign({ weights: initialWeights(config, 6) });
    expect(engine.state()).toEqual({ weights: initialWeights(config, 6), first, second });
    await engine.dispose();
  });

  it.each(ENGINES)('give a state that later steps leave alone, %s', async (_, make) => {
    const engine = make(options, initialWeights(config, 5), data);
    const before = engine.state();
    run(engine, 1);
    expect(before).toEqual(make(options, initialWeights(config, 5), data).state());
    await engine.dispose();
  });

  it.each(ENGINES)('refuse windows beyond the last row, %s', async (_, make) => {
    const engine = make(options, initialWeights(config, 5), data);
    const message = 'windows: expected rows 0 to 59, got a window of rows 56 to 60.';
    expect(() => engine.trainBatch(Int32Array.of(0, 56), 1, 0.01)).toThrow(message);
    expect(() => engine.evaluate(Int32Array.of(0, 56))).toThrow(message);
    await engine.dispose();
  });

  it.each(ENGINES)('train on shorter windows as a model of that W does, %s', async (_, make) => {
    const long = make(options, initialWeights(config, 5), weighted);
    const short = make({ ...options, config: { ...config, window: 2 } }, initialWeights(config, 5), weighted);
    expect(long.trainBatch(batch(0), 1, 0.01, 2)).toBe(short.trainBatch(batch(0), 1, 0.01));
    expect(long.state()).toEqual(short.state());
    expect(() => long.trainBatch(Int32Array.of(59), 2, 0.01, 2)).toThrow('rows 59 to 60');
    for (const engine of [long, short]) await engine.dispose();
  });

  it.each(ENGINES)('weigh lines in training and not in validation, %s', async (_, make) => {
    const plain = make(options, initialWeights(config, 5), data);
    const heavy = make(options, initialWeights(config, 5), weighted);
    expect(heavy.evaluate(starts)).toEqual(plain.evaluate(starts));
    const twice = make(options, initialWeights(config, 5), {
      ...data,
      weights: new Float32Array(60).fill(2),
    });
    expect(twice.trainBatch(batch(1), 1, 0)).toBeCloseTo(2 * plain.trainBatch(batch(1), 1, 0), 5);
    for (const engine of [plain, heavy, twice]) await engine.dispose();
  });

  it('hold the same number of tensors however long they train', async () => {
    const engine = new TensorFlowEngine(native, options, initialWeights(config, 5), data);
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

  it.each(ENGINES)('learn: the loss falls on a batch seen again and again, %s', async (_, make) => {
    const engine = make({ ...options, config: { ...config, dropout: 0 } }, initialWeights(config, 5), data);
    const losses = Array.from({ length: 60 }, (_, i) => engine.trainBatch(batch(0), i + 1, 0.01));
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 3);
    await engine.dispose();
  });

  it('refuse a number of threads that the model cannot use', async () => {
    await expect(
      createEngine(native, options, initialWeights(config, 5), data, { threads: 3 }),
    ).rejects.toThrow('training: expected threads to be 1, 2 or auto, got 3.');
  });

  it('drop the same units as TensorFlow’s ops do', async () => {
    // With all of h2 dropped but a few units, the loss of an untrained model tells which.
    const [rows, rate, seed] = [20, 0.9, [123, 45]] as const;
    const mask = Array.from(dropoutMask(native, [rows, 4], rate, seed).dataSync());
    expect(mask.filter((value) => value === 0).length).toBeGreaterThan(40);
    const dropping = { ...options, config: { ...config, dropout: rate }, dropoutSeed: seed[0] };
    const losses = [ENGINES[0]!, ...CPU_ENGINES].map(([, make]) =>
      make(dropping, initialWeights(config, 5), data).trainBatch(batch(0), seed[1], 0),
    );
    for (const loss of losses) expect(loss).toBeCloseTo(losses[0]!, 6);
    const other = CPU_ENGINES[0]![1](dropping, initialWeights(config, 5), data).trainBatch(batch(0), 46, 0);
    expect(Math.abs(other - losses[0]!)).toBeGreaterThan(1e-4);
  });
});
