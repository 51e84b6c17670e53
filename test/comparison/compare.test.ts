import { describe, expect, it } from 'vitest';
import { asFamily, compareRuns, compareStudies, compareWithBaseline } from '../../src/comparison/compare.js';
import { type RunSet, runOfFolder, runsOfStudy, settingsAt } from '../../src/comparison/run-set.js';
import { readRun } from '../../src/runs/record.js';
import type { StudyResults } from '../../src/studies/read.js';
import type { Point } from '../../src/studies/record.js';
import { leakOf, levelOf, studyOf } from '../fixtures/study-results.js';

const OPTIONS = { metric: 'macroF1.strict', level: 'lines' } as const;
const FIVE = { 'window.size': 5 };
const TEN = { 'window.size': 10 };
/** Student's t at 97.5 % with two degrees of freedom. */
const T = 4.302652729749464;

/** Window 5 is worse by .02, .03, .04. */
const worse = (point: Point, run: number): number =>
  0.9 + 0.01 * (run % 2) - (point['window.size'] === 5 ? 0.02 + 0.01 * run : 0);

describe('compareWithBaseline', () => {
  it('gives the mean difference of runs of the same seed, with its interval, p and P(A > B)', async () => {
    const [paper, blocked, ...more] = compareWithBaseline(await studyOf({ score: worse }), OPTIONS);
    expect(more).toEqual([]);
    expect([paper!.protocol, blocked!.protocol]).toEqual(['paper', 'blocked']);
    expect(blocked).toMatchObject({
      a: 'window.size=5',
      b: 'window.size=10',
      metric: 'macroF1.strict',
      level: 'lines',
      obstacles: [],
      reservations: [],
    });
    expect(blocked!.result).toMatchObject({
      seeds: [1, 2, 3],
      difference: {
        value: expect.closeTo(-0.03, 12),
        low: expect.closeTo(-0.03 - (T * 0.01) / Math.sqrt(3), 9),
        high: expect.closeTo(-0.03 + (T * 0.01) / Math.sqrt(3), 9),
        method: 'Student t over paired differences',
      },
      corrected: null,
      p: expect.closeTo(0.0351, 4),
      superiority: { value: 0, low: 0, method: 'Wilson over 3 pairs of runs' },
    });
    expect(blocked!.result!.meanB - blocked!.result!.meanA).toBeCloseTo(0.03, 12);
  });

  it('corrects both for random splits, and is less sure then', async () => {
    const [paper, blocked] = compareWithBaseline(await studyOf({ score: worse }), OPTIONS);
    const half = T * 0.01 * Math.sqrt(1 / 3 + 20 / 80);
    expect(paper!.result!.corrected).toMatchObject({
      low: expect.closeTo(-0.03 - half, 9),
      high: expect.closeTo(-0.03 + half, 9),
    });
    expect(paper!.result!.p).toBeGreaterThan(blocked!.result!.p);
  });

  it('adjusts p for all points of a protocol', async () => {
    const points = [5, 10, 20, 60].map((size) => ({ 'window.size': size }));
    const score = (point: Point, run: number) =>
      0.9 +
      0.01 * (run % 2) -
      (point['window.size'] === 60 ? 0 : 0.02 + 0.01 * run * Number(point['window.size'] === 5));
    const results = await studyOf({ points, protocols: ['blocked'], score });
    const found = compareWithBaseline(results, OPTIONS).map(({ result }) => result!);
    expect(found.map(({ holm }) => holm)).toHaveLength(3);
    for (const { p, holm } of found) expect(holm).toBeGreaterThanOrEqual(p);
    expect(found[0]!.holm).toBeCloseTo(found[0]!.p, 12);
    expect(Math.min(...found.slice(1).map(({ holm }) => holm!))).toBeLessThan(1e-6);
  });

  it('pairs what there is, and compares nothing where there is nothing', async () => {
    const score = (point: Point, run: number) => (point['window.size'] === 5 && run === 1 ? null : 0.9);
    const [, some] = compareWithBaseline(await studyOf({ score }), OPTIONS);
    expect(some!.result!.seeds).toEqual([1, 3]);
    const none = await studyOf({ score: (point) => (point['window.size'] === 5 ? undefined : 0.9) });
    expect(compareWithBaseline(none, OPTIONS)[0]).toMatchObject({
      obstacles: ['no finished run of window.size=5'],
      result: null,
    });
  });

  it('says of test windows that are drawn apart that they are other lines', async () => {
    const points = [{ 'window.size': 5, 'window.stride': 2 }, TEN];
    const [paper, blocked] = compareWithBaseline(await studyOf({ points }), OPTIONS);
    expect(paper!.reservations).toEqual([
      'test windows of 5 by 2 lines and of 10 by 1 are drawn apart: they cover other lines',
    ]);
    expect(blocked!.reservations).toEqual([]);
  });

  it('knows the settings that go with a point', async () => {
    const results = await studyOf();
    results.study.adjust = [{ at: FIVE, set: { 'window.stride': 2 } }];
    expect(settingsAt(results, FIVE, 'paper').window).toEqual({ size: 5, stride: 2 });
    expect(compareWithBaseline(results, OPTIONS)[0]!.reservations).toEqual([
      'test windows of 5 by 2 lines and of 10 by 1 are drawn apart: they cover other lines',
    ]);
  });

  it('does not compare points that test other lines', async () => {
    const points = [{ 'split.test': 0.2 }, { 'split.test': 0.1 }];
    const [paper] = compareWithBaseline(await studyOf({ points }), OPTIONS);
    expect(paper).toMatchObject({
      obstacles: ['other test lines: split.test 0.2 against 0.1'],
      result: null,
    });
    const folds = [1, 2].map((part) => ({ 'split.folds': 5, 'split.part': part, 'split.test': part / 10 }));
    expect(compareWithBaseline(await studyOf({ points: folds }), OPTIONS)[0]!.obstacles).toEqual([
      'other test lines: split.part 1 against 2',
    ]);
    const validation = [{ 'split.validation': 0.2 }, { 'split.validation': 0.1 }];
    expect(compareWithBaseline(await studyOf({ points: validation }), OPTIONS)[0]!.obstacles).toEqual([]);
  });

  it('is empty for a study without a baseline', async () => {
    expect(compareWithBaseline(await studyOf({ baseline: null }), OPTIONS)).toEqual([]);
  });
});

