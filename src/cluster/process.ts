import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedProcess } from './state.js';

export interface StartOptions {
  name: string;
  program: string;
  argv: readonly string[];
  cwd: string;
  /** File for its output. */
  log: string;
  /** What it is to take for its machine's name, where the kernel lets a user say so. */
  hostname: string;
  /** Beside PATH and HOME. */
  env?: Readonly<Record<string, string>>;
}

/** Starts a program that stays when this one ends. Proxies of the environment are not for it. */
export async function startProcess(options: StartOptions): Promise<StartedProcess> {
  const { name, cwd, log } = options;
  const output = openSync(log, 'a', 0o600);
  const [program, ...argv] = [...hostnamePrefix(options.hostname), options.program, ...options.argv];
  const child = spawn(program!, argv, {
    cwd,
    detached: true,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...options.env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
  const pid = child.pid!;
  return { name, pid, start: startOf(pid) ?? 'ended' };
}

const RENAME = ['unshare', '--user', '--map-current-user', '--keep-caps', '--uts', 'sh', '-c'];

/**
 * Words before a command that give it a machine name of its own; each of them replaces itself by the next, so the process stays the same.
 * Leases and events carry the name into audit logs. Empty where users may not make namespaces: then it is this machine's.
 */
function hostnamePrefix(hostname: string): string[] {
  mayRename ??=
    spawnSync(RENAME[0]!, [...RENAME.slice(1), 'hostname probe'], { stdio: 'ignore' }).status === 0;
  return mayRename ? [...RENAME, 'hostname "$0" && exec "$@"', hostname] : [];
}

let mayRename: boolean | undefined;

/** Whether it is still the process that was started, and not a zombie. */
export function isRunning({ pid, start }: StartedProcess): boolean {
  return startOf(pid) === start;
}

/** This very process. */
export function thisProcess(): StartedProcess {
  return { name: 'auditweave', pid: process.pid, start: startOf(process.pid) ?? 'unknown' };
}

const GRACE_MS = 5000;

/**
 * Ends processes in groups, one group after another: asks each, waits, and kills what stays. Others' processes are never touched.
 */
export async function endProcesses(groups: readonly (readonly StartedProcess[])[]): Promise<void> {
  for (const group of groups) {
    signalAll(group, 'SIGTERM');
    for (let waited = 0; waited < GRACE_MS && group.some(isRunning); waited += 50) await sleep(50);
    signalAll(group, 'SIGKILL');
    for (let waited = 0; waited < GRACE_MS && group.some(isRunning); waited += 50) await sleep(50);
  }
}

function signalAll(group: readonly StartedProcess[], signal: NodeJS.Signals): void {
  for (const started of group.filter(isRunning))
    try {
      process.kill(started.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
}

/** Boot and ticks at which a process began [proc_pid_stat(5), field 22]; null when there is none or it is a zombie. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    return `${boot}:${fields[19]}`;
  } catch {
    return null;
  }
}
