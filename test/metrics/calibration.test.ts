import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibration } from '../../src/metrics/calibration.js';

describe('calibration', () => {
  it('is the mean distance of confidence and what is right, by bin', () => {
    const { ece, brier, bins } = calibration([0.95, 0.95, 0.35, 1], [true, false, false, true]);
    // The last bin holds .95, .95 and 1: mean .9667, two of three right; another holds .35, none right.
    expect(bins.map(({ n, right }) => [n, right])).toEqual([
      [1, 0],
      [3, 2 / 3],
    ]);
    expect(ece).toBeCloseTo(0.25 * 0.35 + 0.75 * (2.9 / 3 - 2 / 3), 12);
    expect(brier).toBeCloseTo((0.05 ** 2 + 0.95 ** 2 + 0.35 ** 2 + 0) / 4, 12);
  });

  it('keeps the surest first, and all of one confidence together', () => {
    const confidence = [1, 1, 1, 1, 1, 0.9, 0.8, 0.7, 0.6, 0.5];
    const right = confidence.map((own) => own === 1);
    const kept = Object.fromEntries(
      calibration(confidence, right).abstention.map(({ coverage, right: share }) => [coverage, share]),
    );
    expect(kept[1]).toBe(0.5);
    expect(kept[0.5]).toBe(1);
    expect(kept[0.8]).toBe(5 / 8);
    expect(calibration([1, 1, 1], [true, true, false]).abstention.map(({ coverage }) => coverage)).toEqual(
      Array(6).fill(1),
    );
  });

  it('is perfect where confidence is the truth, and bounded everywhere', () => {
    expect(calibration([1, 0, 1], [true, false, true])).toMatchObject({ ece: 0, brier: 0 });
    const sample = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1 }), (samples) => {
        const found = calibration(
          samples.map(([own]) => own),
          samples.map(([, right]) => right),
        );
        expect(found.bins.reduce((sum, { n }) => sum + n, 0)).toBe(samples.length);
        for (const value of [found.ece, found.brier]) expect(value >= 0 && value <= 1).toBe(true);
      }),
    );
  });

  it('refuses lists of other lengths', () => {
    expect(() => calibration([1], [])).toThrow('metrics: expected 1 verdicts, got 0.');
  });
});
