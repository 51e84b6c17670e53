import { describe, expect, it } from 'vitest';
import {
  baselineOf,
  type Cell,
  cellOf,
  type StudySummary,
  scoreOf,
  summarize,
  summaryOf,
  sumUp,
} from '../../src/comparison/summarize.js';
import { studyOf } from '../fixtures/study-results.js';

/** Student's t at 97.5 % with two degrees of freedom. */
const T = 4.302652729749464;
const FIVE = { 'window.size': 5 };
const rising = { score: (_: unknown, run: number) => 0.9 + 0.02 * run };

/** The study's first two cells: one point under `paper`, and under `blocked`. */
const firstOf = (study: StudySummary): [Cell, Cell] => [study.cells[0]!, study.cells[1]!];

describe('summarize', () => {
  it('has every point under every protocol, in the order of the file', async () => {
    const { cells, points, reference } = summarize(await studyOf());
    expect(cells.map(({ name, protocol }) => [name, protocol])).toEqual([
      ['W = 5', 'paper'],
      ['W = 5', 'blocked'],
      ['W = 10', 'paper'],
      ['W = 10', 'blocked'],
    ]);
    expect(points.map(({ name }) => name)).toEqual(['W = 5', 'W = 10']);
    expect(reference).toEqual({ 'window.size': 10 });
  });

  it('gives mean, standard deviation, n and Student’s interval of every score at both levels', async () => {
    const study = summarize(await studyOf(rising));
    const [, blocked] = firstOf(study);
    expect(scoreOf(study, blocked, { metric: 'macroF1.strict', level: 'lines' })).toEqual({
      n: 3,
      mean: expect.closeTo(0.92, 12),
      sd: expect.closeTo(0.02, 12),
      low: expect.closeTo(0.92 - (T * 0.02) / Math.sqrt(3), 9),
      high: expect.closeTo(0.92 + (T * 0.02) / Math.sqrt(3), 9),
      method: 'Student t over runs',
      values: [0.9, 0.92, expect.closeTo(0.94, 12)],
    });
    const mean = (metric: 'macroF1.strict' | 'macroF1.paper' | 'exactMatch', level: 'lines' | 'windows') =>
      scoreOf(study, blocked, { metric, level }).mean;
    expect(mean('macroF1.paper', 'lines')).toBeCloseTo(0.93, 12);
    expect(mean('exactMatch', 'lines')).toBeCloseTo(0.94, 12);
    expect(mean('macroF1.strict', 'windows')).toBeCloseTo(0.87, 12);
  });

  it('corrects the interval where runs draw their own test windows, by test over training windows', async () => {
    const study = summarize(await studyOf(rising));
    const [paper, blocked] = firstOf(study);
    const half = T * 0.02 * Math.sqrt(1 / 3 + 20 / 80);
    expect(scoreOf(study, paper)).toMatchObject({
      low: expect.closeTo(0.92 - half, 9),
      high: expect.closeTo(0.92 + half, 9),
      method: 'Nadeau–Bengio corrected t',
    });
    expect([paper.testShare, blocked.testShare]).toEqual([0.25, null]);
  });

  it('does not correct a contiguous k-fold, whose part is the same in every run', async () => {
    const { cells } = summarize(await studyOf({ points: [{ 'split.folds': 5, 'split.part': 2 }] }));
    expect(cells[0]!.testShare).toBeNull();
  });

  it('counts what failed and what is missing, and sums up the rest', async () => {
    const study = summarize(
      await studyOf({ runs: 4, score: (_, run) => ([0.9, null, undefined, 0.8] as const)[run] }),
    );
    const [paper] = firstOf(study);
    expect([paper.planned, paper.done.length, paper.missing.length]).toEqual([4, 2, 1]);
    expect(paper.failed).toMatchObject([{ run: 1, failure: 'too short' }]);
    expect(scoreOf(study, paper).mean).toBeCloseTo(0.85, 12);
    expect(study.counts).toEqual({ planned: 16, done: 8, failed: 4, missing: 4 });
  });

  it('has no numbers where nothing has been run', async () => {
    const study = summarize(await studyOf({ score: () => undefined }));
    const [paper] = firstOf(study);
    const { n, mean, low } = scoreOf(study, paper);
    expect([n, mean, low, paper.testShare]).toEqual([0, Number.NaN, Number.NaN, null]);
    expect(study.protocols[0]).toEqual({
      protocol: 'paper',
      verdict: null,
      word: null,
      leastShared: 0,
      shared: 0,
    });
  });

  it('says what the split leaks', async () => {
    expect(summarize(await studyOf()).protocols).toEqual([
      { protocol: 'paper', verdict: 'leaks', word: 'leaks', leastShared: 0.9, shared: 0.9 },
      { protocol: 'blocked', verdict: 'leak-free', word: 'shares no line', leastShared: 0, shared: 0 },
    ]);
  });

  it('has the baselines’ means, of those that the records have', async () => {
    const results = await studyOf();
    for (const { result } of results.records) delete result!.baselines.tuple;
    const study = summarize(results);
    const [paper] = firstOf(study);
    expect(baselineOf(study, paper, 'nearestAction', 'exactMatch')).toMatchObject({
      n: 3,
      mean: expect.closeTo(0.62, 12),
      sd: expect.closeTo(0, 12),
    });
    expect(baselineOf(study, paper, 'tuple').n).toBe(0);
  });

  it('has the time of training and of a line, and the epochs', async () => {
    const study = summarize(await studyOf());
    const [paper] = firstOf(study);
    expect(summaryOf(study.study, paper, ({ timing }) => timing!.seconds)).toMatchObject({
      ...{ n: 3, mean: 110, sd: 10 },
    });
    expect(summaryOf(study.study, paper, ({ result }) => result.epochs)).toMatchObject({ mean: 11, sd: 1 });
  });

  it('uses the level of confidence of the study', async () => {
    const results = await studyOf({ points: [FIVE], ...rising });
    const wide = summarize(results);
    const at95 = scoreOf(wide, wide.cells[1]!);
    results.study.report.interval = 0.9;
    const narrow = summarize(results);
    expect(scoreOf(narrow, narrow.cells[1]!).low).toBeGreaterThan(at95.low);
  });

  it('finds a cell by point and protocol, and none for what the study does not ask', async () => {
    const study = summarize(await studyOf());
    expect(cellOf(study, FIVE, 'blocked')).toBe(study.cells[1]);
    expect(cellOf(study, FIVE, 'capture')).toBeNull();
  });
});

describe('sumUp', () => {
  it('is mean and standard deviation, and bounds within what there can be', () => {
    const summary = sumUp([0.2, 0.9], { level: 0.95, testShare: null, bounds: [0, 1] });
    expect(summary).toMatchObject({ n: 2, mean: 0.55, sd: expect.closeTo(0.7 / Math.SQRT2, 12) });
    expect([summary.low, summary.high]).toEqual([0, 1]);
  });
});
