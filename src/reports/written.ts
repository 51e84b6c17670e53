import { join } from 'node:path';
import { writeFileAtomic } from '../files.js';
import type { Chart } from './chart.js';
import { type Page, writePage } from './page.js';
import { toPng } from './render.js';
import { type Table, toCsv } from './table.js';

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

/** Writes a report: charts as SVG, PNG and Vega-Lite spec, tables as CSV, the page last. Each file is replaced at once. */
export async function writeFiles(dir: string, { charts, tables, page }: ReportParts): Promise<WrittenReport> {
  const written: WrittenReport = { html: join(dir, 'report.html'), charts: [], tables: [] };
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
  return written;
}
