import { EXIT } from '../../errors.js';
import type { Command } from '../command.js';
import type { ReproduceArguments } from '../handlers/reproduce.js';
import { THREADS } from '../options.js';

/** `reproduce DIR`: a recorded run again, and whether the same comes out. */
export const reproduce: Command<ReproduceArguments> = {
  command: 'reproduce <folder>',
  describe: 'Run a recorded run again and check that the same comes out, byte for byte on CPU',
  builder: (usage) =>
    usage
      .positional('folder', {
        type: 'string',
        path: 'folder',
        demandOption: true,
        describe: 'Folder of a finished run, or of a study',
      })
      .option('key', { type: 'string', describe: 'Of a study: the trial, by its key or the beginning of it' })
      .option('out', {
        type: 'string',
        path: 'folder',
        describe: 'Folder that keeps the new run [default: a temporary one]',
      })
      .option('threads', THREADS)
      .option('json', { type: 'boolean', default: false, describe: 'Print what was found as JSON' })
      .example(
        '$0 reproduce results/reference/first-light-w60-s7/blocked',
        `Exit code 0: equal; ${EXIT.gateFailed}: not equal`,
      )
      .example('$0 reproduce results/reference/window-size --key 0a1b2c3d', 'One trial of a study'),
  handler: async (options) => await (await import('../handlers/reproduce.js')).run(options),
};
