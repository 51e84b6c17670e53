import type { Command } from '../command.js';
import type { ReportArguments } from '../handlers/report.js';

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
        describe: `--paper: whose clustering rate stands beside Fig. 10 [default: datasets/three-node, where it is]`,
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
  handler: async (options) => await (await import('../handlers/report.js')).run(options),
};
