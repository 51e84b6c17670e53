import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeLineFindings } from '../../comparison/line-findings.js';
import { datasetStats } from '../../dataset/stats.js';
import { findPath } from '../../files/program.js';
import type { WrittenReport } from '../../reports/write-files.js';
import { isReference, refuseReference } from '../../runs/reference.js';
import { isStudy, readStudy } from '../../studies/read.js';
import { print, printJson, STDERR, say } from '../output.js';
import { writeContextFindings } from '../study-contexts.js';

export interface ReportArguments {
  folder: string;
  paper: boolean;
  dataset: string | undefined;
  out: string | undefined;
  updateReference: boolean;
  json: boolean;
}

/** Whose clustering rate stands beside the paper's when no other is named. */
const DATASET = 'datasets/three-node';

/** Does what `report` is asked. */
export async function run(options: ReportArguments): Promise<void> {
  const written = options.paper ? await writePaper(options) : await writeOne(options);
  await (options.json ? printJson(written) : print(`${written.html}\n`));
  if (!options.json)
    say(`report: ${written.charts.length} chart files, ${written.tables.length} tables beside it\n`);
}

// Loaded late: the drawing library takes a second that other commands need not wait for.
async function writeOne({ folder, out = folder, updateReference }: ReportArguments): Promise<WrittenReport> {
  refuseReference(out, updateReference, 'Name a folder for the page with --out');
  if (await isStudy(folder)) {
    const results = await readStudy(folder);
    await writeLineFindings(results);
    await writeContextFindings(results);
  }
  const { writeReport } = await import('../../reports/write-report.js');
  return await writeReport(folder, out);
}

async function writePaper(options: ReportArguments): Promise<WrittenReport> {
  const { folder, dataset, updateReference } = options;
  const own = isReference(folder) && !updateReference ? 'results' : folder;
  const out = options.out ?? join(own, 'paper');
  refuseReference(out, updateReference, 'Name another folder with --out');
  const { writePaperReport } = await import('../../reports/write-paper-report.js');
  const named = dataset ?? (existsSync(join(findPath(DATASET), 'manifest.json')) ? DATASET : null);
  const stats = named === null ? null : await datasetStats(named, STDERR);
  return await writePaperReport(folder, {
    out,
    clustering: stats && { name: stats.name, bins: stats.clustering },
  });
}
