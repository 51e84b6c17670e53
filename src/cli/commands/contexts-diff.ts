import type { Command } from '../command.js';
import type { DiffArguments } from '../handlers/contexts-diff.js';

/** `contexts diff A B`: what is new, gone or larger between two logs, or where two ways to find contexts differ. */
export const contextsDiff: Command<DiffArguments> = {
  command: 'diff <first> <second>',
  describe: 'Compare two logs by what was done in them, or two models on one log',
  builder: (usage) =>
    usage
      .positional('first', {
        type: 'string',
        describe: 'Audit log, a folder of logs, a store, or contexts as contexts --json prints them',
      })
      .positional('second', { type: 'string', describe: 'The same, to compare with' })
      .option('sets', {
        type: 'boolean',
        default: false,
        describe:
          'Both are of one log: which contexts are the same, line for line, and what the others differ in',
      })
      .option('all', {
        type: 'boolean',
        default: false,
        describe:
          'Kinds of actions that are the same, too; with --sets all that differs, not 20 contexts of each kind',
      })
      .option('actor', { type: 'string', describe: 'Of both only of this user; * stands for any letters' })
      .option('namespace', { type: 'string', describe: 'Of both only in this namespace' })
      .option('since', { type: 'string', describe: 'Of both only what went on later: as in contexts' })
      .option('until', { type: 'string', describe: 'Of both only what began before' })
      .option('skip-invalid', {
        type: 'boolean',
        default: false,
        describe: 'Leave out lines that cannot be read',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 contexts diff monday.log tuesday.log', 'what was done on one day and not on the other')
      .example('$0 contexts diff monday.log tuesday.log --actor dev-a --json', 'what one person did')
      .example('$0 contexts diff rules.jsonl model.jsonl --sets', 'two ways to find contexts, side by side'),
  handler: async (options) => await (await import('../handlers/contexts-diff.js')).run(options),
};
