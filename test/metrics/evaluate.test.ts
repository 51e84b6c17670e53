import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracy, macroF1 } from '../../src/metrics/classification.js';
import { levelScores, partAccuracies } from '../../src/metrics/evaluate.js';
import { randomStream } from '../../src/random.js';

const CLASSES = 10;
const code = (r: number, s: number, v: number, n: number, u: number) =>
  [r, s, v, n, u].reduce((sum, part) => sum * CLASSES + part, 0);

/** Contexts of several lines each; a context is right or wrong as a whole. */
function sample(contexts: number, lines: number, wrong: number) {
  const random = randomStream(7, 'sample');
  const [truth, predicted, groups]: [number[], number[], number[]] = [[], [], []];
  for (let context = 0; context < contexts; context++) {
    const label = random.integer(8);
    const guess = random.next() < wrong ? random.integer(8) : label;
    for (let line = 0; line < lines; line++) {
      truth.push(label);
      predicted.push(guess);
      groups.push(context);
    }
  }
  return { truth, predicted, groups, classes: CLASSES, seed: 7 };
}

const width = ({ low, high }: { low: number; high: number }) => high - low;

describe('levelScores', () => {
  it('scores whole labels and each part of them', () => {
    const truth = [code(1, 0, 2, 1, 1), code(3, 0, 2, 1, 0), code(3, 1, 4, 0, 0), code(9, 9, 9, 9, 9)];
    const predicted = [code(1, 0, 2, 1, 1), code(3, 0, 2, 1, 1), code(3, 2, 4, 1, 0), code(9, 9, 9, 9, 9)];
    const scores = levelScores({ truth, predicted, classes: CLASSES, seed: 7 });
    expect(scores.n).toBe(4);
    expect(scores.exactMatch.value).toBe(0.5);
    expect(scores.macroF1.strict.value).toBeCloseTo(2 / 6, 12);
    expect(scores.macroF1.paper.value).toBeCloseTo(2 / 4, 12);
    expect(scores.parts).toEqual({ r: 1, s: 0.75, v: 1, n: 0.75, u: 0.75 });
  });

  it('gives the values that the metrics themselves give, within their intervals', () => {
    const label = fc.nat(4);
    const samples = fc.array(fc.tuple(label, label, fc.nat(9)), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(samples, (samples) => {
        const [truth, predicted, groups] = [0, 1, 2].map((side) => samples.map((sample) => sample[side]!));
        const scores = levelScores({
          truth: truth!,
          predicted: predicted!,
          groups: groups!,
          classes: CLASSES,
          seed: 1,
          resamples: 50,
        });
        expect(scores.exactMatch.value).toBe(accuracy(truth!, predicted!));
        expect(scores.macroF1.strict.value).toBe(macroF1(truth!, predicted!, { over: 'union' }));
        expect(scores.macroF1.paper.value).toBe(macroF1(truth!, predicted!, { over: 'truth' }));
        if (new Set(groups).size < 2) return;
        for (const { value, low, high } of [scores.exactMatch, scores.macroF1.strict, scores.macroF1.paper]) {
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
        }
      }),
    );
  });

  it('says how its intervals were found', () => {
    const { exactMatch } = levelScores({ ...sample(40, 3, 0.2), level: 0.9, resamples: 200 });
    expect(exactMatch).toMatchObject({
      level: 0.9,
      n: 120,
      method: 'cluster bootstrap over 40 contexts, 200 resamples',
    });
  });

  it('does not call certain what was right every time', () => {
    const { exactMatch, macroF1 } = levelScores({ ...sample(40, 3, 0), resamples: 200 });
    for (const interval of [exactMatch, macroF1.strict, macroF1.paper])
      expect(interval).toEqual({
        value: 1,
        low: expect.closeTo(0.9124, 4),
        high: 1,
        level: 0.95,
        n: 120,
        method: 'Wilson over 40 contexts',
      });
  });

  it('gives the same intervals for the same seed, and others for another', () => {
    const options = sample(40, 3, 0.2);
    expect(levelScores(options)).toEqual(levelScores(options));
    expect(levelScores({ ...options, seed: 8 }).exactMatch).not.toEqual(levelScores(options).exactMatch);
  });

  it('is less sure of lines that are right or wrong together', () => {
    const { groups, ...lines } = sample(100, 16, 0.3);
    const [together, alone] = [levelScores({ ...lines, groups }), levelScores(lines)];
    expect(width(together.exactMatch)).toBeGreaterThan(3 * width(alone.exactMatch));
    expect(width(together.exactMatch)).toBeLessThan(5 * width(alone.exactMatch));
  });

  it('draws each context as a whole', () => {
    const few = levelScores({ ...sample(100, 1, 0.3), resamples: 100 });
    const many = levelScores({ ...sample(100, 20, 0.3), resamples: 100 });
    expect({ ...many.macroF1.strict, n: 0 }).toEqual({ ...few.macroF1.strict, n: 0 });
  });

  it('has nothing to say without samples', () => {
    const { n, exactMatch, macroF1, parts } = levelScores({ truth: [], predicted: [], classes: 2, seed: 7 });
    expect(n).toBe(0);
    for (const interval of [exactMatch, macroF1.strict, macroF1.paper])
      expect(interval).toMatchObject({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
    expect(parts.r).toBeNaN();
  });

  it('refuses groups of other samples', () => {
    expect(() => levelScores({ truth: [1], predicted: [1], groups: [1, 2], classes: 2, seed: 7 })).toThrow(
      new RangeError('metrics: expected 1 groups, one a sample, got 2.'),
    );
  });
});

describe('partAccuracies', () => {
  it('takes codes apart whatever the base', () => {
    const part = fc.nat(58);
    const label = fc.tuple(part, part, part, part, part);
    fc.assert(
      fc.property(label, label, (truth, predicted) => {
        const encode = (parts: readonly number[]) => parts.reduce((sum, id) => sum * 59 + id, 0);
        const scores = partAccuracies([encode(truth)], [encode(predicted)], 59);
        expect(Object.values(scores)).toEqual(truth.map((id, i) => (id === predicted[i] ? 1 : 0)));
      }),
    );
  });
});
