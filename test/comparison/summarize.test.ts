import { describe, expect, it } from 'vitest';
import { shownInterval, spread, summarize } from '../../src/comparison/summarize.js';
import { studyOf } from '../fixtures/study-results.js';

/** Student's t at 97.5 % with two degrees of freedom. */
const T = 4.302652729749464;
const FIVE = { 'window.size': 5 };

describe('summarize', () => {
  it('has every point under every protocol, in the order of the file', async () => {
    const rows = summarize(await studyOf());
    expect(rows.map(({ label, protocol, baseline }) => [label, protocol, baseline])).toEqual([
      ['window.size=5', 'paper', false],
      ['window.size=5', 'blocked', false],
      ['window.size=10', 'paper', true],
      ['window.size=10', 'blocked', true],
    ]);
  });

  it('gives mean, standard deviation, n and Student’s interval of every score at both levels', async () => {
    const [, blocked] = summarize(await studyOf({ score: (_, run) => 0.9 + 0.02 * run }));
    const { lines, windows } = blocked!.scores;
    expect(lines['macroF1.strict']).toMatchObject({
      n: 3,
      mean: expect.closeTo(0.92, 12),
      deviation: expect.closeTo(0.02, 12),
      values: [
        { seed: 1, value: 0.9 },
        { seed: 2, value: 0.92 },
        { seed: 3, value: expect.closeTo(0.94, 12) },
      ],
      student: {
        low: expect.closeTo(0.92 - (T * 0.02) / Math.sqrt(3), 9),
        high: expect.closeTo(0.92 + (T * 0.02) / Math.sqrt(3), 9),
        level: 0.95,
        n: 3,
        method: 'Student t over runs',
      },
    });
    expect(lines['macroF1.paper'].mean).toBeCloseTo(0.93, 12);
    expect(lines.exactMatch.mean).toBeCloseTo(0.94, 12);
    expect(windows['macroF1.strict'].mean).toBeCloseTo(0.87, 12);
  });

  it('corrects the interval where runs draw their own test windows, by test over training windows', async () => {
    const [paper, blocked] = summarize(await studyOf({ score: (_, run) => 0.9 + 0.02 * run }));
    const score = paper!.scores.lines['macroF1.strict'];
    const half = T * 0.02 * Math.sqrt(1 / 3 + 20 / 80);
    expect(score.corrected).toMatchObject({
      low: expect.closeTo(0.92 - half, 9),
      high: expect.closeTo(0.92 + half, 9),
      method: 'Nadeau–Bengio corrected t',
    });
    expect(shownInterval(score)).toBe(score.corrected);
    const other = blocked!.scores.lines['macroF1.strict'];
    expect(other.corrected).toBeNull();
    expect(shownInterval(other)).toBe(other.student);
  });

  it('does not correct a contiguous k-fold, whose part is the same in every run', async () => {
    const point = { 'split.folds': 5, 'split.part': 2 };
    const [paper] = summarize(await studyOf({ points: [point] }));
    expect(paper!.scores.lines['macroF1.strict'].corrected).toBeNull();
  });

  it('bootstraps the mean over runs, the same each time', async () => {
    const results = await studyOf({ score: (_, run) => 0.9 + 0.02 * run });
    const { bootstrap } = summarize(results)[0]!.scores.lines.exactMatch;
    expect(bootstrap.method).toBe('bootstrap percentiles over 3 runs, 2000 resamples');
    expect(bootstrap.low).toBeGreaterThanOrEqual(0.92);
    expect(bootstrap.high).toBeLessThanOrEqual(0.96 + 1e-12);
    expect(summarize(results)[0]!.scores.lines.exactMatch.bootstrap).toEqual(bootstrap);
  });

  it('counts what failed and what is missing, and sums up the rest', async () => {
    const [paper] = summarize(
      await studyOf({ runs: 4, score: (_, run) => ([0.9, null, undefined, 0.8] as const)[run] }),
    );
    expect(paper).toMatchObject({ n: 2, missing: 1, failures: [{ run: 1, failure: 'too short' }] });
    expect(paper!.scores.lines['macroF1.strict'].mean).toBeCloseTo(0.85, 12);
  });

  it('has no numbers where nothing has been run', async () => {
    const [paper] = summarize(await studyOf({ score: () => undefined }));
    expect(paper).toMatchObject({ n: 0, missing: 3, failures: [], leak: null, baselines: {} });
    const score = paper!.scores.lines['macroF1.strict'];
    expect([score.n, score.mean, score.student.low]).toEqual([0, Number.NaN, Number.NaN]);
    expect(score.corrected).toBeNull();
    expect(paper!.seconds).toEqual({ n: 0, mean: Number.NaN, deviation: Number.NaN });
  });

  it('says what the split leaks', async () => {
    const [paper, blocked] = summarize(await studyOf());
    expect(paper!.leak).toEqual({
      verdict: 'leaks',
      sharedLines: expect.closeTo(0.9, 12),
      overlappingWindows: 1,
      duplicateRows: 0.5,
      unseenClasses: 0,
      testShare: 0.25,
    });
    expect(blocked!.leak).toMatchObject({ verdict: 'leak-free', sharedLines: 0, unseenClasses: 0.04 });
  });

  it('has the baselines’ means, of those that the records have', async () => {
    const results = await studyOf();
    for (const { result } of results.records) delete result!.baselines.tuple;
    const { baselines } = summarize(results)[0]!;
    expect(Object.keys(baselines)).toEqual(['majority', 'previousLine', 'ownAction', 'nearestAction']);
    expect(baselines.nearestAction!.exactMatch).toEqual({
      n: 3,
      mean: expect.closeTo(0.62, 12),
      deviation: expect.closeTo(0, 12),
    });
  });

  it('has the time of training and of a line, and the epochs', async () => {
    const [paper] = summarize(await studyOf());
    expect(paper!.seconds).toEqual({ n: 3, mean: 110, deviation: 10 });
    expect(paper!.millisecondsPerLine).toMatchObject({ n: 3, mean: 0.5, deviation: 0 });
    expect(paper!.epochs).toEqual({ n: 3, mean: 11, deviation: 1 });
  });

  it('uses the level of confidence of the study', async () => {
    const results = await studyOf({ points: [FIVE], score: (_, run) => 0.9 + 0.02 * run });
    results.study.report.interval = 0.9;
    const { student, bootstrap } = summarize(results)[0]!.scores.lines.exactMatch;
    expect([student.level, bootstrap.level]).toEqual([0.9, 0.9]);
  });
});

describe('spread', () => {
  it('is mean and standard deviation', () => {
    expect(spread([1, 3])).toEqual({ n: 2, mean: 2, deviation: Math.SQRT2 });
  });
});
