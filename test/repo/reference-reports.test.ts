import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContextFindings } from '../../src/comparison/context-findings.js';
import { readContextScores } from '../../src/comparison/context-records.js';
import { readLineFindings } from '../../src/comparison/line-findings.js';
import { readPaperResults } from '../../src/comparison/paper-results.js';
import { escapeHtml } from '../../src/page/html.js';
import { type Table, toCsv } from '../../src/page/table.js';
import { contextScoresTable } from '../../src/reports/paper/clustering.js';
import { findingsOf } from '../../src/reports/study/answer.js';
import { studyTables, tableFiles } from '../../src/reports/study/tables/all.js';
import { viewStudy } from '../../src/reports/study/view.js';
import { paperParts } from '../../src/reports/write-paper-report.js';
import { readStudy } from '../../src/studies/read.js';

const REFERENCE = 'results/reference';
const studies = readdirSync(REFERENCE).filter((name) => existsSync(join(REFERENCE, name, 'study.json')));
const reported = studies.filter((name) => existsSync(join(REFERENCE, name, 'report.html')));
const paper = await readPaperResults();

/** Tables of a report that are not what its records give now. */
function stale(dir: string, tables: Iterable<readonly [string, Table]>): string[] {
  return [...tables].flatMap(([name, table]) => {
    const file = join(dir, 'tables', `${name}.csv`);
    return existsSync(file) && readFileSync(file, 'utf8') === toCsv(table) ? [] : [file];
  });
}

describe('the committed reports', () => {
  it('are there', () => expect(reported.length).toBeGreaterThan(10));

  it.each(reported)(
    'of %s say what its records say, or npx tsx scripts/reference-reports.ts',
    async (name) => {
      const dir = join(REFERENCE, name);
      const results = await readStudy(dir);
      const view = viewStudy(results, await readLineFindings(results), await readContextFindings(results));
      const result = view.study.paper === null ? null : (paper.results[view.study.paper] ?? null);
      expect(stale(dir, tableFiles(studyTables(view, result)))).toEqual([]);
      const page = readFileSync(join(dir, 'report.html'), 'utf8');
      expect(findingsOf(view).filter(({ text }) => !page.includes(escapeHtml(text)))).toEqual([]);
    },
  );

  it('beside the paper say what the records say, or npx tsx scripts/reference-reports.ts paper', async () => {
    const { tables, reproduced } = await paperParts(REFERENCE);
    const dir = join(REFERENCE, 'paper');
    // What labels cluster is in the summary too, and needs the dataset read.
    const known = tables.filter(([name]) => name !== 'summary');
    const contexts = contextScoresTable(readContextScores(REFERENCE)!);
    expect(stale(dir, [...known, ['contexts', contexts] as const])).toEqual([]);
    const page = readFileSync(join(dir, 'report.html'), 'utf8');
    expect(reproduced.map(String).filter((text) => !page.includes(text))).toEqual([]);
  });
});
