import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slidingWindows } from '../../src/windows/sliding.js';
import { majorityVote, type VoteOptions } from '../../src/windows/vote.js';

const vote = (starts: number[], size: number, predictions: number[], options: Partial<VoteOptions> = {}) =>
  majorityVote({ starts: Int32Array.from(starts), size, predictions, rows: 10, ...options });

describe('majorityVote', () => {
  it('takes the class that most windows give', () => {
    const { code, votes, share } = vote([0, 1, 2], 3, [1, 1, 5, /**/ 1, 6, 6, /**/ 6, 7, 7]);
    expect([...code]).toEqual([1, 1, 6, 6, 7]);
    expect([...votes]).toEqual([1, 2, 3, 2, 1]);
    expect([...share]).toEqual([1, 1, 2 / 3, 0.5, 1]);
  });

  it('takes the class given first on a tie', () => {
    expect(vote([0, 1], 2, [9, 8, 7, 6]).code[1]).toBe(8);
    expect(vote([0, 1], 2, [9, 7, 8, 6]).code[1]).toBe(7);
    expect(
      vote([0, 1, 2, 3], 4, [0, 0, 0, 2, /**/ 0, 0, 1, 0, /**/ 0, 1, 0, 0, /**/ 2, 0, 0, 0]).code[3],
    ).toBe(2);
  });

  it('leaves out rows that no window covers', () => {
    expect([...vote([1, 5], 2, [3, 3, 4, 4]).row]).toEqual([1, 2, 5, 6]);
    expect([...vote([], 2, []).row]).toEqual([]);
  });

  it('counts a vote more in the middle of its window when asked to', () => {
    const [starts, predictions] = [
      [0, 2, 4],
      [0, 0, 0, 0, 1, /**/ 0, 0, 2, 0, 0, /**/ 1, 0, 0, 0, 0],
    ];
    expect(vote(starts, 5, predictions).code[4]).toBe(1);
    const central = vote(starts, 5, predictions, { weighting: 'central' });
    expect(central.code[4]).toBe(2);
    expect(central.share[4]).toBe(3 / 5);
    expect(central.votes[4]).toBe(3);
  });

  it('gives a line its one class when all windows agree, with any stride and weighting', () => {
    const weighting = fc.constantFrom('equal' as const, 'central' as const);
    const [size, stride] = [fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 12 })];
    const truth = fc.array(fc.nat(50), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(truth, size, stride, weighting, (truth, size, stride, weighting) => {
        const starts = slidingWindows(truth.length, { size, stride });
        const predictions = Array.from(starts).flatMap((start) => truth.slice(start, start + size));
        const { row, code, share } = majorityVote({
          starts,
          size,
          predictions,
          rows: truth.length,
          weighting,
        });
        expect([...code]).toEqual(Array.from(row, (index) => truth[index]));
        expect(share.every((value) => value === 1)).toBe(true);
      }),
    );
  });

  it('says what a count of all votes says', () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(size, fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }), (size, noise) => {
        const starts = slidingWindows(10, { size, stride: 1 });
        const predictions = noise.slice(0, starts.length * size);
        const result = majorityVote({ starts, size, predictions, rows: 10 });
        result.row.forEach((row, i) => {
          const given = predictions.filter((_, p) => starts[Math.floor(p / size)]! + (p % size) === row);
          const times = (code: number) => given.filter((value) => value === code).length;
          expect(result.votes[i]).toBe(given.length);
          expect(result.code[i]).toBe(
            given.find((code) => given.every((rival) => times(rival) <= times(code))),
          );
          expect(result.share[i]).toBe(times(result.code[i]!) / given.length);
        });
      }),
    );
  });

  it.each([
    [[0, 1], [1, 2, 3], 'windows: expected 2 × 2 predictions, got 3.'],
    [[1, 0], [1, 2, 3, 4], 'windows: expected ascending starts, got 0 after 1.'],
    [[0, 9], [1, 2, 3, 4], 'windows: expected rows below 10, got row 10.'],
  ])('refuses windows at %o with predictions %o', (starts, predictions, message) => {
    expect(() => vote(starts, 2, predictions)).toThrow(new RangeError(message));
  });
});
