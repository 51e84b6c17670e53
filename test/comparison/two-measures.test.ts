import { describe, expect, it } from 'vitest';
import { compareAll } from '../../src/comparison/against-baseline.js';
import { verdictOf } from '../../src/comparison/paper-verdict.js';
import { measureName, PAPER_MEASURE, secondMeasure } from '../../src/comparison/run-set.js';
import { summarize, sumUp } from '../../src/comparison/summarize.js';
import { trainingDifferences } from '../../src/comparison/training-settings.js';
import { disagreements, secondOpinion } from '../../src/comparison/two-measures.js';
import { studyOf } from '../fixtures/study-results.js';

const EXACT = secondMeasure({ metric: 'macroF1.strict', level: 'lines' });

/** Two window sizes, the shorter one better by macro F1; `exact` says what both have by exact match. */
async function sizes(exact: (size: unknown) => number) {
  const results = await studyOf({
    score: (point, run) => (point['window.size'] === 5 ? 0.6 : 0.5) + 0.001 * run,
  });
  for (const { point, run, result } of results.records)
    if (result) result.lines.exactMatch.value = exact(point['window.size']) + 0.002 * run;
  return summarize(results);
}

describe('a claim by two measures', () => {
  it('is reversed when the second has its ends the other way round', async () => {
    const study = await sizes((size) => (size === 5 ? 0.75 : 0.83));
    expect(secondOpinion(study, 'blocked')).toMatchObject({
      ...{ measure: EXACT, says: 'reversed' },
      ...{ highest: { cell: { name: 'W = 10' } }, lowest: { cell: { name: 'W = 5' } } },
    });
    const [first, second] = [compareAll(study), compareAll(study, EXACT)];
    const opposed = disagreements(first, second).filter(({ first: { cell } }) => cell.protocol === 'blocked');
    expect(opposed.map(({ first: one, second: other }) => [one.verdict, other.verdict])).toEqual([
      ['better', 'worse'],
    ]);
  });

  it('is the same when both agree, and then nothing is opposed', async () => {
    const study = await sizes((size) => (size === 5 ? 0.83 : 0.75));
    expect(secondOpinion(study, 'blocked')!.says).toBe('same');
    expect(disagreements(compareAll(study), compareAll(study, EXACT))).toEqual([]);
  });

  it('asks macro F1 where exact match is the first', () => {
    expect(secondMeasure(EXACT)).toEqual({ metric: 'macroF1.strict', level: 'lines' });
    expect(measureName(PAPER_MEASURE)).toBe('the paper’s measure (strict macro F1 by window)');
  });
});

describe('training settings that go with points', () => {
  it('are listed with their values, without what the study varies', async () => {
    const results = await studyOf();
    expect(trainingDifferences(summarize(results))).toEqual([]);
    results.study.adjust = [{ at: { 'window.size': 5 }, set: { 'training.epochs': 3 } }];
    const [epochs, ...others] = trainingDifferences(summarize(results));
    expect(epochs!.path).toBe('training.epochs');
    expect(epochs!.values[0]).toEqual({ point: 'W = 5', value: 3 });
    expect(others).toEqual([]);
  });
});

describe('a number of the paper', () => {
  it('lies inside our interval, or ours is higher or lower', () => {
    const ours = sumUp([0.9, 0.91, 0.92], { level: 0.95, testShare: null });
    const of = (value: object) => verdictOf({ point: {}, ...value }, ours, {});
    expect([{ mean: 0.91 }, { mean: 0.5 }, { mean: 0.99 }, { low: 0.6, high: 0.89 }].map(of)).toEqual([
      ...['inside', 'ours higher', 'ours lower', 'inside'],
    ]);
    expect(verdictOf({ point: {}, mean: 1 }, ours, { ofMachine: true })).toBe('another machine');
  });
});
