import { describe, expect, it } from 'vitest';
import { clusteringRate, scoreContexts } from '../../src/contexts/score.js';

describe('scores of contexts', () => {
  it('count lines that have a context in the truth, and let a line without one stand alone', () => {
    const { lines, exact, bySize } = scoreContexts(
      ['a', 'a', null, 'b', 'b'],
      new Map([
        [0, 7],
        [1, 7],
        [3, 9],
      ]),
    );
    expect(lines).toBe(4);
    expect(exact).toMatchObject({ precision: 1, recall: 0.5 });
    expect(bySize).toMatchObject([{ from: 2, clusters: 2, exact: 0.5 }]);
  });

  it('count labels by the mean lines of their contexts', () => {
    const label = [1, 0, 1, 1, 1];
    const rate = clusteringRate([
      { label, lines: [1, 2], more: 2 },
      { label, lines: [3, 4, 5, 6, 7, 8] },
      { label: [2, 0, 1, 1, 1], lines: [9] },
      { label: [3, 0, 1, 1, 1], lines: [9], background: true },
    ]);
    expect(rate.labels).toBe(2);
    expect(rate.bins.map(({ labels }) => labels)).toEqual([1, 1, 0, 0, 0, 0]);
  });
});
