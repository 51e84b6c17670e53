import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusteringScores, scoresBySize } from '../../src/metrics/clustering.js';

/** Numbers of scikit-learn and SciPy, written by `scripts/golden/clustering.py`. */
const golden: {
  truth: number[];
  predicted: number[];
  bCubed: [number, number];
  ceafE: [number, number];
  oneToOne: number;
  ari: number;
  homogeneity: number;
  completeness: number;
}[] = JSON.parse(readFileSync(new URL('../golden/clustering.json', import.meta.url), 'utf8'));

describe.each(golden.map((known) => [known.truth.length, known] as const))(
  'of %d lines scored by scikit-learn and SciPy too',
  (_, known) => {
    it('all scores are the same', () => {
      const scores = clusteringScores(known.truth, known.predicted);
      expect(scores.bCubed.precision).toBeCloseTo(known.bCubed[0], 10);
      expect(scores.bCubed.recall).toBeCloseTo(known.bCubed[1], 10);
      expect(scores.ceafE.precision).toBeCloseTo(known.ceafE[0], 10);
      expect(scores.ceafE.recall).toBeCloseTo(known.ceafE[1], 10);
      expect(scores.oneToOne).toBeCloseTo(known.oneToOne, 10);
      expect(scores.ari).toBeCloseTo(known.ari, 10);
      expect(scores.vMeasure.homogeneity).toBeCloseTo(known.homogeneity, 10);
      expect(scores.vMeasure.completeness).toBeCloseTo(known.completeness, 10);
    });
  },
);

describe('clusteringScores', () => {
  // Lines 0–3 are a, 4–5 are b, 6 is c; given: {0,1,2}, {3,4,5}, {6}.
  const truth = ['a', 'a', 'a', 'a', 'b', 'b', 'c'];
  const predicted = [1, 1, 1, 2, 2, 2, 3];

  it('is what one counts by hand', () => {
    const scores = clusteringScores(truth, predicted);
    expect(scores.clusters).toEqual({ truth: 3, predicted: 3 });
    expect(scores.exact).toEqual({ precision: 0, recall: 0, f1: 0 });
    expect(scores.bCubed.precision).toBeCloseTo((3 + 1 / 3 + 2 * (2 / 3) + 1) / 7, 12);
    expect(scores.bCubed.recall).toBeCloseTo((3 * (3 / 4) + 1 / 4 + 2 + 1) / 7, 12);
    expect(scores.ceafE.precision).toBeCloseTo((6 / 7 + 4 / 5 + 1) / 3, 12);
    expect(scores.oneToOne).toBeCloseTo(6 / 7, 12);
    // Pairs together on both sides 3 + 1, in the truth 6 + 1, given 3 + 3, of 21.
    expect(scores.ari).toBeCloseTo((4 - 2) / (6.5 - 2), 12);
  });

  it('counts exact clusters of two lines or more only', () => {
    const { exact } = clusteringScores(['a', 'a', 'b', 'b', 'c', 'd'], [1, 1, 2, 3, 4, 4]);
    expect(exact.precision).toBe(1 / 2);
    expect(exact.recall).toBe(1 / 2);
  });

  it('takes null for a cluster of one line', () => {
    const scores = clusteringScores([null, null, 'a'], [null, null, 'x']);
    expect(scores.clusters).toEqual({ truth: 3, predicted: 3 });
    expect([scores.bCubed.f1, scores.ari]).toEqual([1, 1]);
  });

  it('is 1 throughout when all is right, whatever clusters are called', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(8), { minLength: 1, maxLength: 50 }), (ids) => {
        const scores = clusteringScores(
          ids,
          ids.map((id) => `c${id}`),
        );
        for (const score of [
          scores.bCubed.f1,
          scores.ceafE.f1,
          scores.oneToOne,
          scores.ari,
          scores.vMeasure.v,
        ])
          expect(score).toBeCloseTo(1, 10);
      }),
    );
  });

  it('gives precision for recall when the sides change places', () => {
    const [there, back] = [clusteringScores(truth, predicted), clusteringScores(predicted, truth)];
    expect(there.bCubed.precision).toBeCloseTo(back.bCubed.recall, 12);
    expect(there.ceafE.precision).toBeCloseTo(back.ceafE.recall, 12);
    expect(there.vMeasure.homogeneity).toBeCloseTo(back.vMeasure.completeness, 12);
  });

  it('is finite for no lines, and refuses sides of different length', () => {
    expect(clusteringScores([], [])).toMatchObject({ lines: 0, oneToOne: 0, ari: 1 });
    expect(() => clusteringScores([1], [])).toThrow('metrics: expected 1 clusters, one a line, got 0.');
  });
});

describe('scoresBySize', () => {
  it('counts each true cluster where its size belongs', () => {
    const [one, few] = scoresBySize(['a', 'b', 'b', 'c', 'c', 'c'], [1, 2, 2, 3, 3, 1]);
    expect(one).toMatchObject({ from: 1, to: 1, lines: 1, clusters: 1, exact: 0 });
    expect(few).toMatchObject({ from: 2, to: 4, lines: 5, clusters: 2, exact: 0.5 });
    expect(few?.bCubed.recall).toBeCloseTo((2 + 2 * (2 / 3) + 1 / 3) / 5, 12);
    expect(few?.bCubed.precision).toBeCloseTo((2 + 2 + 1 / 2) / 5, 12);
  });

  it('may be asked for other sizes, the last without end', () => {
    expect(scoresBySize(['a', 'a', 'a'], [1, 1, 1], [1, 3])).toEqual([
      {
        from: 3,
        to: Number.POSITIVE_INFINITY,
        lines: 3,
        clusters: 1,
        exact: 1,
        bCubed: { precision: 1, recall: 1, f1: 1 },
      },
    ]);
  });
});
