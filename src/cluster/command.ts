import { spawn } from 'node:child_process';

export interface CommandOptions {
  program: string;
  argv: readonly string[];
  input?: string | null;
  env?: Readonly<Record<string, string>>;
  /** Seconds until it is interrupted; five more, and it is killed. */
  seconds: number;
}

export interface CommandResult {
  /** Exit code, or null when a signal ended it. */
  exit: number | null;
  output: string;
  errors: string;
}

const GRACE_MS = 5000;
const KEPT = 64 * 1024;

/** Runs one command to its end. It never throws for what the command does. */
export function runCommand(options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.program, [...options.argv], {
      env: { PATH: process.env.PATH ?? '', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A session of its own: a command that asks the terminal would stop the whole group.
      detached: true,
    });
    const signal = (name: 'SIGINT' | 'SIGKILL'): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        // It has ended already.
      }
    };
    const texts = { output: '', errors: '' };
    child.stdout.on('data', (part) => {
      if (texts.output.length < KEPT) texts.output += part;
    });
    child.stderr.on('data', (part) => {
      if (texts.errors.length < KEPT) texts.errors += part;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    const interrupt = setTimeout(() => signal('SIGINT'), options.seconds * 1000);
    const kill = setTimeout(() => signal('SIGKILL'), options.seconds * 1000 + GRACE_MS);
    child.on('error', (error) => {
      clearTimeout(interrupt);
      clearTimeout(kill);
      reject(error);
    });
    child.on('close', (exit) => {
      clearTimeout(interrupt);
      clearTimeout(kill);
      resolve({ exit, ...texts });
    });
  });
}
