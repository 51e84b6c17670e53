import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Trial } from '../expand.js';
import type { Ending, StudyEngine, StudyWork, TrialProgress } from './engine.js';

export interface LocalEngineOptions {
  /** Trials at once. */
  workers: number;
  device: 'auto' | 'cpu' | 'cuda';
  /** Threads a trial. */
  threads: number | 'auto';
  /** Numbers of the GPUs to use, taken in turn by the workers; none: as the environment has it. */
  gpus: readonly string[];
  /** The command that runs a trial. Default: this program. */
  program?: readonly string[];
}

const PROGRAM = [process.execPath, fileURLToPath(new URL('../../../bin/auditweave.mjs', import.meta.url))];
/** Characters of a trial's last words that are kept. */
const WORDS = 2000;
/** Milliseconds that a trial has to finish its step before it is killed. */
const PATIENCE = 60_000;

/** Runs trials on this machine, a process each. A worker's process ends by itself when the study's is gone. */
export class LocalEngine implements StudyEngine {
  readonly name = 'local';
  readonly workers: number;
  readonly #options: LocalEngineOptions;

  constructor(options: LocalEngineOptions) {
    this.workers = options.workers;
    this.#options = options;
  }

  async run(work: StudyWork): Promise<void> {
    await Promise.all(Array.from({ length: this.workers }, (_, slot) => this.#work(work, slot)));
  }

  async #work(work: StudyWork, slot: number): Promise<void> {
    for (;;) {
      const trial = await work.next();
      if (trial === null) return;
      const gpu = this.#options.gpus[slot % Math.max(1, this.#options.gpus.length)];
      work.started(trial, gpu === undefined ? `worker ${slot + 1}` : `GPU ${gpu}`);
      await work.ended(trial, await this.#runTrial(work, trial, gpu));
    }
  }

  async #runTrial(work: StudyWork, { key }: Trial, gpu: string | undefined): Promise<Ending> {
    const { device, threads, program = PROGRAM } = this.#options;
    const [command, ...first] = program;
    const child = spawn(
      command!,
      [
        ...first,
        ...['trial', work.trialFolder(key), '--device', device, '--threads', String(threads)],
        ...['--attempt', String(work.attempt(key)), '--parent', String(process.pid)],
      ],
      {
        // In a group of its own: Ctrl-C reaches the study alone, which then tells its trials.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          ...(gpu === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpu, TF_FORCE_GPU_ALLOW_GROWTH: 'true' }),
        },
      },
    );
    const release = stopWith(child, work.signal);
    try {
      return await listen(child, (done) => work.progress(key, done));
    } finally {
      release();
    }
  }
}

/** Tells a process to stop when the signal comes, and kills it when it does not. */
function stopWith(child: ChildProcess, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE).unref();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return () => {
    signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  };
}

/** Waits for the end of a process that tells of its epochs, a JSON line each. */
async function listen(child: ChildProcess, onProgress: (done: TrialProgress) => void): Promise<Ending> {
  let words = '';
  child.stderr?.on('data', (part) => {
    words = (words + String(part)).slice(-WORDS);
  });
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const done = progressOf(line);
      if (done) onProgress(done);
    });
  return await new Promise<Ending>((resolve) => {
    child.on('error', (error) => resolve({ exit: null, message: error.message }));
    child.on('close', (exit, signal) =>
      resolve({ exit, message: lastWords(words) || (signal ? `ended by ${signal}` : `exit code ${exit}`) }),
    );
  });
}

/** What a line of `auditweave trial` tells of its progress, or null. */
export function progressOf(line: string): TrialProgress | null {
  try {
    const { epoch, epochs, loss } = JSON.parse(line) as Partial<TrialProgress>;
    return epoch && epochs ? { epoch, epochs, ...(loss === undefined ? {} : { loss }) } : null;
  } catch {
    return null;
  }
}

/** What a process said last that is no progress: an error has its own line. */
export function lastWords(text: string): string {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);
  const at = lines.findLastIndex((line) => /^(\w+): .*expected|error/i.test(line));
  return lines.slice(at === -1 ? -1 : at).join(' ');
}
