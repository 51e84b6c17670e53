import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { readCluster } from '../../cluster/state.js';
import { AuditweaveError } from '../../errors.js';

/** Where a capture is made. */
export interface Target {
  kubeconfig: string;
  auditLog: string;
  kubectl: string;
  /** Workers. */
  nodes: readonly string[];
  /** Folder where the cluster's processes say what their requests were sent for, if they do. */
  causes?: string;
  /** What its audit policy keeps, where that is not everything. */
  policy?: string;
}

export interface TargetOptions {
  /** Name of a cluster of `npm run cluster`. Default `default`. */
  cluster?: string | undefined;
  /** Any other cluster, together with `auditLog`. */
  kubeconfig?: string | undefined;
  auditLog?: string | undefined;
  kubectl?: string | undefined;
  nodes?: readonly string[] | undefined;
}

const WORKERS = ['worker-1', 'worker-2'];

/**
 * Finds the cluster to collect from: one of our own by name, or any with a kubeconfig and an audit log.
 *
 * @throws {AuditweaveError} It is not up, or a file is missing.
 */
export function findTarget(options: TargetOptions): Target {
  const own = options.kubeconfig ? null : ownCluster(options.cluster ?? 'default');
  const kubeconfig = options.kubeconfig ?? own?.kubeconfig;
  const auditLog = options.auditLog ?? own?.auditLog;
  if (!kubeconfig || !auditLog)
    throw new AuditweaveError('collect: expected --audit-log beside --kubeconfig, got none.', {
      hint: 'Name the file that the API server’s --audit-log-path names.',
    });
  for (const file of [kubeconfig, auditLog])
    if (!existsSync(file)) throw new AuditweaveError(`collect: expected a file at ${file}, got nothing.`);
  return {
    kubeconfig,
    auditLog,
    kubectl: options.kubectl ?? own?.kubectl ?? 'kubectl',
    nodes: options.nodes ?? own?.nodes.filter((node) => !node.startsWith('control-plane')) ?? WORKERS,
    ...(own?.causes ? { causes: own.causes } : {}),
    ...(own && basename(own.auditPolicy) !== 'audit-policy.yaml'
      ? { policy: `as ${basename(own.auditPolicy)}` }
      : {}),
  };
}

function ownCluster(name: string) {
  const state = readCluster(name);
  if (!state?.ready)
    throw new AuditweaveError(`collect: expected a cluster “${name}” that is up, got none.`, {
      hint: `npm run cluster -- up${name === 'default' ? '' : ` --name ${name}`}, or use --kubeconfig and --audit-log.`,
    });
  return state;
}
