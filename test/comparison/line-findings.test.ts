import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LINE_FINDINGS, readLineFindings, writeLineFindings } from '../../src/comparison/line-findings.js';
import { lineScores } from '../../src/comparison/line-scores.js';
import { writeReport } from '../../src/reports/write-report.js';
import { type Predictions, writePredictions } from '../../src/runs/predictions.js';
import { readStudy } from '../../src/studies/read.js';
import { temporaryFolders } from '../fixtures/dataset.js';
import { studyOf, writeStudy } from '../fixtures/study-results.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** Six lines of three contexts in two captures; the third label was never trained on, the last line is a person's. */
const said = (predicted: number[], more: Partial<Predictions> = {}): Predictions => ({
  line: Int32Array.of(0, 1, 2, 3, 4, 5),
  capture: ['a', 'a', 'a', 'b', 'b', 'b'],
  context: ['a-1', 'a-1', 'a-2', 'b-1', 'b-1', null],
  truth: Int32Array.of(1, 1, 2, 3, 3, 1),
  predicted: Int32Array.from(predicted),
  own: Int32Array.of(9, 9, 2, 9, 9, 1),
  person: Int32Array.of(0, 0, 1, 0, 0, 1),
  votes: Int32Array.of(1, 2, 2, 2, 2, 1),
  share: Float32Array.of(1, 1, 0.5, 1, 0.5, 0.5),
  trained: Int32Array.of(50, 50, 5, 0, 0, 50),
  ...more,
});
const RIGHT = [1, 1, 2, 3, 3, 1];
const WRONG_ON_A = [9, 9, 9, 3, 3, 1];

describe('lines of a point', () => {
  const scores = lineScores([said([1, 9, 9, 3, 9, 9])]);

  it('are scored by capture, and by what training had', () => {
    expect(scores.all).toMatchObject({ lines: 6, exactMatch: 2 / 6 });
    expect(scores.captures.map(({ capture, lines, exactMatch }) => [capture, lines, exactMatch])).toEqual([
      ['a', 3, 1 / 3],
      ['b', 3, 1 / 3],
    ]);
    expect(scores.unseen).toMatchObject({ lines: 2, exactMatch: 0.5 });
    const bands = scores.bands.map(({ from, lines, classes, recall }) => [from, lines, classes, recall]);
    expect(bands).toEqual([
      [0, 2, 1, 0.5],
      [1, 1, 1, 0],
      [10, 3, 1, 1 / 3],
      [100, 0, 0, null],
      [1000, 0, 0, null],
    ]);
  });

  it('are scored without the disputed ones too, where those are known', () => {
    expect(scores.undisputed).toBeNull();
    const without = lineScores([said([1, 9, 9, 3, 9, 9])], new Set([1, 4])).undisputed;
    expect(without).toMatchObject({ lines: 4, exactMatch: 2 / 4 });
    expect('unambiguous' in scores).toBe(false);
    const clear = lineScores([said([1, 9, 9, 3, 9, 9])], null, new Set([1, 2, 4])).unambiguous;
    expect(clear).toMatchObject({ lines: 3, exactMatch: 2 / 3 });
  });

  it('get their own action where a person asked', () => {
    expect(scores.withOwnAction).toMatchObject({ persons: 2 / 6, exactMatch: 4 / 6 });
  });

  it('tell how sure the vote was', () => {
    // Three lines of share 1: two right; three of .5: none right.
    expect(scores.votes.ece).toBeCloseTo(0.5 * (1 - 2 / 3) + 0.5 * 0.5, 12);
  });

  it('are means over runs', () => {
    expect(lineScores([said(RIGHT), said(WRONG_ON_A)]).all.exactMatch).toBe(0.75);
  });
});

