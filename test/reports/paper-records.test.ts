import { describe, expect, it } from 'vitest';
import { readContextScores, readStoreRecord } from '../../src/comparison/context-records.js';
import { readPaperResults } from '../../src/comparison/paper-results.js';
import { readStraddling } from '../../src/comparison/straddling.js';
import { clusteringOf, contextScoresTable } from '../../src/reports/paper/clustering.js';
import { recordedOf } from '../../src/reports/paper/store.js';
import { straddlingSection, straddlingTable } from '../../src/reports/paper/straddling.js';
import { findStudies } from '../../src/reports/paper/studies.js';
import { notRun, summaryTable } from '../../src/reports/paper/summary.js';
import { namedClasses } from '../../src/reports/study/charts/classes.js';

const paper = await readPaperResults();
const store = readStoreRecord('results/reference')!;
const scores = readContextScores('results/reference')!;
const texts = (row: readonly (string | { text: string })[]): string[] =>
  row.map((cell) => (typeof cell === 'string' ? cell : cell.text));

describe('the record of stores', () => {
  it('answers to Table 7 and to the paper’s sizes, which are not run without it', () => {
    const recorded = recordedOf(paper, store);
    const missing = (found: typeof recorded): string[] =>
      notRun(paper, [], null, found).map(({ title }) => title);
    expect(missing(new Map())).toEqual(expect.arrayContaining(['Queries', 'Storage']));
    expect(missing(recorded)).not.toEqual(expect.arrayContaining(['Queries']));
    expect(missing(recorded)).not.toEqual(expect.arrayContaining(['Storage']));
    expect(recordedOf(paper, null).size).toBe(0);
  });

  it('puts each of the paper’s numbers beside its own', () => {
    const [[, queries], [, large]] = recordedOf(paper, store).get('queries')!.tables as never as [
      [string, { rows: (string | { text: string })[][]; caption: string }],
      [string, { rows: (string | { text: string })[][]; caption: string }],
    ];
    expect(queries.rows.map((row) => texts(row)[1])).toEqual(['0.07 ms', '51 ms', '93 ms', '135 ms']);
    expect(large.rows.every((row) => texts(row).every((text) => !/NaN|undefined/.test(text)))).toBe(true);
    const [[, storage]] = recordedOf(paper, store).get('storage')!.tables as never as [
      [string, { rows: (string | { text: string })[][] }],
    ];
    expect(texts(storage.rows[0]!)[1]).toBe('about 64.00 MB');
    expect(storage.rows.map((row) => texts(row)[1]).filter((text) => text === 'about 186.0 kB')).toHaveLength(
      3,
    );
  });

  it('says what stores are for: small, and soon', () => {
    const { stores, zstd19 } = store.sizes;
    for (const by of ['truth', 'model'] as const)
      expect(stores[by].compact.bytes).toBeLessThanOrEqual(186_000);
    for (const by of ['truth', 'model', 'rules'] as const)
      expect(stores[by].raw.bytes / zstd19).toBeLessThan(0.8);
    expect(Math.max(...store.small.ours.map(({ milliseconds }) => milliseconds.mean))).toBeLessThan(5);
    expect(store.large.lines).toBeGreaterThan(1e7);
    expect(Math.max(...store.large.ours.map(({ milliseconds }) => milliseconds.mean))).toBeLessThan(300);
  });
});

describe('the scores of contexts', () => {
  it('stand beside Fig. 10, by the way that they were found', () => {
    expect(clusteringOf(scores).map(({ name }) => name)).toEqual(['c1, truth', 'c1, model', 'c1, rules']);
    const { rows } = contextScoresTable(scores);
    expect(rows.length).toBe(scores.results.filter((one) => one.scores).length);
    expect(rows.map((row) => texts(row)[1])).toContain('true labels, all three');
  });
});

describe('the summary beside the paper', () => {
  it('puts what no protocol was asked of under no protocol', () => {
    const bins = [{ from: 1, to: 5, labels: 9, share: 0.9 }];
    const { columns, rows } = summaryTable(paper, [], { name: 'a log', bins }, recordedOf(paper, store));
    expect(columns.at(-1)!.name).toBe('no protocol');
    const last = new Map(rows.map((row) => [texts(row)[1], row.at(-1)]));
    expect(last.get('share of the labels with 1–4 lines a context on average')).toMatchObject({
      text: '90.0 %',
      note: 'a log, truth',
    });
    expect(last.get('the longest query, after opening')).toMatchObject({ note: 'another machine' });
    for (const row of rows) expect(row.length).toBe(columns.length);
  });
});

describe('contexts that straddle', () => {
  const point = { 'split.folds': 10, 'split.part': 1 };
  const of = (lines: number) => ({ contexts: 1, lines, share: lines / 10 });

  it('stand beside what models score there, with how far their share orders the scores', async () => {
    const studies = await findStudies('results/reference');
    const record = readStraddling('results/reference')!;
    const { rows } = straddlingTable(record, studies);
    expect(rows.length).toBe(record.studies.flatMap(({ points }) => points).length);
    expect(rows.every((row) => texts(row).every((text) => text !== '–'))).toBe(true);
    const said = String(straddlingSection(record, studies, { caption: '', columns: [], rows: [] }));
    expect(said).toMatch(/k-fold, <strong>blocked<\/strong>: from \d/);
    expect(said).not.toContain('window-size, <strong>');
  });

  it('have no score where no study is, and nothing is said of few values', () => {
    const points = [{ point, protocol: 'blocked' as const, of: 10, straddling: of(3) }];
    const record = {
      schema: 1 as const,
      dataset: { name: 'a', selection: 'all', sha256: '' },
      studies: [{ study: 'k-fold', points }],
    };
    expect(texts(straddlingTable(record, []).rows[0]!)).toEqual([
      ...['k-fold, blocked', 'k = 10, part 1', '10', '30.0 %', '–', '–'],
    ]);
    expect(String(straddlingSection(record, [], straddlingTable(record, [])))).not.toContain('<li>');
  });
});

describe('a class that the paper names', () => {
  it('is that of ours which is there most', () => {
    const one = (text: string, weight: number) => ({
      ...{ text, weight, recall: 1, f1: 1, support: 1, runs: 1 },
    });
    const result = { ...paper.results['class-weight']!, classes: [{ class: 'create pods', accuracy: 1 }] };
    const ours = [one('create pods (many, namespaced)', 30), one('create pods (one, namespaced)', 29007)];
    expect(namedClasses(result, ours)[0]![1]!.weight).toBe(29007);
    expect(namedClasses(result, [one('create pods/exec (one, namespaced)', 9)])[0]![1]).toBeNull();
  });
});
