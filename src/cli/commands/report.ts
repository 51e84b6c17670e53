import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { datasetStats } from '../../dataset/stats.js';
import type { WrittenReport } from '../../reports/write-files.js';

interface ReportArguments {
  folder: string;
  paper: boolean;
  dataset: string | undefined;
  out: string | undefined;
  json: boolean;
}

/** Whose clustering rate stands beside the paper's when no other is named. */
const DATASET = 'datasets/three-node';

/** `report results/NAME`: the records of a run or a study as one offline page; `report results --paper`: all studies beside the paper. */
export const report: CommandModule<object, ReportArguments> = {
  command: 'report <folder>',
  describe:
    'Write the report of a run or a study, or of all beside the paper: one offline HTML, charts as SVG and PNG, tables as CSV',
  builder: (yargs) =>
    yargs
      .positional('folder', {
        type: 'string',
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
      .option('out', { type: 'string', describe: '--paper: folder of the page [default: FOLDER/paper]' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the written paths as JSON: {"html", "charts", "tables"}',
      })
      .example('npm run report -- results/first-light', 'paper and blocked side by side')
      .example('npm run report -- results/window-size', 'a study, finished or not')
      .example('npm run report -- results --paper', 'results/paper/report.html'),
  handler: async (options) => {
    const written = options.paper ? await writePaper(options) : await writeOne(options.folder);
    process.stdout.write(`${options.json ? JSON.stringify(written) : written.html}\n`);
    if (!options.json)
      process.stderr.write(
        `report: ${written.charts.length} chart files, ${written.tables.length} tables beside it\n`,
      );
  },
};

// Loaded late: the drawing library takes a second that other commands need not wait for.
async function writeOne(folder: string): Promise<WrittenReport> {
  const { writeReport } = await import('../../reports/write-report.js');
  return await writeReport(folder);
}

async function writePaper({ folder, dataset, out }: ReportArguments): Promise<WrittenReport> {
  const { writePaperReport } = await import('../../reports/write-paper-report.js');
  const named = dataset ?? (existsSync(join(DATASET, 'manifest.json')) ? DATASET : null);
  const stats = named === null ? null : await datasetStats(named, process.stderr);
  return await writePaperReport(folder, {
    ...(out === undefined ? {} : { out }),
    clustering: stats && { name: stats.name, bins: stats.clustering },
  });
}
