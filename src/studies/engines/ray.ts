import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditweaveError } from '../../errors.js';
import type { Trial } from '../expand.js';
import type { Ending, StudyEngine, StudyWork } from './engine.js';
import { lastWords } from './local.js';

export interface RayEngineOptions {
  /** Of Ray's dashboard, as in `http://127.0.0.1:8265`. */
  address: string;
  /** Trials submitted at once; Ray queues those that it has no room for. */
  workers: number;
  device: 'auto' | 'cpu' | 'cuda';
  threads: number | 'auto';
  /** CPUs and GPUs that Ray sets aside for a trial; parts of a GPU let trials share one. */
  cpusPerTrial: number;
  gpusPerTrial: number;
  /** The command that runs a trial, where every machine finds it, and the folder it is run in. */
  program: readonly string[];
  root: string;
  /** Milliseconds between two looks at a job. Default 1000. */
  poll?: number;
  /** Milliseconds for which Ray may be silent before its jobs count as lost. Default 60,000. */
  patience?: number;
}

/** What Ray says of a job (`JobDetails` of its REST API). */
interface Job {
  status: 'PENDING' | 'RUNNING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED';
  message: string | null;
  driver_exit_code: number | null;
}

/**
 * Runs trials on a Ray cluster through its job API [RAY-JOBS]: a job a trial, on whichever machine has room. All machines share the
 * study's folder and have this program in the same place.
 *
 * A job whose machine is lost is submitted again, and goes on from the checkpoint in the shared folder.
 */
export class RayEngine implements StudyEngine {
  readonly name = 'ray';
  readonly workers: number;
  readonly #options: RayEngineOptions;
  readonly #api: URL;

  constructor(options: RayEngineOptions) {
    this.#options = options;
    this.workers = options.workers;
    if (!/^https?:\/\//.test(options.address))
      throw new AuditweaveError(`studies: expected --address of Ray's dashboard, got “${options.address}”.`, {
        hint: 'As in --address http://127.0.0.1:8265; `ray start --head` prints it.',
      });
    this.#api = new URL('/api/', options.address);
  }

  async run(work: StudyWork): Promise<void> {
    await this.#greet();
    await Promise.all(Array.from({ length: this.workers }, () => this.#work(work)));
  }

  async #work(work: StudyWork): Promise<void> {
    for (let trial = await work.next(); trial !== null; trial = await work.next()) {
      work.started(trial, 'Ray');
      await work.ended(trial, await this.#runTrial(work, trial));
    }
  }

  async #greet(): Promise<void> {
    try {
      await this.#call('GET', 'version');
    } catch (cause) {
      throw new AuditweaveError(
        `studies: expected Ray's dashboard at ${this.#options.address}, got: ${(cause as Error).message}`,
        {
          hint: 'Start it with `ray start --head`, and install ray[default]: the job API is part of that.',
          cause,
        },
      );
    }
  }

  async #runTrial(work: StudyWork, { key, settings }: Trial): Promise<Ending> {
    const id = `${work.study}-${key}-${randomUUID().slice(0, 8)}`;
    try {
      await this.#call('POST', 'jobs/', this.#submission(work, key, id));
    } catch (error) {
      return { exit: null, lost: true, message: `Ray took no job: ${(error as Error).message}` };
    }
    const stop = (): void => {
      this.#call('POST', `jobs/${id}/stop`).catch(() => {});
    };
    work.signal.addEventListener('abort', stop, { once: true });
    if (work.signal.aborted) stop();
    try {
      return await this.#await(id, async () =>
        work.progress(key, {
          ...(await epochsDone(work.trialFolder(key))),
          epochs: settings.training.epochs,
        }),
      );
    } finally {
      work.signal.removeEventListener('abort', stop);
    }
  }

  #submission(work: StudyWork, key: string, id: string): object {
    const { program, root, device, threads, cpusPerTrial, gpusPerTrial } = this.#options;
    const argv = [
      ...program,
      ...['trial', work.trialFolder(key), '--device', device, '--threads', String(threads)],
      ...['--attempt', String(work.attempt(key))],
    ];
    return {
      submission_id: id,
      entrypoint: `cd ${quote(root)} && exec ${argv.map(quote).join(' ')}`,
      entrypoint_num_cpus: cpusPerTrial,
      ...(gpusPerTrial > 0 ? { entrypoint_num_gpus: gpusPerTrial } : {}),
      metadata: { study: work.study, key },
    };
  }

  /** Waits for the end of a job. */
  async #await(id: string, look: () => Promise<void>): Promise<Ending> {
    const { poll = 1000, patience = 60_000 } = this.#options;
    let heard = performance.now();
    for (;;) {
      await sleep(poll);
      let job: Job;
      try {
        job = (await this.#call('GET', `jobs/${id}`)) as Job;
        heard = performance.now();
      } catch (error) {
        if (performance.now() - heard > patience)
          return { exit: null, lost: true, message: `Ray is silent: ${(error as Error).message}` };
        continue;
      }
      await look();
      if (job.status === 'SUCCEEDED') return { exit: 0, message: '' };
      if (job.status === 'STOPPED') return { exit: null, message: 'the job was stopped' };
      if (job.status !== 'FAILED') continue;
      const exit = job.driver_exit_code;
      return { exit, lost: exit === null, message: await this.#words(id, job) };
    }
  }

  /** Why a job failed: its own last words, else Ray's. */
  async #words(id: string, job: Job): Promise<string> {
    try {
      const { logs } = (await this.#call('GET', `jobs/${id}/logs`)) as { logs: string };
      if (job.driver_exit_code !== null && lastWords(logs)) return lastWords(logs);
    } catch {
      // The machine that had the log may be gone: then Ray's message has to do.
    }
    return (job.message ?? 'no message').split('\n')[0]!;
  }

  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const response = await fetch(new URL(path, this.#api), {
      method,
      signal: AbortSignal.timeout(30_000),
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`HTTP ${response.status}: ${text.trim().split('\n').at(-1)?.slice(0, 200)}`);
    return text ? JSON.parse(text) : null;
  }
}

/** Epochs in a trial's history, and the loss of the last. */
async function epochsDone(folder: string): Promise<{ epoch: number; loss?: number }> {
  try {
    const rows = (await readFile(join(folder, 'history.jsonl'), 'utf8')).split('\n').slice(0, -1);
    const { loss } = JSON.parse(rows.at(-1) ?? '{}') as { loss?: number };
    return { epoch: rows.length, ...(loss === undefined ? {} : { loss }) };
  } catch {
    return { epoch: 0 };
  }
}

/** A word for a POSIX shell. */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
