import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { MismatchError } from '../errors.js';
import { isStudy } from '../studies/read-study.js';
import { type RunFolder, readRun } from '../studies/record.js';
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

const ORDER = ['paper', 'blocked', 'capture'];

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

async function findRuns(dir: string): Promise<RunFolder[]> {
  const entries = await list(dir);
  if (entries.some((entry) => entry.name === 'run.json')) return [await readRun(dir)];
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found: RunFolder[] = [];
  for (const name of folders.sort(byProtocol)) {
    const path = join(dir, name);
    if ((await list(path)).some((entry) => entry.name === 'run.json')) found.push(await readRun(path));
  }
  if (found.length > 0) return found;
  throw new MismatchError(
    { folder: 'reports', file: dir, expected: 'run.json there or in a folder below', got: describe(entries) },
    { hint: 'Name a folder that `train` has written, such as results/first-light.' },
  );
}

async function list(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (cause) {
    const got = (cause as NodeJS.ErrnoException).code === 'ENOTDIR' ? 'a file' : 'no such folder';
    throw new MismatchError(
      { folder: 'reports', file: dir, expected: 'a folder of a run', got },
      { hint: 'Name a folder that `train` has written, such as results/first-light.', cause },
    );
  }
}

const describe = (entries: readonly Dirent[]): string =>
  entries.length === 0
    ? 'an empty folder'
    : `only ${entries
        .slice(0, 8)
        .map(({ name }) => name)
        .join(', ')}`;

function byProtocol(a: string, b: string): number {
  const rank = (name: string): number => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
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
