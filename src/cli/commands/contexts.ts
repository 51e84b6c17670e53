import { LINE_FORMATS } from '../../contexts/exports/formats.js';
import { METHODS } from '../../contexts/labels/methods.js';
import { KEEPS } from '../../contexts/store/keep.js';
import type { Command } from '../command.js';
import type { ContextsArguments } from '../handlers/contexts.js';
import { IDLE } from '../idle.js';
import { contextsDiff } from './contexts-diff.js';
import { contextsExport } from './contexts-export.js';

const FORMATS = ['json', 'csv', ...LINE_FORMATS] as const;

/** `contexts FILE`: who did what, and what it caused. */
export const contexts: Command<ContextsArguments> = {
  command: 'contexts <files..>',
  describe: 'Show who did what, and what it caused: an audit log as contexts',
  builder: (usage) =>
    usage
      .command([contextsDiff as unknown as Command, contextsExport as unknown as Command])
      .positional('files', {
        type: 'string',
        demandOption: true,
        describe:
          'Audit logs in order: JSON lines or an EventList, plain or packed; - for standard input; or a store',
      })
      .option('model', {
        type: 'string',
        describe:
          'Model folder, run, or results of train; or rules, which learn nothing; default: the model that comes with auditweave',
      })
      .option('labels', { type: 'string', describe: 'Rows of the log that label wrote, instead of a model' })
      .option('methods', {
        type: 'string',
        array: true,
        choices: METHODS,
        default: METHODS,
        describe: 'How contexts of one label are told apart, where a model gives labels only',
      })
      .option('actor', { type: 'string', describe: 'Only of this user; * stands for any letters' })
      .option('namespace', { type: 'string', describe: 'Only in this namespace, or on it' })
      .option('verb', { type: 'string', describe: 'Only with this verb' })
      .option('outcome', { type: 'string', describe: 'Only done, refused, failed or unknown' })
      .option('since', {
        type: 'string',
        describe:
          'Only what went on later: 2026-01-31, 2026-01-31T08:00:00Z, now-1h; with --follow, now shows only what comes',
      })
      .option('until', { type: 'string', describe: 'Only what began before' })
      .option('background', { type: 'boolean', default: false, describe: 'The control plane’s own work too' })
      .option('open', {
        type: 'string',
        describe:
          'Show the lines of one context as a tree: --open c12, which is c and the number of its line, from 0',
      })
      .option('html', {
        type: 'string',
        describe: 'Write a page to look at, instead of the list: one file that needs no network',
      })
      .option('out', {
        type: 'string',
        path: 'folder',
        describe:
          'Put the lines and their contexts into a store, to query and to export; one that is there goes on',
      })
      .option('keep', {
        type: 'string',
        choices: KEEPS,
        describe:
          'With --out: all lines, those without background, or triggering lines and counts; default: as the store that is there, else raw',
      })
      .option('keep-secrets', {
        type: 'boolean',
        default: false,
        describe: 'With --out: leave what Secrets hold, and tokens, in the lines',
      })
      .option('level', {
        type: 'number',
        describe: 'With --out: of zstd, 1 (fast) to 22 (small); default 12, with --keep compact 19',
      })
      .option('parquet', { type: 'string', path: 'file', describe: 'Write the contexts as a Parquet file' })
      .option('truth', {
        type: 'string',
        describe: 'Score against the truth of this dataset, whose log the file is',
      })
      .option('capture', { type: 'string', describe: 'With --truth: only of this capture' })
      .option('follow', {
        type: 'boolean',
        default: false,
        describe:
          'Print contexts as they end, from the first line on, while the log goes on: a file that grows and is rotated, or -',
      })
      .option('idle', {
        type: 'number',
        describe: `Seconds without a line after which a context has ended; default ${IDLE.file}, with --follow ${IDLE.follow}: of a log that is silent it is printed 4 s later, by a model that gives labels only up to a minute`,
      })
      .option('skip-invalid', {
        type: 'boolean',
        default: false,
        describe: 'Leave out lines that cannot be read',
      })
      .option('format', {
        type: 'string',
        choices: FORMATS,
        describe:
          'Print json or csv, a context a row; or ecs, ocsf or otlp, a line of the log each, with its context: docs/exports.md',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object a context' })
      .example('$0 contexts datasets/first-light/audit.jsonl.gz', 'the list')
      .example('$0 contexts audit.log --actor dev-a --verb delete', 'what dev-a deleted')
      .example('$0 contexts audit.log --open c12', 'what one action caused')
      .example(
        '$0 contexts audit.log --html page.html',
        'a page with a time line, filters, search and trees of causes',
      )
      .example(
        '$0 contexts audit.log --out store --keep compact',
        'a store to keep and to ask: query --in store',
      )
      .example('$0 contexts audit.log --follow --since now', 'live; what came before is read for its causes')
      .example('$0 contexts audit.log --follow --format ecs', 'a live feed of Elastic, as contexts end')
      .example('$0 contexts audit.log --open c12 --format otlp', 'one context as a trace, for Jaeger'),
  handler: async (options) => await (await import('../handlers/contexts.js')).run(options),
};
