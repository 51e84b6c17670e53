import { spawn } from 'node:child_process';

export interface Finished {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** True when there is no such program on the PATH. */
  missing: boolean;
}

export interface ProgramOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

/** Runs another program to its end. Never throws: what went wrong is in the result. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  options?: ProgramOptions,
) => Promise<Finished>;

/**
 * Runs another program, without a shell, and keeps the last 64 KiB of what it prints. It is ended when this process ends.
 *
 * @example const { code, stdout } = await runProgram('python3', ['--version']);
 */
export const runProgram: RunProgram = (program, args, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => child.kill();
    process.once('exit', end);
    const printed = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] = (printed[stream] + text).slice(-65_536);
      });
    const finish = (result: Pick<Finished, 'code' | 'signal' | 'missing'>) => {
      process.off('exit', end);
      resolve({ ...printed, ...result });
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      printed.stderr += error.message;
      finish({ code: null, signal: null, missing: error.code === 'ENOENT' || error.code === 'EACCES' });
    });
    child.once('close', (code, signal) => finish({ code, signal, missing: false }));
  });
