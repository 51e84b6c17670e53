import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { datasetStats } from '../../dataset/stats.js';
import { findPath } from '../../files/program.js';
import type { WrittenReport } from '../../reports/write-files.js';
import { isReference, refuseReference } from '../../runs/reference.js';
import type { Command } from '../command.js';
import { print, printJson, STDERR, say } from '../output.js';

interface ReportArguments {
  folder: string;
  paper: boolean;
  dataset: string | undefined;
  out: string | undefined;
  updateReference: boolean;
  json: boolean;
}

/** Whose clustering rate stands beside the paper's when no other is named. */
const DATASET = 'datasets/three-node';

/** `report results/NAME`: the records of a run or a study as one offline page; `report results --paper`: all studies beside the paper. */
export const report: Command<ReportArguments> = {
  command: 'report <folder>',
  describe:
    'Write the report of a run or a study, or of all beside the paper: one offline HTML, charts as SVG and PNG, tables as CSV',
  builder: (usage) =>
    usage
      .positional('folder', {
        type: 'string',
        path: 'folder',
        demandOption: true,
        describe:
          'A study, a run, or a folder of runs shown side by side; with --paper the folder of all studies',
      })
      .option('paper', {
        type: 'boolean',
        default: false,
        describe: 'Every table and figure of the paper beside ours, into FOLDER/paper',
      })
      .option('dataset', {
        type: 'string',
        describe: `--paper: whose clustering rate stands beside Fig. 10 [default: ${DATASET}, where it is]`,
      })
      .option('out', {
        type: 'string',
        path: 'folder',
        describe:
          'Folder of the page [default: FOLDER; with --paper FOLDER/paper, and results/paper for reference records]',
      })
      .option('update-reference', {
        type: 'boolean',
        default: false,
        describe: 'Write among the reference records, results/reference',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the written paths as JSON: {"html", "charts", "tables"}',
      })
      .example('npm run report -- results/first-light', 'paper and blocked side by side')
      .example('npm run report -- results/window-size', 'a study, finished or not')
      .example(
        'npm run report -- results/reference --paper',
        'all studies beside the paper, in results/paper',
      ),
  handler: async (options) => {
    const written = options.paper ? await writePaper(options) : await writeOne(options);
    await (options.json ? printJson(written) : print(`${written.html}\n`));
    if (!options.json)
      say(`report: ${written.charts.length} chart files, ${written.tables.length} tables beside it\n`);
  },
};

// Loaded late: the drawing library takes a second that other commands need not wait for.
async function writeOne({ folder, out = folder, updateReference }: ReportArguments): Promise<WrittenReport> {
  refuseReference(out, updateReference, 'Name a folder for the page with --out');
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
