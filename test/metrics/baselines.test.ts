import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  majorityBaseline,
  ownActionBaseline,
  previousLineBaseline,
  tupleBaseline,
} from '../../src/metrics/baselines.js';

describe('majorityBaseline', () => {
  it('says the most frequent class of training, whatever the sample', () => {
    expect([...majorityBaseline([1, 2, 2], 2)]).toEqual([2, 2]);
  });

  it('says the smallest on a tie, and 0 without training', () => {
    expect([...majorityBaseline([5, 3, 5, 3], 1)]).toEqual([3]);
    expect([...majorityBaseline([], 1)]).toEqual([0]);
  });
});

describe('previousLineBaseline', () => {
  it('says the true class of the line before, and of the first line its own action', () => {
    expect([...previousLineBaseline([4, 4, 2, 7], [9, 8, 7, 6])]).toEqual([9, 4, 4, 2]);
    expect([...previousLineBaseline([], [])]).toEqual([]);
  });

  it('does not look across the border of a sequence', () => {
    const said = previousLineBaseline([4, 4, 4, 4, 4], [1, 1, 1, 1, 1], ['a', 'a', 'b', 'b', 'c']);
    expect([...said]).toEqual([1, 4, 1, 4, 1]);
  });

  it('is wrong exactly where the class changes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3)), (truth) => {
        const changes = truth.filter((label, i) => i > 0 && label !== truth[i - 1]).length;
        const said = previousLineBaseline(truth, truth);
        expect(said.filter((label, i) => label !== truth[i]).length).toBe(changes);
      }),
    );
  });

  it('refuses lists of different length', () => {
    expect(() => previousLineBaseline([1, 2], [1])).toThrow(
      new RangeError('metrics: expected 2 items, got 1.'),
    );
    expect(() => previousLineBaseline([1, 2], [1, 2], ['a'])).toThrow('metrics: expected 2 items, got 1.');
  });
});

describe('tupleBaseline', () => {
  const train = { keys: ['a', 'b', 'a', 'a', 'b'], classes: [3, 5, 3, 1, 4] };

  it('says the most frequent class of training among those alike, the smallest on a tie', () => {
    expect([...tupleBaseline(train, ['a', 'b'], [9, 9])]).toEqual([3, 4]);
  });

  it('says the fallback where nothing in training is alike', () => {
    expect([...tupleBaseline(train, ['c', 'a'], [9, 8])]).toEqual([9, 3]);
    expect([...tupleBaseline({ keys: [], classes: [] }, ['a'], [7])]).toEqual([7]);
  });

  it('is right about training at least as often as anything else that sees the keys only', () => {
    const sample = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(3));
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1 }),
        fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }),
        (samples, guess) => {
          const keys = samples.map(([key]) => key);
          const classes = samples.map(([, label]) => label);
          const said = tupleBaseline({ keys, classes }, keys, classes);
          const right = (at: (i: number) => number) => classes.filter((label, i) => label === at(i)).length;
          expect(right((i) => said[i]!)).toBeGreaterThanOrEqual(
            right((i) => guess['abc'.indexOf(keys[i]!)]!),
          );
        },
      ),
    );
  });

  it('refuses lists of different length', () => {
    expect(() => tupleBaseline({ keys: ['a'], classes: [] }, [], [])).toThrow(
      new RangeError('metrics: expected 1 items, got 0.'),
    );
  });
});

describe('ownActionBaseline', () => {
  it('says what the line says of itself, as a copy', () => {
    const own = Int32Array.of(3, 1);
    const said = ownActionBaseline(own);
    expect(said).toEqual(own);
    expect(said).not.toBe(own);
  });
});
