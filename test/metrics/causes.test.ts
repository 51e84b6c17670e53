import { describe, expect, it } from 'vitest';
import { causeScores, rightShare, riskAt, thresholdFor } from '../../src/metrics/causes.js';

/** Ten lines, the surest first; the third and the last two are wrong. */
const RIGHT = [true, true, false, true, true, true, true, true, false, false];
const SURE = [1, 1, 0.95, 0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4];

describe('scores of causes', () => {
  const scores = causeScores({
    truth: [0, 0, 0, 3, 3, null],
    said: [0, 0, 3, 3, 3, null],
    labels: { truth: [1, 1, 1, 1, 1, 2], said: [1, 1, 1, 1, 1, 3] },
    confidence: [1, 1, 0.5, 1, 1, 1],
  });

  it('counts right labels apart from right triggers', () => {
    expect(scores.label).toBe(5 / 6);
    expect(scores.trigger).toBe(5 / 6);
    expect(scores.macroF1).toEqual({ strict: 1 / 3, truth: 1 / 2 });
  });

  it('scores contexts over the lines that somebody caused', () => {
    expect(scores.contexts.lines).toBe(5);
    expect(scores.contexts.exact.f1).toBe(0);
    expect(scores.contexts.bySize.find(({ from }) => from === 2)?.clusters).toBe(2);
  });

  it('takes a missed cause for one that stands alone', () => {
    const labels = { truth: [1, 1], said: [1, 1] };
    expect(causeScores({ truth: [0, 0], said: [null, null], labels }).contexts.clusters.predicted).toBe(2);
    expect(causeScores({ truth: [0, 0], said: [0, null], labels }).risk).toEqual([]);
  });
});

describe('risk', () => {
  it('is the share of wrong answers among those that are sure enough', () => {
    expect(riskAt(RIGHT, SURE, [1, 0.8, 0.2])).toEqual([
      { coverage: 1, confidence: 0.4, risk: 0.3 },
      { coverage: 0.8, confidence: 0.6, risk: 1 / 8 },
      { coverage: 0.2, confidence: 1, risk: 0 },
    ]);
  });

  it('answers lines of one confidence together', () => {
    expect(riskAt(RIGHT, SURE, [0.4])).toEqual([{ coverage: 0.5, confidence: 0.9, risk: 1 / 5 }]);
  });

  it('gives the threshold that answers most lines at a risk, 0 where all may be answered', () => {
    expect(thresholdFor(RIGHT, SURE, 0.3)).toBe(0);
    expect(thresholdFor(RIGHT, SURE, 0.23)).toBe(0.5);
    expect(thresholdFor(RIGHT, SURE, 0.13)).toBe(0.6);
    expect(thresholdFor(RIGHT, SURE, 0)).toBe(1);
    expect(thresholdFor([], [], 0)).toBe(0);
  });

  it('gives the threshold of the least risk where none is low enough', () => {
    expect(thresholdFor([false, true, true, false], [1, 0.9, 0.8, 0.7], 0.1)).toBe(0.8);
  });
});

describe('rightShare', () => {
  it('is as wide as contexts make it: lines of one context are no more than one draw', () => {
    const right = Array.from({ length: 400 }, (_, i) => i % 40 < 36);
    const alone = rightShare(
      right,
      right.map((_, i) => i),
      { seed: 1 },
    );
    const together = rightShare(
      right,
      right.map((_, i) => Math.floor((i % 40) / 4)),
      { seed: 1 },
    );
    expect(alone.value).toBe(0.9);
    expect(together.value).toBe(0.9);
    expect(together.high - together.low).toBeGreaterThan(3 * (alone.high - alone.low));
    expect(
      rightShare(
        right,
        right.map(() => null),
        { seed: 1 },
      ),
    ).toEqual({ ...alone, n: 400 });
  });
});
