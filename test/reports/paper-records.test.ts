import { describe, expect, it } from 'vitest';
import { readContextScores, readStoreRecord } from '../../src/comparison/context-records.js';
import { readPaperResults } from '../../src/comparison/paper-results.js';
import { clusteringOf, contextScoresTable } from '../../src/reports/paper/clustering.js';
import { recordedOf } from '../../src/reports/paper/store.js';
import { notRun } from '../../src/reports/paper/summary.js';

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
