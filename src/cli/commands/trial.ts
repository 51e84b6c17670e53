import { AuditweaveError, EXIT } from '../../errors.js';
import { indexedTrial } from '../../studies/engines/kubernetes.js';
import { runTask } from '../../studies/trial-folder.js';
import type { Command } from '../command.js';
import { onInterrupt } from '../interrupt.js';
import { DEVICE, THREADS, threadsOf } from '../options.js';
import { jsonText, printJson, STDERR, say, writeSoon } from '../output.js';

interface TrialArguments {
  folder: string;
  device: 'auto' | 'cpu' | 'cuda';
  threads: string;
  attempt: number;
  parent: number | undefined;
  index: number | undefined;
}

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
  handler: async ({ folder: given, device, threads, attempt, parent, index }) => {
    const folder = index === undefined ? given : await indexedTrial(given, index);
    const interrupt = onInterrupt(say);
    const orphaned = new AbortController();
    const watch =
      parent === undefined
        ? undefined
        : setInterval(() => {
            if (process.ppid !== parent) orphaned.abort();
          }, 1000).unref();
    try {
      const record = await runTask(folder, {
        device,
        threads: threadsOf(threads),
        attempt,
        signal: AbortSignal.any([interrupt.signal, orphaned.signal]),
        onEpoch: ({ epoch }, epochs) => writeSoon(`${jsonText({ epoch, epochs })}\n`),
        sink: STDERR,
      });
      if (!record)
        throw new AuditweaveError(`trial: interrupted; ${folder} keeps what was done.`, {
          hint: 'The same command goes on.',
          exitCode: EXIT.interrupted,
        });
      await printJson({ key: record.key, status: record.status });
    } finally {
      clearInterval(watch);
      interrupt.release();
    }
  },
};
