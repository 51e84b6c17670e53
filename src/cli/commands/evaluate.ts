import { EXIT } from '../../errors.js';
import { scoreModel } from '../../runs/evaluate.js';
import type { Command } from '../command.js';
import { print, printJson, STDERR } from '../output.js';
import { formatInterval, table } from '../table.js';

interface EvaluateOptions {
  model: string;
  dataset?: string;
  stride?: number;
  failOnLeak: boolean;
  json: boolean;
}

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
  handler: async ({ model, dataset, stride, failOnLeak, json }) => {
    const { metrics, leak } = await scoreModel({
      dir: model,
      ...(dataset === undefined ? {} : { dataset }),
      ...(stride === undefined ? {} : { stride }),
      sink: STDERR,
    });
    if (json) await printJson({ leak, ...metrics }, 2);
    else {
      const row = (name: string, scores: typeof metrics.lines) => [
        name,
        formatInterval(scores.macroF1.strict),
        formatInterval(scores.macroF1.paper),
        formatInterval(scores.exactMatch),
        ...(['r', 's', 'v', 'n', 'u'] as const).map((part) =>
          scores.parts[part].toFixed(3).replace(/^0/, ''),
        ),
        String(scores.n),
      ];
      const labels = ['r', 's', 'v', 'n', 'u'];
      const head = ['', 'macro F1 (strict)', 'macro F1 (true classes)', 'exact match', ...labels, 'n'];
      await print(
        `${table(head, [
          row('model, by line', metrics.lines),
          row('model, by window (the paper’s measure: strict)', metrics.windows),
          ...(leak.windows.train > 0 ? [row('majority class', metrics.baselines.majority)] : []),
          row('previous line’s true label', metrics.baselines.previousLine),
          row('own action', metrics.baselines.ownAction),
          ...(metrics.baselines.tuple && leak.windows.train > 0
            ? [row('most frequent per feature tuple', metrics.baselines.tuple)]
            : []),
          ...(metrics.baselines.nearestAction
            ? [row('nearest earlier user action', metrics.baselines.nearestAction)]
            : []),
        ])}\n\n${table(
          ['class', 'precision', 'recall', 'F1', 'support'],
          [...metrics.classes]
            .filter(({ support }) => support > 0)
            .sort((a, b) => a.f1 - b.f1 || b.support - a.support)
            .map((c) => [
              c.text,
              c.precision.toFixed(3),
              c.recall.toFixed(3),
              c.f1.toFixed(3),
              String(c.support),
            ]),
        )}\n\nSplit: ${metrics.protocol}, ${leak.verdict} (${(100 * leak.sharedLines.share).toFixed(1)} % of test lines in training).\n`,
      );
    }
    if (failOnLeak && leak.verdict === 'leaks') process.exitCode = EXIT.gateFailed;
  },
};
