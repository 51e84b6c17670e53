import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.js';
import { withLock } from '../files/lock.js';
import { type Page, writePage } from '../page/page.js';
import { type Table, toCsv } from '../page/table.js';
import type { Chart } from './drawing/chart.js';
import { toPng } from './drawing/render.js';

/** Paths of what a report consists of. */
export interface WrittenReport {
  html: string;
  charts: string[];
  tables: string[];
}

/** What a report consists of. */
export interface ReportParts {
  charts: readonly Chart[];
  /** By stem of their files. */
  tables: readonly [string, Table][];
  /** Is given the relative paths of the tables. */
  page: (tables: readonly string[]) => Page;
}

/**
 * Writes a report: charts as SVG, PNG and Vega-Lite spec, tables as CSV, the page last. Each file is replaced at once. What the page
 * before named and this one does not have, such as a table of missing trials, is removed; nothing else is. One process at a time writes.
 */
export async function writeFiles(dir: string, parts: ReportParts): Promise<WrittenReport> {
  return await withLock(join(dir, 'report.lock'), async () => await writeAll(dir, parts));
}

async function writeAll(dir: string, { charts, tables, page }: ReportParts): Promise<WrittenReport> {
  const written: WrittenReport = { html: join(dir, 'report.html'), charts: [], tables: [] };
  const before = await namedFiles(written.html);
  for (const chart of charts) {
    const files: [string, string | Uint8Array][] = [
      ['svg', chart.svg],
      ['png', toPng(chart.svg)],
      ['vl.json', `${JSON.stringify(chart.spec, null, 1)}\n`],
    ];
    for (const [kind, content] of files) {
      const path = join(dir, 'charts', `${chart.name}.${kind}`);
      await writeFileAtomic(path, content);
      written.charts.push(path);
    }
  }
  for (const [name, table] of tables) {
    const path = join(dir, 'tables', `${name}.csv`);
    await writeFileAtomic(path, toCsv(table));
    written.tables.push(path);
  }
  await writePage(written.html, page(tables.map(([name]) => `tables/${name}.csv`)));
  const kept = new Set([...written.charts, ...written.tables]);
  for (const path of before.map((name) => join(dir, name)))
    if (!kept.has(path)) await rm(path, { force: true });
  return written;
}

/** The files of charts and tables that a report links to; none when there is no report. */
async function namedFiles(html: string): Promise<string[]> {
  const text = await readFile(html, 'utf8').catch(() => '');
  const links = text.matchAll(/href="((?:charts|tables)\/[\w-]+\.(?:svg|png|vl\.json|csv))"/g);
  return [...new Set(Array.from(links, ([, name]) => name!))];
}
