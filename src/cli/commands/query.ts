import { LINE_FORMATS } from '../../contexts/exports/formats.js';
import type { Command } from '../command.js';
import type { QueryArguments } from '../handlers/query.js';

/** `query 'EXPRESSION' --in STORE`: the contexts that an expression is true of. */
export const query: Command<QueryArguments> = {
  command: 'query [expression]',
  describe: 'Ask for contexts: by their triggering events, and by what they caused',
  builder: (usage) =>
    usage
      .positional('expression', {
        type: 'string',
        describe:
          'As in: verb == "delete" and exists(namespace); none for all. docs/query.md has the language',
      })
      .option('in', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'A store that contexts --out wrote, or audit logs in order; - for standard input',
      })
      .option('model', { type: 'string', describe: 'With logs: as in contexts' })
      .option('background', {
        type: 'boolean',
        default: false,
        describe: 'The control plane’s own work too; also when the expression speaks of background',
      })
      .option('limit', { type: 'number', describe: 'This many contexts at most, by time' })
      .option('count', { type: 'boolean', default: false, describe: 'Print how many there are' })
      .option('lines', {
        type: 'boolean',
        default: false,
        describe: 'Print all lines of the contexts, as JSON lines',
      })
      .option('links', {
        type: 'boolean',
        default: false,
        describe: 'With --lines: say in an annotation of each which context it has, and which line caused it',
      })
      .option('format', {
        type: 'string',
        choices: LINE_FORMATS,
        describe:
          'Print the lines of the contexts for another system, each with its context: docs/exports.md',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object a context' })
      .option('csv', { type: 'boolean', default: false, describe: 'Print a table' })
      .option('parquet', { type: 'string', path: 'file', describe: 'Write a Parquet file' })
      .option('skip-invalid', {
        type: 'boolean',
        default: false,
        describe: 'With logs: leave out lines that cannot be read',
      })
      .example(`$0 query 'verb == "delete" and actor != "ci"' --in store`, 'who deleted what')
      .example(`$0 query 'lines > 50 or caused(outcome == "failed")' --in audit.log`, 'a log without a store')
      .example(
        `$0 query 'from >= now-1h' --in store --lines`,
        'all lines that the last hour’s actions caused',
      ),
  handler: async (options) => await (await import('../handlers/query.js')).run(options),
};