describe('line findings of a study', () => {
  async function recorded() {
    const study = await studyOf({ protocols: ['capture'], runs: 2 });
    const dir = folders.make();
    for (const record of study.records) {
      const lines = said(record.point['window.size'] === 5 ? WRONG_ON_A : RIGHT);
      record.result!.predictions = await writePredictions(join(dir, 'trials', record.key), lines);
    }
    writeStudy(dir, study);
    return { dir, results: await readStudy(dir) };
  }

  it('compare with the baseline over contexts and over captures, and with own action', async () => {
    const { results } = await recorded();
    const { differences, trials } = (await writeLineFindings(results))!;
    expect(trials).toHaveLength(4);
    const small = differences.filter(({ point, less }) => point['window.size'] === 5 && less !== null);
    expect(
      small.map(({ unit, groups, seeds, exactMatch }) => [unit, groups, seeds, exactMatch.value]),
    ).toEqual([
      ['contexts', 4, [1, 2], -0.5],
      ['captures', 2, [1, 2], -0.5],
    ]);
    for (const { exactMatch } of small) expect(exactMatch.low).toBeLessThan(-0.5);
    const own = differences.filter(({ point, less }) => point['window.size'] === 10 && less === null);
    expect(own.map(({ exactMatch }) => exactMatch.value)).toEqual(
      [4 / 6, 4 / 6].map((v) => expect.closeTo(v, 12)),
    );
  });

  it('stay when the lines are gone, and are not taken for those of other records', async () => {
    const { dir, results } = await recorded();
    await writeLineFindings(results);
    const text = readFileSync(join(dir, LINE_FINDINGS), 'utf8');
    rmSync(join(dir, 'trials'), { recursive: true });
    expect(await writeLineFindings(results)).toBeNull();
    expect(readFileSync(join(dir, LINE_FINDINGS), 'utf8')).toBe(text);
    expect((await readLineFindings(results))?.trials).toHaveLength(4);
    results.records[0]!.result!.predictions!.sha256 = '0'.repeat(64);
    expect(await readLineFindings(results)).toBeNull();
  });

  it('pool the folds that leave one capture out in turn', async () => {
    const fold = (name: string) => ({ 'split.fold': `leave-out-${name}` });
    const study = await studyOf({
      points: [fold('a'), fold('b')],
      baseline: null,
      protocols: ['capture'],
      runs: 1,
    });
    const dir = folders.make();
    for (const [i, record] of study.records.entries()) {
      const lines = said(i === 0 ? WRONG_ON_A : RIGHT);
      const own = lines.capture.map((name) => name === (i === 0 ? 'a' : 'b'));
      const part = Object.fromEntries(
        Object.entries(lines).map(([name, column]) => [
          name,
          column.filter((_: unknown, k: number) => own[k]),
        ]),
      ) as unknown as Predictions;
      record.result!.predictions = await writePredictions(join(dir, 'trials', record.key), part);
    }
    writeStudy(dir, study);
    const { points, differences } = (await writeLineFindings(await readStudy(dir)))!;
    const { point, scores } = points.at(-1)!;
    expect([points.length, point, scores.all]).toMatchObject([
      3,
      { 'split.fold': 'each capture left out in turn' },
      { lines: 6, exactMatch: 0.5 },
    ]);
    expect(scores.overCaptures!.exactMatch).toMatchObject({ value: 0.5, n: 2 });
    expect(differences.filter(({ unit }) => unit === 'captures')).toHaveLength(1);
  });

  it('are null where no trial kept its lines', async () => {
    const study = await studyOf();
    const dir = writeStudy(folders.make(), study);
    const results = await readStudy(dir);
    expect(await writeLineFindings(results)).toBeNull();
    expect(await readLineFindings(results)).toBeNull();
  });

  it('stand in the report, with files', async () => {
    const { dir, results } = await recorded();
    await writeLineFindings(results);
    const { html, tables } = await writeReport(dir);
    const page = readFileSync(html, 'utf8');
    expect(page).toContain('What 4 trials said of each test line');
    expect(page).toContain('never trained on');
    expect(page).not.toContain('were at hand');
    expect(page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')).not.toMatch(
      /NaN|undefined|\[object|Infinity/,
    );
    const kept = results.records.filter(({ result }) => result?.predictions);
    rmSync(join(dir, 'trials', kept[0]!.key), { recursive: true });
    await writeLineFindings(results);
    await writeReport(dir);
    const less = readFileSync(html, 'utf8');
    expect(less).toContain('The predicted lines of 3 of 4 trials were at hand');
    expect(less).toContain('1 of 2 runs');
    for (const name of ['units', 'captures', 'training-lines', 'own-action', 'votes'])
      expect(tables).toContain(join(dir, 'tables', `${name}.csv`));
    writeFileSync(join(dir, LINE_FINDINGS), '{"schema":1,"trials":[{"key":"x","sha256":"y"}]}');
    await writeReport(dir);
    expect(readFileSync(html, 'utf8')).not.toContain('Line by line');
  });
});
