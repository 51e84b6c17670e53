import type { Command } from '../command.js';
import type { TrialArguments } from '../handlers/trial.js';
import { DEVICE, THREADS } from '../options.js';

/** `trial FOLDER`: one trial of a study, as its workers run it. */
export const trial: Command<TrialArguments> = {
  command: 'trial <folder>',
  describe: 'Run one trial of a study: what workers do, on this machine or another',
  builder: (usage) =>
    usage
      .positional('folder', {
        type: 'string',
        path: 'folder',
        describe: 'Folder with trial.json, as in results/STUDY/trials/KEY',
        demandOption: true,
      })
      .option('device', DEVICE)
      .option('threads', THREADS)
      .option('attempt', { type: 'number', default: 1, describe: 'How often it was begun, for the record' })
      .option('index', {
        type: 'number',
        describe: 'The folder is a study’s: run this one of its index.json, as pods of an Indexed Job do',
      })
      .option('parent', { type: 'number', describe: 'Stop when this process is no more' })
      .example(
        '$0 trial results/window-size/trials/0a1b2c3d4e5f6071',
        'Exit code 0: record.json is there; 42: it failed for good; else: run it again',
      ),
  handler: async (options) => await (await import('../handlers/trial.js')).run(options),
};
