import { join } from 'node:path';
import { readBaselinesByRule } from '../comparison/by-rule.js';
import { readContextScores, readStoreRecord } from '../comparison/context-records.js';
import { readPaperDifferences } from '../comparison/paper-differences.js';
import { type PaperResult, type PaperResults, readPaperResults } from '../comparison/paper-results.js';
import { readStraddling } from '../comparison/straddling.js';
import type { Table } from '../page/table.js';
import { byRuleTable } from './paper/by-rule.js';
import { allCharts, drawPaperCharts } from './paper/charts.js';
import { type Clustering, clusteringOf, clusteringTable, contextScoresTable } from './paper/clustering.js';
import { configurationsTable } from './paper/configurations.js';
import { insideTable, reproducedOf, withoutPapersOwn } from './paper/inside.js';
import { type PaperPageParts, paperPage, type ResultTables, recordsTable } from './paper/page.js';
import { procedureTable } from './paper/procedure.js';
import { recordedOf } from './paper/store.js';
import { straddlingSection, straddlingTable } from './paper/straddling.js';
import { allColumns, findStudies, studiesOf } from './paper/studies.js';
import { summaryTable } from './paper/summary.js';
import { claimsTable } from './study/tables/claims.js';
import { paperTables } from './study/tables/paper.js';
import { scoresTable } from './study/tables/scores.js';
import { type WrittenReport, writeFiles } from './write-files.js';

export interface PaperReportOptions {
  /** Folder of the page. Default `paper/` among the studies. */
  out?: string;
  /** How many lines the labels of a dataset cluster: Fig. 10. Default: not run. */
  clustering?: Clustering | null;
  /** What the paper found. Default `experiments/paper-results.yaml`. */
  paper?: PaperResults;
}

/**
 * Writes every table and figure of the paper's evaluation beside ours, from the records of all studies: `report.html`, `charts/` and
 * `tables/`. The same records give the same bytes.
 *
 * @param dir Folder of the studies' folders.
 * @throws {MismatchError} No study there, or a broken record, with file and line.
 * @example const { html } = await writePaperReport('results');
 */
export async function writePaperReport(
  dir: string,
  options: PaperReportOptions = {},
): Promise<WrittenReport> {
  const { out = join(dir, 'paper'), clustering = null } = options;
  const { tables, ...parts } = await paperParts(dir, options);
  const charts = await drawPaperCharts(parts.paper, parts.studies, clustering);
  return await writeFiles(out, {
    charts: allCharts(charts),
    tables,
    page: (files) => paperPage({ ...parts, charts, files }),
  });
}

/** All of the page but its charts, and every table as a file, by its stem. */
export async function paperParts(
  dir: string,
  { clustering = null, paper: given }: PaperReportOptions = {},
): Promise<Omit<PaperPageParts, 'charts' | 'files'> & { tables: [string, Table][] }> {
  const paper = given ?? (await readPaperResults());
  const studies = await findStudies(dir);
  const scores = readContextScores(dir);
  const recordedHere = recordedOf(paper, readStoreRecord(dir));
  const summary = summaryTable(paper, studies, clustering, recordedHere);
  const inside = insideTable(paper, studies);
  const configurations = configurationsTable(studies);
  const recorded = readBaselinesByRule(dir);
  const byRule = recorded && byRuleTable(recorded);
  const cuts = readStraddling(dir);
  const straddling = cuts && straddlingTable(cuts, studies);
  const differences = procedureTable(await readPaperDifferences());
  const results: ResultTables = new Map(
    Object.entries(paper.results).map(([key, result]) => [
      key,
      result.form === 'bins'
        ? clustering
          ? [
              [key, clusteringTable(result, clustering, scores ? clusteringOf(scores) : [])] as [
                string,
                Table,
              ],
              ...named('contexts', scores && contextScoresTable(scores)),
            ]
          : []
        : (recordedHere.get(key)?.tables ?? tablesOf(key, result, studiesOf(studies, key))),
    ]),
  );
  const records = recordsTable(studies);
  return {
    paper,
    studies,
    clustering,
    summary,
    inside,
    reproduced: reproducedOf(paper, studies),
    notOwn: withoutPapersOwn(paper, studies),
    differences,
    byRule,
    straddling: cuts && straddling && straddlingSection(cuts, studies, straddling),
    configurations,
    results,
    recorded: recordedHere,
    records,
    tables: [
      ['summary', summary],
      ...named('inside', inside),
      ...named('configurations', configurations),
      ['procedure', differences],
      ...named('baselines-by-rule', byRule),
      ...named('straddling', straddling),
      ...[...results.values()].flat(),
      ...studies.map(({ folder, view }): [string, Table] => [`${folder}-scores`, scoresTable(view)]),
      ['records', records],
    ],
  };
}

const named = (name: string, table: Table | null): [string, Table][] => (table ? [[name, table]] : []);

function tablesOf(
  key: string,
  result: PaperResult,
  studies: Parameters<typeof allColumns>[0],
): [string, Table][] {
  const columns = allColumns(studies);
  const claims = claimsTable(result, columns);
  return [
    ...paperTables(result, columns).map(({ name, table }): [string, Table] => [`${key}-${name}`, table]),
    ...named(`${key}-claims`, claims),
  ];
}
