import type { CommandModule } from 'yargs';

interface ReportArguments {
  folder: string;
  json: boolean;
}

/** `report results/NAME`: the records of a run as one offline page, charts and tables. */
export const report: CommandModule<object, ReportArguments> = {
  command: 'report <folder>',
  describe: 'Write the report of a run: one offline HTML, charts as SVG and PNG, tables as CSV',
  builder: (yargs) =>
    yargs
      .positional('folder', {
        type: 'string',
        demandOption: true,
        describe: 'A run folder, or a folder of run folders shown side by side, as in results/first-light',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the written paths as JSON: {"html", "charts", "tables"}',
      })
      .example('npm run report -- results/first-light', 'paper and blocked side by side'),
  handler: async ({ folder, json }) => {
    // Loaded late: the drawing library takes a second that other commands need not wait for.
    const { writeReport } = await import('../../reports/write-report.js');
    const written = await writeReport(folder);
    process.stdout.write(`${json ? JSON.stringify(written) : written.html}\n`);
    if (!json)
      process.stderr.write(
        `report: ${written.charts.length} chart files, ${written.tables.length} tables beside it\n`,
      );
  },
};
