import type { PaperResult } from '../../../comparison/paper-results.js';
import type { Table } from '../../../page/table.js';
import type { StudyView } from '../view.js';
import { causeTables } from './causes.js';
import { claimsTable } from './claims.js';
import { bandsTable, studyClassTable } from './classes.js';
import { contextTables } from './contexts.js';
import { machinesTable, timeTable, trialsTable } from './cost.js';
import { differencesTables } from './differences.js';
import { lineTables } from './lines.js';
import { columnsOf, paperTables } from './paper.js';
import { baselinesTable, protocolsTable, scoresTable } from './scores.js';
import { countsTable, failuresTable, missingTable, studyManifest } from './trials.js';

/** Tables of a study's page. */
export interface StudyTables {
  paper: { name: string; table: Table }[];
  claims: Table | null;
  scores: Table;
  bands: Table | null;
  classes: { name: string; table: Table }[];
  differences: { name: string; table: Table }[];
  /** What the predicted lines say. */
  lines: { name: string; table: Table }[];
  /** How right the causes are that it names. */
  causes: { name: string; table: Table }[];
  /** How right the contexts are that follow from the labels alone. */
  contexts: { name: string; table: Table }[];
  protocols: Table;
  baselines: Table;
  counts: Table;
  failures: Table | null;
  missing: Table | null;
  time: Table;
  machines: Table;
  manifest: Table;
  /** For files alone: a row a trial. */
  trials: Table;
}

/** Makes every table of a study's page. */
export function studyTables(view: StudyView, paper: PaperResult | null): StudyTables {
  const withClasses = view.series.filter(({ protocol }) =>
    view.cells.some((cell) => cell.protocol === protocol && cell.done.some(({ result }) => result.classes)),
  );
  return {
    paper: paper ? paperTables(paper, columnsOf(view)) : [],
    claims: paper ? claimsTable(paper, columnsOf(view)) : null,
    scores: scoresTable(view),
    bands: withClasses.length > 0 ? bandsTable(view) : null,
    classes: withClasses.map(({ protocol }) => ({
      name: `classes-${protocol}`,
      table: studyClassTable(view, protocol),
    })),
    differences: differencesTables(view),
    lines: lineTables(view),
    causes: causeTables(view),
    contexts: contextTables(view),
    protocols: protocolsTable(view),
    baselines: baselinesTable(view),
    counts: countsTable(view),
    failures: failuresTable(view),
    missing: missingTable(view),
    time: timeTable(view),
    machines: machinesTable(view),
    manifest: studyManifest(view),
    trials: trialsTable(view),
  };
}

/** The tables as files, by name. */
export function* tableFiles(tables: StudyTables): Generator<[string, Table]> {
  for (const { name, table } of tables.paper) yield [`paper-${name}`, table];
  for (const [name, table] of Object.entries(tables)) {
    if (name === 'paper' || table === null) continue;
    if (Array.isArray(table)) yield* table.map((one) => [one.name, one.table] as [string, Table]);
    else yield [name, table];
  }
}
