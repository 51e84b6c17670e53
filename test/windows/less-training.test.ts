import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaveOut, leaveOutNames } from '../../src/windows/capture.js';
import { lessTraining } from '../../src/windows/less-training.js';
import { splitCapture } from '../../src/windows/split.js';

const repeat = (...counts: [string, number][]): string[] =>
  counts.flatMap(([capture, count]) => Array<string>(count).fill(capture));

describe('a split that trains on less', () => {
  const captures = repeat(['a', 10], ['b', 8], ['c', 5], ['d', 5]);
  const fold = { train: ['a', 'b'], validation: ['c'], test: ['d'] };
  const split = splitCapture({ captures, fold, size: 3 });

  it('keeps the start of each capture, and no window that reaches beyond it', () => {
    const half = lessTraining(split, { size: 3, captures, most: 0, share: 0.5 });
    expect(half.trainRows).toEqual([
      { first: 0, last: 4 },
      { first: 10, last: 13 },
    ]);
    expect([...half.train]).toEqual([0, 1, 2, 10, 11]);
    expect([half.validation, half.test]).toEqual([split.validation, split.test]);
  });

  it('keeps the first captures alone', () => {
    expect(lessTraining(split, { size: 3, captures, most: 1, share: 1 }).trainRows).toEqual([
      { first: 0, last: 9 },
    ]);
    expect(lessTraining(split, { size: 3, captures, most: 2, share: 1 })).toEqual(split);
  });

  it('never trains on what the whole did not, and on more with a greater share', () => {
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map(
          (own) => new Set(lessTraining(split, { size: 3, captures, most: 0, share: own }).train),
        );
        for (const start of less!) expect(more!.has(start)).toBe(true);
        for (const start of more!) expect(split.train).toContain(start);
      }),
    );
  });

  it('refuses no share', () => {
    expect(() => lessTraining(split, { size: 3, captures, most: 0, share: 0 })).toThrow(
      'windows: expected a share of training in (0, 1], got 0.',
    );
  });
});

describe('the folds that leave one capture out', () => {
  const captures = repeat(['a', 2], ['b', 1], ['c', 3], ['d', 1]);

  it('test each capture once, validate the next and train on the others', () => {
    const folds = leaveOutNames(captures).map((name) => leaveOut(captures, name)!);
    expect(folds.map(({ test }) => test)).toEqual([['a'], ['b'], ['c'], ['d']]);
    expect(folds.map(({ validation }) => validation)).toEqual([['b'], ['c'], ['d'], ['a']]);
    for (const { train, validation, test } of folds)
      expect([...train, ...validation, ...test].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are none of other names, or of two captures', () => {
    expect(leaveOut(captures, 'leave-out-e')).toBeNull();
    expect(leaveOut(captures, 'a')).toBeNull();
    expect(leaveOut(['a', 'b'], 'leave-out-a')).toBeNull();
    expect(leaveOutNames(['a', 'b'])).toEqual([]);
  });
});
