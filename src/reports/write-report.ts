import { basename, resolve } from 'node:path';
import { findRuns } from '../studies/find-runs.js';
import { isStudy } from '../studies/read-study.js';
import type { Chart } from './chart.js';
import { drawRunCharts } from './run-charts.js';
import { runPage } from './run-page.js';
import { classTable, confusionTable, historyTable } from './sections/classes.js';
import { leakTable } from './sections/leak.js';
import { manifestTable } from './sections/manifest.js';
import { scoreTable } from './sections/scores.js';
import { nameRuns, type ReportedRun } from './series.js';
import type { Table } from './table.js';
import { writeStudyReport } from './write-study-report.js';
import { type WrittenReport, writeFiles } from './written.js';

export type { WrittenReport };

/**
 * Writes the report of a study, of a run, or of the runs in the folders right below: `report.html`, `charts/` (SVG, PNG, Vega-Lite) and
 * `tables/` (CSV). Each file is replaced at once, the page last; the same records give the same bytes.
 *
 * @param dir Folder with `study.json` or `run.json`, or with run folders such as `paper/` and `blocked/`.
 * @throws {MismatchError} No run there, or a broken record, with file and line.
 * @example const { html } = await writeReport('results/first-light');
 */
export async function writeReport(dir: string): Promise<WrittenReport> {
  if (await isStudy(dir)) return await writeStudyReport(dir);
  const runs = nameRuns(await findRuns(dir));
  const drawn = await drawRunCharts(runs);
  return await writeFiles(dir, {
    charts: Object.values(drawn)
      .flat()
      .filter((chart): chart is Chart => chart !== null),
    tables: [...tablesOf(runs)],
    page: (files) => runPage(basename(resolve(dir)), runs, drawn, files),
  });
}

function* tablesOf(runs: readonly ReportedRun[]): Generator<[string, Table]> {
  if (runs.some(({ metrics }) => metrics)) yield ['scores', scoreTable(runs)];
  yield ['leak', leakTable(runs)];
  for (const run of runs) {
    if (run.history.length > 0) yield [`history-${run.slug}`, historyTable(run)];
    if (!run.metrics) continue;
    yield [`classes-${run.slug}`, classTable(run)];
    yield [`confusions-${run.slug}`, confusionTable(run)];
  }
  yield ['manifest', manifestTable(runs)];
}
