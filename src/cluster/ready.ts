import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvent } from '../audit/event.js';
import { AuditweaveError, EXIT } from '../errors.js';
import { Tail } from '../files/tail.js';
import { interrupted } from './build.js';
import { type CommandResult, runCommand } from './command.js';
import { Quiet } from './quiet.js';

const POLL_MS = 400;
const LONGEST_MS = 120_000;
/** Nothing but background for so long, and start-up's own cascade is over. */
const SETTLED_MS = 3000;

/** An administrator's kubectl. */
export type Kubectl = (argv: readonly string[], input?: string) => Promise<CommandResult>;

export function kubectlOf(options: { kubectl: string; kubeconfig: string; cache: string }): Kubectl {
  const { kubectl, kubeconfig, cache } = options;
  return (argv, input) =>
    runCommand({
      program: kubectl,
      argv: ['--kubeconfig', kubeconfig, '--cache-dir', cache, ...argv],
      input: input ?? null,
      env: { HOME: cache },
      seconds: 30,
    });
}

/** @throws {AuditweaveError} kubectl says no. */
export async function apply(kubectl: Kubectl, manifest: string): Promise<void> {
  const { exit, errors } = await kubectl(['apply', '-f', '-'], manifest);
  if (exit !== 0)
    throw new AuditweaveError(
      `collect: expected kubectl apply to work, got: ${errors.trim().slice(0, 500)}`,
      {
        exitCode: EXIT.internal,
      },
    );
}

export interface WaitOptions {
  what: string;
  /** Which of the cluster's processes has ended; null while all run. */
  ended: () => string | null;
  signal: AbortSignal;
}

/**
 * Waits until something is true.
 *
 * @throws {AuditweaveError} A process ended, two minutes went by, or the signal came.
 */
export async function waitUntil(
  isTrue: () => boolean | Promise<boolean>,
  options: WaitOptions,
): Promise<void> {
  const { what, ended, signal } = options;
  for (const begin = Date.now(); ; await sleep(POLL_MS)) {
    if (signal.aborted) throw interrupted();
    if (await isTrue()) return;
    const log = ended();
    if (log !== null)
      throw new AuditweaveError(`collect: expected ${what}, got a component that ended.`, {
        hint: `Read ${log}.`,
        exitCode: EXIT.internal,
      });
    if (Date.now() - begin > LONGEST_MS)
      throw new AuditweaveError(`collect: expected ${what} within ${LONGEST_MS / 1000} seconds, got none.`, {
        hint: 'The machine may be busy: try again.',
        exitCode: EXIT.tryAgain,
      });
  }
}

interface Listed {
  items: { status?: { conditions?: { type: string; status: string }[] } }[];
}

/** Whether there are so many nodes or pods, and all of them are Ready. */
export async function allReady(kubectl: Kubectl, resource: string, least: number): Promise<boolean> {
  const { exit, output } = await kubectl(['get', '--raw', resource]);
  if (exit !== 0) return false;
  const { items } = JSON.parse(output) as Listed;
  return (
    items.length >= least &&
    items.every(({ status }) => status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'))
  );
}

/** Gives a test whether nothing but background came to an audit log for a while. */
export function settled(auditLog: string): { test: () => boolean; close: () => void } {
  const quiet = new Quiet();
  const tail = existsSync(auditLog) ? new Tail(auditLog) : null;
  let silent = Date.now();
  const test = (): boolean => {
    const now = Date.now();
    for (const line of tail?.read() ?? []) quiet.hear(JSON.parse(line) as AuditEvent, now);
    if (!quiet.isQuiet(now)) silent = now;
    return now - silent >= SETTLED_MS;
  };
  return { test, close: () => tail?.close() };
}
