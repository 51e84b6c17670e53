import { basename, resolve } from 'node:path';
import type { Table } from '../page/table.js';
import { findRuns } from '../runs/find.js';
import { isStudy } from '../studies/read.js';
import type { Chart } from './drawing/chart.js';
import { nameRuns, type ReportedRun } from './drawing/series.js';
import { drawRunCharts } from './run/charts.js';
import { classTable, confusionTable, historyTable } from './run/classes.js';
import { leakTable } from './run/leak.js';
import { manifestTable } from './run/manifest.js';
import { runPage } from './run/page.js';
import { scoreTable } from './run/scores.js';
import { type WrittenReport, writeFiles } from './write-files.js';
import { writeStudyReport } from './write-study-report.js';

export type { WrittenReport };

/**
 * Writes the report of a study, of a run, or of the runs in the folders right below: `report.html`, `charts/` (SVG, PNG, Vega-Lite) and
 * `tables/` (CSV). Each file is replaced at once, the page last; the same records give the same bytes.
 *
 * @param dir Folder with `study.json` or `run.json`, or with run folders such as `paper/` and `blocked/`.
 * @param out Folder of the report. Default: the same.
 * @throws {MismatchError} No run there, or a broken record, with file and line.
 * @example const { html } = await writeReport('results/first-light');
 */
export async function writeReport(dir: string, out = dir): Promise<WrittenReport> {
  if (await isStudy(dir)) return await writeStudyReport(dir, { out });
  const runs = nameRuns(await findRuns(dir));
  const drawn = await drawRunCharts(runs);
  return await writeFiles(out, {
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
