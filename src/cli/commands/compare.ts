import { LEVELS, METRICS } from '../../comparison/choices.js';
import type { Command } from '../command.js';
import type { CompareArguments } from '../handlers/compare.js';

/** `compare A [B]`: two runs, two studies, or two points of a study, paired by seed. */
export const compare: Command<CompareArguments> = {
  command: 'compare <first> [second]',
  describe: 'Compare two runs, two studies, or points of a study, paired by seed, under every protocol',
  builder: (usage) =>
    usage
      .positional('first', {
        type: 'string',
        path: 'folder',
        demandOption: true,
        describe: 'Folder of a study or of a run: A',
      })
      .positional('second', {
        type: 'string',
        path: 'folder',
        describe: 'Folder of another: B [default: the study’s own baseline]',
      })
      .option('a', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'A point of the first study: path=value, or its label',
      })
      .option('b', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'A point of the second study, or of the first when there is one only',
      })
      .option('metric', { choices: METRICS, describe: 'Score [default: the study’s; of runs, all]' })
      .option('level', {
        choices: LEVELS,
        describe: 'By line (voted) or by window [default: the study’s; of runs, lines]',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print every number as JSON' })
      .example('$0 compare results/reference/window-size', 'Each point against the study’s baseline')
      .example(
        '$0 compare results/reference/window-size --a window.size=10 --b window.size=60',
        'Two points of it',
      )
      .example(
        '$0 compare results/window-size results/window-size-paper',
        'The points that two studies share',
      ),
  handler: async (options) => await (await import('../handlers/compare.js')).run(options),
};
