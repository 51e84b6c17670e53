import type { Command } from '../command.js';
import type { LabelArguments } from '../handlers/label.js';

export const label: Command<LabelArguments> = {
  command: 'label <files..>',
  describe: 'Label each line of an audit log with the action that caused it',
  builder: (usage) =>
    usage
      .positional('file', {
        type: 'string',
        path: 'file',
        demandOption: true,
        describe: 'Audit log: JSON lines or an EventList, plain or gzip; - for standard input',
      })
      .option('model', {
        type: 'string',
        path: 'folder',
        describe: 'Model folder, run, or results of train [default: the model that comes with auditweave]',
      })
      .option('out', {
        type: 'string',
        path: 'file',
        describe: 'File for the rows, instead of standard output',
      })
      .option('stride', {
        type: 'number',
        describe: 'Lines between two windows, from 1 (slow) to the window; default: a quarter of it',
      })
      .option('buffer', {
        type: 'number',
        describe: 'Lines to wait for late ones; default 250000',
      })
      .option('hold', {
        type: 'string',
        describe:
          'Longest time to wait for late lines, as in 1s; default: a second of silence on a live stream',
      })
      .option('threads', {
        type: 'number',
        describe: 'Threads of the model; default: one a core',
      })
      .option('explain', {
        type: 'boolean',
        default: false,
        describe: 'Say in words why each line is whose it is, where the model names causes',
      })
      .option('skip-invalid', {
        type: 'boolean',
        default: false,
        describe: 'Keep a row for a line that cannot be read, instead of stopping',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the summary as JSON' })
      .example('$0 label audit.log > labels.jsonl', 'one row a line, in input order')
      .example('$0 label audit.log --explain', 'and why, in words')
      .example('$0 label /var/log/kube-apiserver --model results/first', 'a folder of rotated logs')
      .example('tail -F audit.log | $0 label - --hold 1s', 'live'),
  handler: async (options) => await (await import('../handlers/label.js')).run(options),
};
