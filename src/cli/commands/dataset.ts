import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { verifyDataset } from '../../audit/verify.js';
import { EXIT } from '../../errors.js';

interface DatasetOptions {
  task: string;
  folders: string[];
  json: boolean;
}

/** `dataset verify`: every hash and invariant of datasets, computed again. */
export const dataset: CommandModule<object, DatasetOptions> = {
  command: 'dataset <task> [folders..]',
  describe: 'Check datasets: hashes, one context a line, one trigger a context, labels',
  builder: (yargs: Argv) =>
    yargs
      .positional('task', { choices: ['verify'], demandOption: true, describe: 'What to do' })
      .positional('folders', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Dataset folders [default: all of datasets/]',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the findings as JSON' })
      .example('$0 dataset verify datasets/first-light', 'One dataset') as unknown as Argv<DatasetOptions>,
  handler: async ({ folders, json }) => {
    const all = folders.length > 0 ? folders : await ownDatasets();
    const findings = [];
    for (const folder of all) findings.push({ folder, ...(await verifyDataset(folder)) });
    if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
    else
      for (const { folder, lines, contexts, faults } of findings)
        process.stdout.write(
          faults.length === 0
            ? `${folder}: sound, ${lines} lines in ${contexts} contexts\n`
            : `${folder}: ${faults.length} faults\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
        );
    if (findings.some(({ faults }) => faults.length > 0)) process.exitCode = EXIT.gateFailed;
  },
};

async function ownDatasets(): Promise<string[]> {
  const entries = await readdir('datasets', { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join('datasets', name));
}
