/**
 * Draws every committed report again from its records, the page of the paper last. The same records give the same bytes; test/repo/reference-reports.test.ts
 * finds a report that says another thing than its records.
 *
 *     npx tsx scripts/reference-reports.ts [NAME…]
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { datasetStats } from '../src/dataset/stats.js';
import { writePaperReport } from '../src/reports/write-paper-report.js';
import { writeReport } from '../src/reports/write-report.js';

const REFERENCE = 'results/reference';
const asked = process.argv.slice(2);
const names = readdirSync(REFERENCE).filter(
  (name) => name !== 'paper' && existsSync(join(REFERENCE, name, 'report.html')),
);
for (const name of names)
  if (asked.length === 0 || asked.includes(name))
    console.log((await writeReport(join(REFERENCE, name))).html);
if (asked.length === 0 || asked.includes('paper')) {
  const { name, clustering } = await datasetStats('datasets/three-node', process.stderr);
  console.log((await writePaperReport(REFERENCE, { clustering: { name, bins: clustering } })).html);
}
