import { beforeAll, describe, expect, it } from 'vitest';
import { batchNormBackward, batchNormForward, batchNormInfer } from '../../src/model/kernels/batch-norm.js';
import { dropoutMask } from '../../src/model/kernels/dropout.js';
import { focalLoss } from '../../src/model/kernels/focal.js';
import { lstmBackward, lstmForward } from '../../src/model/kernels/lstm.js';
import {
  Native,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '../../src/model/kernels/ops.js';
import { referenceBatchNorm, referenceFocalLoss, referenceLstm } from '../../src/model/kernels/reference.js';
import { loadTensorFlow } from '../../src/native/load.js';
import { integers, numbers, relativeDifference, SHAPES } from './cases.js';

let native: Native;
beforeAll(async () => {
  native = new Native(await loadTensorFlow({ device: 'cpu' }));
});

const values = (tensor: Tensor): ArrayLike<number> => tensor.dataSync();

const CASES = SHAPES.flatMap((shape) =>
  ([false, true] as const).map((reverse) => [reverse ? 'backwards' : 'forwards', ...shape] as const),
);

describe.each(CASES)('LSTM %s, with W %i, B %i, F %i, H %i', (direction, steps, batch, features, units) => {
  const reverse = direction === 'backwards';
  /** The twin knows no direction: it is given, and gives, a sequence turned round. */
  const turned = (run: (x: Tensor3D) => Tensor3D, x: Tensor3D): Tensor3D => {
    const { tf } = native;
    return reverse ? tf.reverse(run(tf.reverse(x, 0)), 0) : run(x);
  };
  const make = (scale = 1) => {
    const { tf } = native;
    return {
      x: tf.tensor3d(numbers(steps * batch * features, 'x', scale), [steps, batch, features]),
      kernel: tf.tensor2d(numbers(features * 4 * units, 'kernel', 0.5), [features, 4 * units]),
      recurrent: tf.tensor2d(numbers(units * 4 * units, 'recurrent', 0.5), [units, 4 * units]),
      b: tf.tensor1d(numbers(4 * units, 'bias')),
      dh: tf.tensor3d(numbers(steps * batch * units, 'dh'), [steps, batch, units]),
    };
  };

  it('gives the states of its step-by-step twin', () => {
    const { x, kernel, recurrent, b } = make();
    const w = native.tf.concat([kernel, recurrent], 0) as Tensor2D;
    const fused = lstmForward(native, x, w, b, { reverse });
    const twin = turned((input) => referenceLstm(native.tf, input, kernel, recurrent, b), x);
    expect(relativeDifference(values(fused.h), values(twin))).toBeLessThan(1e-5);
  });

  it('gives the gradients that the tape finds for its twin', () => {
    const { tf } = native;
    const { x, kernel, recurrent, b, dh } = make();
    const w = tf.concat([kernel, recurrent], 0) as Tensor2D;
    const trace = lstmForward(native, x, w, b, { reverse });
    const fused = lstmBackward(native, x, w, b, trace, dh, { reverse });
    const twin = tf.grads((...[x, kernel, recurrent, b]: Tensor[]) =>
      turned(
        (input) => referenceLstm(tf, input, kernel as Tensor2D, recurrent as Tensor2D, b as Tensor1D),
        x as Tensor3D,
      )
        .mul(dh)
        .sum(),
    )([x, kernel, recurrent, b]) as [Tensor, Tensor, Tensor, Tensor];
    expect(relativeDifference(values(fused.dx!), values(twin[0]))).toBeLessThan(1e-4);
    expect(relativeDifference(values(fused.dw), values(tf.concat([twin[1], twin[2]], 0)))).toBeLessThan(1e-4);
    expect(relativeDifference(values(fused.db), values(twin[3]))).toBeLessThan(1e-4);
  });

  it('has gradients that agree with differences of the loss', () => {
    const { tf } = native;
    const { x, kernel, recurrent, b, dh } = make();
    const w = tf.concat([kernel, recurrent], 0) as Tensor2D;
    const { dx, dw } = lstmBackward(native, x, w, b, lstmForward(native, x, w, b, { reverse }), dh, {
      reverse,
      inputs: false,
    });
    expect(dx).toBeNull();
    const direction = tf.tensor2d(numbers(w.size, 'direction'), w.shape);
    const loss = (at: number): number => {
      const moved = w.add(direction.mul(at)) as Tensor2D;
      return lstmForward(native, x, moved, b, { reverse }).h.mul(dh).sum().dataSync()[0]!;
    };
    const slope = (loss(1e-2) - loss(-1e-2)) / 2e-2;
    const expected = dw.mul(direction).sum().dataSync()[0]!;
    expect(Math.abs(slope - expected)).toBeLessThan(1e-2 * Math.max(1, Math.abs(expected)));
  });

  it('stays finite for inputs as large as ordinal ids get', () => {
    const { tf } = native;
    const { kernel, recurrent, b, dh } = make();
    const x = tf.tensor3d(numbers(steps * batch * features, 'x', 1e6), [steps, batch, features]);
    const w = tf.concat([kernel, recurrent], 0) as Tensor2D;
    const trace = lstmForward(native, x, w, b, { reverse });
    const { dx, dw, db } = lstmBackward(native, x, w, b, trace, dh, { reverse });
    for (const tensor of [trace.h, dx!, dw, db])
      expect(Array.from(values(tensor)).every(Number.isFinite)).toBe(true);
  });

  it('gives each sequence of a batch what it gets alone', () => {
    const { tf } = native;
    const { x, kernel, recurrent, b } = make();
    const w = tf.concat([kernel, recurrent], 0) as Tensor2D;
    const together = lstmForward(native, x, w, b, { reverse }).h;
    const first = lstmForward(native, tf.slice(x, [0, 0, 0], [steps, 1, features]), w, b, { reverse }).h;
    const alone = tf.slice(together, [0, 0, 0], [steps, 1, units]);
    expect(relativeDifference(values(alone), values(first))).toBeLessThan(1e-5);
  });
});

describe('batch normalization', () => {
  const make = () => {
    const { tf } = native;
    return {
      x: tf.tensor2d(numbers(30 * 7, 'x', 3), [30, 7]),
      gamma: tf.tensor1d(numbers(7, 'gamma')),
      beta: tf.tensor1d(numbers(7, 'beta')),
      dy: tf.tensor2d(numbers(30 * 7, 'dy'), [30, 7]),
    };
  };

  it('gives the values and gradients of its twin', () => {
    const { tf } = native;
    const { x, gamma, beta, dy } = make();
    const fused = batchNormForward(native, x, gamma, beta);
    const twin = (...[x, gamma, beta]: Tensor[]) =>
      referenceBatchNorm(tf, x as Tensor2D, { 'n/gamma': gamma!, 'n/beta': beta! }, 'n', true);
    expect(relativeDifference(values(fused.y), values(twin(x, gamma, beta)))).toBeLessThan(1e-5);
    const back = batchNormBackward(native, x, gamma, fused, dy);
    const grads = tf.grads((...inputs: Tensor[]) =>
      twin(...inputs)
        .mul(dy)
        .sum(),
    )([x, gamma, beta]);
    expect(relativeDifference(values(back.dx), values(grads[0]!))).toBeLessThan(1e-4);
    expect(relativeDifference(values(back.dgamma), values(grads[1]!))).toBeLessThan(1e-5);
    expect(relativeDifference(values(back.dbeta), values(grads[2]!))).toBeLessThan(1e-5);
  });

  it('predicts with the moving statistics', () => {
    const { tf } = native;
    const { x, gamma, beta } = make();
    const mean = tf.tensor1d(numbers(7, 'mean'));
    const variance = tf.tensor1d(numbers(7, 'variance')).abs() as Tensor1D;
    const twin = referenceBatchNorm(
      tf,
      x,
      { 'n/gamma': gamma, 'n/beta': beta, 'n/moving_mean': mean, 'n/moving_variance': variance },
      'n',
      false,
    );
    const fused = batchNormInfer(native, x, gamma, beta, mean, variance);
    expect(relativeDifference(values(fused), values(twin))).toBeLessThan(1e-5);
  });

  it('stays finite for a channel that never changes', () => {
    const { tf } = native;
    const { gamma, beta } = make();
    const { y } = batchNormForward(native, tf.fill([30, 7], 5) as Tensor2D, gamma, beta);
    expect(
      relativeDifference(values(y).length === 210 ? Array.from(values(y)).slice(0, 7) : [], values(beta)),
    ).toBeLessThan(1e-4);
  });
});

describe('focal loss', () => {
  const logits = (scale: number) => native.tf.tensor2d(numbers(20 * 9, 'logits', scale), [20, 9]);
  const classes = () => native.tf.tensor1d(integers(20, 'classes', 9), 'int32');

  it.each([
    ['the defaults', {}],
    ['no focus', { gamma: 0, alpha: 1 }],
    ['a milder focus', { gamma: 1, alpha: 1 }],
    ['a sharper focus', { gamma: 3, alpha: 0.5 }],
  ])('gives the loss and gradient of its twin with %s', (_, options) => {
    const { tf } = native;
    const fused = focalLoss(native, logits(3), classes(), 1 / 20, options);
    const twin = (z: Tensor) => referenceFocalLoss(tf, z as Tensor2D, classes(), options);
    expect(relativeDifference(values(fused.loss), values(twin(logits(3))))).toBeLessThan(1e-5);
    expect(relativeDifference(values(fused.dlogits), values(tf.grad(twin)(logits(3))))).toBeLessThan(1e-4);
  });

  it.each([
    ['the defaults', {}],
    ['no focus', { gamma: 0, alpha: 1 }],
    ['a milder focus', { gamma: 1, alpha: 1 }],
    ['a sharper focus', { gamma: 3, alpha: 0.5 }],
  ])('weighs rows as its twin with %s', (_, options) => {
    const { tf } = native;
    const weights = numbers(20, 'weights').map((w) => 10 * Math.abs(w));
    const fused = focalLoss(native, logits(3), classes(), 1 / 20, options, tf.tensor2d(weights, [20, 1]));
    const twin = (z: Tensor) =>
      referenceFocalLoss(tf, z as Tensor2D, classes(), options, tf.tensor1d(weights));
    expect(relativeDifference(values(fused.loss), values(twin(logits(3))))).toBeLessThan(1e-5);
    expect(relativeDifference(values(fused.dlogits), values(tf.grad(twin)(logits(3))))).toBeLessThan(1e-4);
  });

  it('has a weighted gradient that agrees with differences of the loss', () => {
    const { tf } = native;
    const weights = tf.tensor2d(
      numbers(20, 'weights').map((w) => 10 * Math.abs(w)),
      [20, 1],
    );
    const at = (shift: number) =>
      focalLoss(native, logits(1).add(direction.mul(shift)) as Tensor2D, classes(), 1 / 20, {}, weights);
    const direction = tf.tensor2d(numbers(20 * 9, 'direction'), [20, 9]);
    const slope = (values(at(1e-2).loss)[0]! - values(at(-1e-2).loss)[0]!) / 2e-2;
    const expected = values(at(0).dlogits.mul(direction).sum())[0]!;
    expect(Math.abs(slope - expected)).toBeLessThan(1e-2 * Math.abs(expected));
  });

  it('with the same weight for all rows is that many times the loss', () => {
    const { tf } = native;
    const plain = focalLoss(native, logits(3), classes(), 1 / 20);
    const weighted = focalLoss(native, logits(3), classes(), 1 / 20, {}, tf.fill([20, 1], 3) as Tensor2D);
    expect(relativeDifference(values(weighted.loss), values(plain.loss.mul(3)))).toBeLessThan(1e-6);
    expect(relativeDifference(values(weighted.dlogits), values(plain.dlogits.mul(3)))).toBeLessThan(1e-6);
  });

  it('is the closed formula for one row', () => {
    const { tf } = native;
    const { loss } = focalLoss(native, tf.tensor2d([[0, Math.log(3)]]), tf.tensor1d([0], 'int32'), 1);
    expect(values(loss)[0]).toBeCloseTo(0.25 * 0.75 ** 2 * Math.log(4), 6);
  });

  it('stays finite when the true class has no probability at all', () => {
    const { tf } = native;
    const { loss, dlogits } = focalLoss(native, tf.tensor2d([[-500, 500]]), tf.tensor1d([0], 'int32'), 1);
    expect(Array.from(values(loss)).every(Number.isFinite)).toBe(true);
    expect(Array.from(values(dlogits)).every(Number.isFinite)).toBe(true);
  });
});

describe('dropout', () => {
  it('drops its share and keeps the mean', () => {
    const mask = Array.from(values(dropoutMask(native, [500, 100], 0.4, [1, 2])));
    const dropped = mask.filter((m) => m === 0).length / mask.length;
    expect(dropped).toBeGreaterThan(0.39);
    expect(dropped).toBeLessThan(0.41);
    expect(mask.every((m) => m === 0 || Math.abs(m - 1 / 0.6) < 1e-6)).toBe(true);
  });

  it('draws the same mask for the same seed and another for the next step', () => {
    const draw = (step: number) => Array.from(values(dropoutMask(native, [10, 10], 0.4, [1, step])));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
