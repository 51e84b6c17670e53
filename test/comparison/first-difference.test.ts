import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDifference, newKeys } from '../../src/comparison/first-difference.js';

describe('firstDifference', () => {
  it('is the first place in the order of the record', () => {
    expect(firstDifference({ a: [1, 2], b: 3 }, { b: 4, a: [1, 3] })).toEqual({
      at: 'a.1',
      recorded: 2,
      now: 3,
    });
    expect(firstDifference([{ loss: 0.1 }], [{ loss: 0.1 + Number.EPSILON / 8 }])).toEqual({
      at: '0.loss',
      recorded: 0.1,
      now: 0.1 + Number.EPSILON / 8,
    });
  });

  it('sees what is missing, and what a list has more', () => {
    expect(firstDifference({ a: 1 }, {})).toEqual({ at: 'a', recorded: 1, now: undefined });
    expect(firstDifference([1], [1, 2])).toEqual({ at: '1', recorded: undefined, now: 2 });
    expect(firstDifference({ a: null }, { a: { b: 1 } })).toEqual({ at: 'a', recorded: null, now: { b: 1 } });
    expect(firstDifference([], {})).toEqual({ at: '', recorded: [], now: {} });
  });

  it('passes over keys that the record does not have', () => {
    expect(firstDifference({ a: 1 }, { a: 1, b: 2 })).toBeNull();
    expect(newKeys({ a: 1, c: { d: 1 } }, { a: 1, b: 2, c: { d: 1, e: 2 } })).toEqual(['b', 'c.e']);
  });

  it('finds none in a value and itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(firstDifference(value, structuredClone(value))).toBeNull();
        expect(newKeys(value, structuredClone(value))).toEqual([]);
      }),
    );
  });
});
