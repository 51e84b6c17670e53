import { LEVELS } from '../../audit/level.js';
import { EXIT } from '../../errors.js';
import type { Command } from '../command.js';
import type { EvaluateOptions } from '../handlers/evaluate.js';

/** `evaluate`: every metric of a trained model on a dataset. */
export const evaluate: Command<EvaluateOptions> = {
  command: 'evaluate',
  describe: 'Score a trained model on a dataset',
  builder: (usage) =>
    usage
      .option('model', {
        type: 'string',
        path: 'folder',
        demandOption: true,
        describe: 'Run folder that holds the model',
      })
      .option('dataset', {
        type: 'string',
        describe: 'Dataset folder [default: the run’s own, its test part]',
      })
      .option('stride', {
        type: 'number',
        describe: 'Lines between two windows that vote [default: the run’s]',
      })
      .option('level', {
        choices: LEVELS,
        describe: 'Read the log as one of this audit level [default: as the run did]',
      })
      .option('contexts', {
        type: 'boolean',
        default: false,
        describe: 'Score contexts too: the model’s, and the paper’s methods on its labels and on true ones',
      })
      .option('fail-on-leak', {
        type: 'boolean',
        default: false,
        describe: `Exit ${EXIT.gateFailed} when the test lines were trained on`,
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print every metric as JSON' })
      .example('$0 evaluate --model results/three-node-w60-s7/blocked', 'The run’s own test part')
      .example(
        '$0 evaluate --model results/a --dataset datasets/three-node --json',
        'Every line of another dataset',
      ),
  handler: async (options) => await (await import('../handlers/evaluate.js')).run(options),
};
