import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracy, classScores, confusion, macroF1 } from '../../src/metrics/classification.js';
import { golden } from './golden.js';

const label = fc.nat(6);
const pairs = fc.array(fc.tuple(label, label), { minLength: 1, maxLength: 60 });
const sides = (pairs: readonly (readonly [number, number])[]) =>
  [pairs.map(([truth]) => truth), pairs.map(([, predicted]) => predicted)] as const;

describe.each(golden.cases.map((known) => [known.truth.length, known] as const))(
  'of %d samples scored by scikit-learn too',
  (_, known) => {
    it('every class has the same precision, recall, F1 and support', () => {
      const scores = classScores(known.truth, known.predicted);
      expect(scores.map((score) => score.class)).toEqual(known.classes.map((score) => score.class));
      known.classes.forEach((expected, k) => {
        for (const key of ['precision', 'recall', 'f1', 'support'] as const)
          expect(scores[k]![key]).toBeCloseTo(expected[key], 12);
      });
    });

    it('macro F1 is the same, over all classes and over those of the truth', () => {
      for (const over of ['union', 'truth'] as const)
        expect(macroF1(known.truth, known.predicted, { over })).toBeCloseTo(known.macroF1[over], 12);
    });

    it('accuracy is the same', () => {
      expect(accuracy(known.truth, known.predicted)).toBeCloseTo(known.accuracy, 12);
    });

    it('the confusion matrix is the same', () => {
      const names = known.classes.map((score) => score.class);
      const cells = known.confusion.flatMap((row, t) =>
        row.map((count, q) => ({ truth: names[t]!, predicted: names[q]!, count })),
      );
      const found = confusion(known.truth, known.predicted);
      expect(new Set(found)).toEqual(new Set(cells.filter(({ count }) => count > 0)));
    });
  },
);

describe('macroF1', () => {
  it('counts a made-up class against the strict score only', () => {
    expect(macroF1([1, 1, 2], [1, 2, 3], { over: 'union' })).toBeCloseTo(2 / 9, 12);
    expect(macroF1([1, 1, 2], [1, 2, 3], { over: 'truth' })).toBeCloseTo(3 / 9, 12);
  });

  it('is no higher over all classes than over those of the truth', () => {
    fc.assert(
      fc.property(pairs, (pairs) => {
        const [truth, predicted] = sides(pairs);
        const strict = macroF1(truth, predicted, { over: 'union' });
        expect(strict).toBeLessThanOrEqual(macroF1(truth, predicted, { over: 'truth' }) + 1e-12);
        expect(strict).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is 1 when all is right, and does not depend on the order of samples', () => {
    fc.assert(
      fc.property(pairs, (pairs) => {
        const [truth, predicted] = sides(pairs);
        const reversed = sides(pairs.toReversed());
        expect(macroF1(truth, truth, { over: 'union' })).toBe(1);
        expect(macroF1(...reversed, { over: 'union' })).toBe(macroF1(truth, predicted, { over: 'union' }));
      }),
    );
  });

  it('is no number without samples', () => {
    expect(macroF1([], [], { over: 'union' })).toBeNaN();
    expect(accuracy([], [])).toBeNaN();
    expect(classScores([], [])).toEqual([]);
  });
});

describe('classScores', () => {
  it('lists true and predicted classes by number, with how often each was given', () => {
    const scores = classScores([7, 7, 2], [7, 30, 30]);
    expect(scores.map(({ class: name, support, predicted }) => [name, support, predicted])).toEqual([
      [2, 1, 0],
      [7, 2, 1],
      [30, 0, 2],
    ]);
  });
});

describe('confusion', () => {
  it('lists the most frequent cell first, ties by class', () => {
    expect(confusion([1, 1, 2, 2, 2], [1, 1, 3, 3, 1])).toEqual([
      { truth: 1, predicted: 1, count: 2 },
      { truth: 2, predicted: 3, count: 2 },
      { truth: 2, predicted: 1, count: 1 },
    ]);
  });

  it('holds every sample once', () => {
    fc.assert(
      fc.property(pairs, (pairs) => {
        const cells = confusion(...sides(pairs));
        expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(pairs.length);
      }),
    );
  });
});

const refusing = {
  macroF1: (truth: number[], predicted: number[]) => macroF1(truth, predicted, { over: 'union' }),
  classScores,
  confusion,
  accuracy,
};

it.each(Object.entries(refusing))('%s refuses sides of different length', (_, score) => {
  expect(() => score([1, 2], [1])).toThrow(new RangeError('metrics: expected 2 predictions, got 1.'));
});
