import type { Command } from '../command.js';
import type { CollectArguments } from '../handlers/collect.js';

/** `collect --seed 7 --actions 40`: people at work on a cluster, as a dataset. */
export const collect: Command<CollectArguments> = {
  command: 'collect',
  describe: 'Run the catalog of actions against a cluster and write a dataset with its truth',
  builder: (usage) =>
    usage
      .option('seed', { type: 'number', default: 7, describe: 'The same seed gives the same commands' })
      .option('actions', { type: 'number', default: 40, describe: 'Commands to run, at least' })
      .option('people', { type: 'number', default: 1, describe: 'How many people, 1 to 6' })
      .option('mode', {
        choices: ['sequential', 'concurrent'],
        describe: 'One command at a time, or everybody at once. Default: sequential for one person',
      })
      .option('shared', {
        type: 'boolean',
        default: false,
        describe: 'Everybody in the same namespaces, on the same objects',
      })
      .option('cluster', { type: 'string', describe: 'Name of a cluster of npm run cluster' })
      .option('kubeconfig', {
        type: 'string',
        path: 'file',
        describe: 'An administrator’s, instead of --cluster',
      })
      .option('audit-log', { type: 'string', path: 'file', describe: 'The API server’s audit log file' })
      .option('kubectl', {
        type: 'string',
        path: 'file',
        describe: 'Default: the cluster’s, else the one in PATH',
      })
      .option('nodes', { type: 'string', array: true, describe: 'Workers that node actions may change' })
      .option('think', {
        type: 'number',
        default: 1500,
        describe: 'Mean milliseconds between two commands of a person at a busy hour',
      })
      .option('id', { type: 'string', default: 'a1', describe: 'Name of the capture' })
      .option('out', { type: 'string', path: 'folder', describe: 'Folder. Default: results/collect-SEED' })
      .option('capture-only', {
        type: 'boolean',
        default: false,
        describe: 'Write the raw capture only; dataset build makes a dataset of several',
      })
      .option('plan', { type: 'boolean', default: false, describe: 'Print the commands, run nothing' })
      .example('npm run collect -- --seed 7 --actions 40', 'a small dataset from the cluster that is up')
      .example('npm run collect -- --people 4 --shared --actions 400', 'four people on the same objects'),
  handler: async (options) => await (await import('../handlers/collect.js')).run(options),
};
