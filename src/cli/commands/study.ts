import { PROTOCOLS } from '../../settings/protocols.js';
import type { Command } from '../command.js';
import type { StudyArguments } from '../handlers/study.js';
import { DEVICE, SET } from '../options.js';

/** `study experiments/NAME.study.yaml`: every trial of a question, and the report. */
export const study: Command<StudyArguments> = {
  command: 'study <file>',
  describe: 'Run the trials of a study that are not done yet, and report; the same command goes on',
  builder: (usage) =>
    usage
      .positional('file', {
        type: 'string',
        describe: 'experiments/NAME.study.yaml',
        demandOption: true,
      })
      .option('runs', {
        type: 'number',
        describe: 'Only the first so many runs of each point, or more than the file’s',
      })
      .option('base', {
        type: 'string',
        describe: 'Other base settings: paper, or any experiments/NAME.config.yaml',
      })
      .option('protocol', {
        choices: PROTOCOLS,
        array: true,
        describe: 'Only these protocols',
      })
      .option('set', SET)
      .option('workers', {
        type: 'number',
        describe: 'Trials at once. Default: one a core, or as many as fit the GPUs',
      })
      .option('engine', {
        choices: ['local', 'ray', 'kubernetes'],
        default: 'local',
        describe: 'Where trials run: here, on a Ray cluster, or as a Kubernetes Indexed Job',
      })
      .option('address', {
        type: 'string',
        default: 'http://127.0.0.1:8265',
        describe: 'ray: its dashboard',
      })
      .option('program', {
        type: 'string',
        describe: 'ray: the program’s file on every machine [default: this one]',
      })
      .option('cpus-per-trial', { type: 'number', default: 1, describe: 'ray, kubernetes: CPUs set aside' })
      .option('gpus-per-trial', {
        type: 'number',
        default: 0,
        describe: 'ray, kubernetes: GPUs set aside; on Ray 0.5 lets two trials share one',
      })
      .option('memory-per-trial', { type: 'string', default: '3Gi', describe: 'kubernetes: memory of a pod' })
      .option('image', { type: 'string', describe: 'kubernetes: an image that runs this program' })
      .option('namespace', { type: 'string', default: 'default', describe: 'kubernetes: where the Job is' })
      .option('claim', {
        type: 'string',
        default: 'auditweave-results',
        describe: 'kubernetes: a PersistentVolumeClaim whose root is the folder of results',
      })
      .option('wait', {
        type: 'string',
        describe: 'kubernetes: how long to wait for records, as in 2h [default: write the manifest and end]',
      })
      .option('device', DEVICE)
      .option('threads', {
        choices: ['auto', '1', '2'],
        type: 'string',
        describe: 'Threads a trial; the result is the same. Default: 1 with several workers',
      })
      .option('gpus', { type: 'string', describe: 'Numbers of the GPUs to use, as in 0,1' })
      .option('trials-per-gpu', { type: 'number', default: 1, describe: 'Trials at once on one GPU' })
      .option('only', {
        type: 'string',
        array: true,
        describe: 'Only trials with this key, its beginning, or this point: window.size=10',
      })
      .option('budget', { type: 'string', describe: 'Run what fits into this time, as in 30m' })
      .option('retry-failed', { type: 'boolean', default: false, describe: 'Try again what failed for good' })
      .option('out', { type: 'string', path: 'folder', describe: 'Folder [default: results/STUDY]' })
      .option('list', {
        type: 'boolean',
        default: false,
        describe: 'Show the trials and their time, run nothing',
      })
      .option('update-reference', {
        type: 'boolean',
        default: false,
        describe: 'Write below results/reference, where the cited records are',
      })
      .option('report', { type: 'boolean', default: true, describe: 'Write report.html and charts' })
      .option('json', { type: 'boolean', default: false, describe: 'Print what happens as JSON lines' })
      .example('$0 study experiments/window-size.study.yaml --list', 'What it would run, and for how long')
      .example('$0 study experiments/window-size.study.yaml --budget 30m', 'The most telling half hour of it')
      .example(
        '$0 study experiments/window-size.study.yaml --base paper',
        'With the paper’s own configuration',
      ),
  handler: async (options) => await (await import('../handlers/study.js')).run(options),
};