describe('compareStudies', () => {
  const both = async (more: Parameters<typeof studyOf>[0]): Promise<[StudyResults, StudyResults]> => [
    await studyOf({ score: () => 0.95 }),
    await studyOf({ name: 'slow', ...more }),
  ];

  it('compares the points and protocols that both have', async () => {
    const [a, b] = await both({ points: [TEN, { 'window.size': 60 }], protocols: ['blocked'] });
    expect(compareStudies(a, b, OPTIONS)).toMatchObject([
      {
        a: 'sizes: window.size=10',
        b: 'slow: window.size=10',
        protocol: 'blocked',
        result: { difference: { value: expect.closeTo(0.05, 12) }, superiority: { value: 1 } },
      },
    ]);
  });

  it('says that the data are others', async () => {
    const [a, b] = await both({ sha256: 'b'.repeat(64) });
    expect(compareStudies(a, b, OPTIONS)[0]!.obstacles).toEqual([
      'another dataset: small (aaaaaaaa) against small (bbbbbbbb)',
    ]);
    const dataset = { ...b.study.dataset, replaces: [a.study.dataset.sha256] };
    const replaced = { ...b, study: { ...b.study, dataset } };
    expect(compareStudies(a, replaced, OPTIONS)[0]!.obstacles).toEqual([]);
    const [c, d] = await both({ settings: { selection: 'paper-size', lines: 'all' } });
    expect(compareStudies(c, d, OPTIONS)[0]!.obstacles).toEqual([
      'other lines: selection all against paper-size, lines completed against all',
    ]);
  });

  it('says that no seeds are the same', async () => {
    const [a, b] = await both({ runs: 2 });
    for (const row of b.records) row.seed += 10;
    expect(compareStudies(a, b, OPTIONS)[0]!.obstacles).toEqual([
      'no runs of the same seed: 1, 2, 3 against 11, 12',
    ]);
  });
});

describe('compareRuns', () => {
  it('takes run folders, one run each, and then gives a difference without an interval', async () => {
    const dir = 'results/reference/first-light-w60-s7';
    const [paper, blocked] = [await readRun(`${dir}/paper`), await readRun(`${dir}/blocked`)];
    const same = compareRuns(runOfFolder(blocked), runOfFolder(blocked), OPTIONS);
    expect(same.result).toMatchObject({
      seeds: [7],
      difference: { value: 0, low: Number.NaN },
      p: Number.NaN,
      holm: null,
    });
    expect(asFamily([same])).toEqual([same]);
    expect(compareRuns(runOfFolder(paper), runOfFolder(blocked), OPTIONS).obstacles).toEqual([
      'another protocol: paper against blocked',
    ]);
    expect(
      compareRuns(runOfFolder({ ...paper, metrics: null }), runOfFolder(paper), OPTIONS).obstacles,
    ).toEqual([`no finished run of ${dir}/paper`]);
  });

  it('says that scores are of more or fewer lines', async () => {
    const set = runsOfStudy(await studyOf(), FIVE, 'blocked');
    const shorter: RunSet = {
      ...set,
      runs: [1, 2].map((seed) => ({
        seed,
        lines: levelOf(0.9, 590 + seed),
        windows: levelOf(0.9),
        leak: leakOf('blocked'),
      })),
    };
    expect(compareRuns(set, shorter, OPTIONS).reservations).toEqual(['600 lines scored against 591–592']);
    expect(compareRuns(set, shorter, { ...OPTIONS, level: 'windows' }).reservations).toEqual([]);
  });
});
