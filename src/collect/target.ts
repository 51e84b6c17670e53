import { existsSync } from 'node:fs';
import { AuditweaveError } from '../errors.js';

/** Where a capture is made. */
export interface Target {
  kubeconfig: string;
  auditLog: string;
  kubectl: string;
  /** Workers. */
  nodes: readonly string[];
}

export interface TargetOptions {
  cluster?: string | undefined;
  kubeconfig?: string | undefined;
  auditLog?: string | undefined;
  kubectl?: string | undefined;
  nodes?: readonly string[] | undefined;
}

const WORKERS = ['worker-1', 'worker-2'];

/**
 * Finds the cluster to collect from: any with a kubeconfig and an audit log.
 *
 * @throws {AuditweaveError} A file is missing.
 */
export async function findTarget(options: TargetOptions): Promise<Target> {
  const { kubeconfig, auditLog } = options;
  if (!kubeconfig || !auditLog)
    throw new AuditweaveError('collect: expected --kubeconfig and --audit-log, got none.', {
      hint: 'Start a cluster first: npm run cluster -- up.',
    });
  for (const file of [kubeconfig, auditLog])
    if (!existsSync(file)) throw new AuditweaveError(`collect: expected a file at ${file}, got nothing.`);
  return { kubeconfig, auditLog, kubectl: options.kubectl ?? 'kubectl', nodes: options.nodes ?? WORKERS };
}
