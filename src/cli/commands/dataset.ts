import type { Command } from '../command.js';
import type { DatasetArguments } from '../handlers/dataset.js';

/** `dataset stats|verify|build|clean`: what is in a dataset, whether it holds what it promises, and how one is made. */
export const dataset: Command<DatasetArguments> = {
  command: 'dataset <what> [folder]',
  describe:
    'Show what is in a dataset, compute its hashes and invariants again, build one of captures, or clean a log',
  builder: (usage) =>
    usage
      .positional('what', { choices: ['stats', 'verify', 'build', 'clean'], demandOption: true })
      .positional('folder', {
        type: 'string',
        default: 'datasets/three-node',
        describe: 'The dataset; clean: a log',
      })
      .option('captures', {
        type: 'string',
        path: 'folder',
        array: true,
        describe: 'build: folders of captures, in order',
      })
      .option('name', { type: 'string', describe: 'build: default is the folder’s name' })
      .option('title', { type: 'string', describe: 'build: one line' })
      .option('folds', {
        type: 'string',
        path: 'file',
        describe:
          'build: file of named splits by capture, {"NAME": {"train": [], "validation": [], "test": []}}',
      })
      .option('commands', {
        type: 'number',
        array: true,
        describe: 'build: keep so many commands of each capture, from its start',
      })
      .option('out', {
        type: 'string',
        path: 'file',
        describe: 'clean: file for the events that can be read, one a line',
      })
      .option('html', {
        type: 'string',
        path: 'file',
        describe: 'stats: also write a page with charts to this file',
      })
      .option('rules', {
        type: 'boolean',
        default: false,
        describe: 'verify: also attribute every line again, from the log and the commands alone, and compare',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('npm run dataset -- stats datasets/three-node', 'sizes of classes and contexts')
      .example(
        'npm run dataset -- verify datasets/three-node',
        'ends with 3 when a file or an invariant is not as promised',
      )
      .example(
        'npm run dataset -- clean audit.log --out clean.jsonl',
        'a log to train on, without lines that cannot be read',
      ),
  handler: async (options) => await (await import('../handlers/dataset.js')).run(options),
};
