import { PROTOCOLS } from '../../settings/protocols.js';
import type { Command } from '../command.js';
import type { TrainOptions } from '../handlers/train.js';
import { DEVICE, SET, THREADS } from '../options.js';

/** `train`: one model, or one under each protocol side by side. */
export const train: Command<TrainOptions> = {
  command: 'train',
  describe: 'Train and score the model on a dataset; the same command goes on where it stopped',
  builder: (usage) =>
    usage
      .option('config', {
        type: 'string',
        default: 'experiments/paper.config.yaml',
        describe: 'Settings file, or its name: fast, paper',
      })
      .option('dataset', {
        type: 'string',
        describe: 'Dataset folder, or a file in the paper’s public format',
      })
      .option('window', { type: 'number', describe: 'W, lines a window' })
      .option('protocol', {
        choices: ['both', ...PROTOCOLS],
        describe:
          'How data is split: paper (random windows, leaks), blocked (shares no line) or capture (leak-free)',
      })
      .option('model', { type: 'string', describe: 'Kind of model [default: the settings’ own]' })
      .option('seed', { type: 'number', describe: 'Root of every random choice' })
      .option('epochs', { type: 'number', describe: 'Most epochs' })
      .option('device', DEVICE)
      .option('threads', THREADS)
      .option('out', {
        type: 'string',
        path: 'folder',
        describe: 'Run folder [default: results/DATASET-wW-sSEED, a folder a protocol below]',
      })
      .option('set', SET)
      .option('fresh', {
        type: 'boolean',
        default: false,
        describe: 'Start over when the folder holds a run',
      })
      .option('update-reference', {
        type: 'boolean',
        default: false,
        describe: 'Write below results/reference, where the cited records are',
      })
      .option('hash-values', {
        type: 'boolean',
        default: false,
        describe: 'Keep hashes in the model in place of the log’s values, such as names of people',
      })
      .option('report', { type: 'boolean', default: true, describe: 'Write report.html and charts' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the metrics as JSON' })
      .example(
        '$0 train --window 60',
        'The paper’s model on as many lines as the paper had, under both protocols',
      )
      .example('$0 train --config fast', 'The same in a tenth of the time')
      .example(
        '$0 train --protocol blocked --set training.batchSize=128',
        'One protocol, one setting changed',
      ),
  handler: async (options) => await (await import('../handlers/train.js')).run(options),
};
