import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { majorityBaseline, ownActionBaseline, previousLineBaseline } from '../../src/metrics/baselines.js';

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
  it('says the true class of the line before', () => {
    expect([...previousLineBaseline([4, 4, 2, 7])]).toEqual([4, 4, 4, 2]);
    expect([...previousLineBaseline([])]).toEqual([]);
  });

  it('is wrong exactly where the class changes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3)), (truth) => {
        const changes = truth.filter((label, i) => i > 0 && label !== truth[i - 1]).length;
        expect(previousLineBaseline(truth).filter((label, i) => label !== truth[i]).length).toBe(changes);
      }),
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
