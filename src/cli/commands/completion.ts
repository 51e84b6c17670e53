import type { Command } from '../command.js';
import { completionScript } from '../completion.js';
import { write } from '../output.js';

/**
 * `completion`: what a shell needs to complete commands, options and their values.
 *
 * @param all Gives every command.
 */
export const completion = (all: () => Promise<Command[]>): Command => ({
  command: 'completion',
  describe: 'Print a script that lets bash or zsh complete commands, options and values',
  builder: (usage) =>
    usage.example('source <($0 completion)', 'in bash or zsh, once auditweave is a command of the shell'),
  handler: async () => await write(completionScript(await all())),
});
