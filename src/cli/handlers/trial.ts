import { AuditweaveError, EXIT } from '../../errors.js';
import { indexedTrial } from '../../studies/engines/kubernetes.js';
import { runTask } from '../../studies/trial-folder.js';
import { onInterrupt } from '../interrupt.js';
import { threadsOf } from '../options.js';
import { jsonText, printJson, STDERR, say, writeSoon } from '../output.js';

export interface TrialArguments {
  folder: string;
  device: 'auto' | 'cpu' | 'cuda';
  threads: string;
  attempt: number;
  parent: number | undefined;
  index: number | undefined;
}

/** Does what `trial` is asked. */
export async function run({
  folder: given,
  device,
  threads,
  attempt,
  parent,
  index,
}: TrialArguments): Promise<void> {
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
      onEpoch: ({ epoch, loss }, epochs) => writeSoon(`${jsonText({ epoch, epochs, loss })}\n`),
      sink: STDERR,
    });
    if (!record)
      throw new AuditweaveError(`trial: interrupted; ${folder} keeps the epochs that were finished.`, {
        hint: 'The same command goes on.',
        exitCode: EXIT.interrupted,
      });
    await printJson({ key: record.key, status: record.status });
  } finally {
    clearInterval(watch);
    interrupt.release();
  }
}
