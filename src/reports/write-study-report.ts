import { readContextFindings } from '../comparison/context-findings.js';
import { readLineFindings } from '../comparison/line-findings.js';
import { type PaperResults, readPaperResults } from '../comparison/paper-results.js';
import { readStudy } from '../studies/read.js';
import { drawStudyCharts } from './study/charts/all.js';
import { studyPage } from './study/page.js';
import { studyTables, tableFiles } from './study/tables/all.js';
import { viewStudy } from './study/view.js';
import { type WrittenReport, writeFiles } from './write-files.js';

/**
 * Writes the report of a study from its records, finished or not: `report.html`, `charts/` and `tables/`. The same records give the
 * same bytes.
 *
 * @param dir Folder with `study.json`.
 * @param options.paper What the paper found. Default `experiments/paper-results.yaml`.
 * @param options.out Folder of the report. Default: the study's.
 * @throws {MismatchError} A broken record, with file and line.
 * @example const { html } = await writeStudyReport('results/reference/window-size');
 */
export async function writeStudyReport(
  dir: string,
  options: { paper?: PaperResults; out?: string } = {},
): Promise<WrittenReport> {
  const results = await readStudy(dir);
  const view = viewStudy(results, await readLineFindings(results), await readContextFindings(results));
  const all = options.paper ?? (await readPaperResults());
  const result = view.study.paper === null ? null : (all.results[view.study.paper] ?? null);
  const charts = await drawStudyCharts(view, result);
  const tables = studyTables(view, result);
  return await writeFiles(options.out ?? dir, {
    charts: Object.values(charts).flat(),
    tables: [...tableFiles(tables)],
    page: (files) => studyPage({ view, charts, tables, paper: result && { all, result }, files }),
  });
}
