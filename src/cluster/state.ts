import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AuditweaveError } from '../errors.js';

/** A process that was started, and when: its number alone may be another's by now. */
export interface StartedProcess {
  name: string;
  pid: number;
  /** Boot and clock ticks since then. */
  start: string;
}

/** A person with a client certificate. */
export interface ClusterUser {
  name: string;
  /** `operators` may do everything, `tenants` everything in the namespace of their name. */
  group: 'operators' | 'tenants';
  kubeconfig: string;
}

/** A cluster that was started: `state.json` in its folder. */
export interface ClusterState {
  name: string;
  /** As in `v1.34.4`. */
  kubernetes: string;
  etcd: string;
  folder: string;
  /** First three bytes of its loopback network, as in `127.18.0`. */
  machineNet: string;
  /** The API server's URL for people. */
  server: string;
  /** An administrator's. */
  kubeconfig: string;
  users: ClusterUser[];
  nodes: string[];
  auditLog: string;
  auditWebhook: string | null;
  /** File of the API server's audit policy. */
  auditPolicy: string;
  /** Folder where each process says what its requests were sent for; null when they were not asked to. */
  causes: string | null;
  kubectl: string;
  /** RFC 3339. */
  startedAt: string;
  /** False until it has settled. */
  ready: boolean;
  processes: StartedProcess[];
}

/** The folder of all clusters: below `$XDG_STATE_HOME`, else `~/.local/state`. */
export function clustersFolder(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'auditweave', 'clusters');
}

/** @throws {AuditweaveError} The name would not do as a folder's. */
export function clusterFolder(name: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name))
    throw new AuditweaveError(
      `collect: expected --name to be lower-case letters, digits and dashes, at most 32, got “${name}”.`,
    );
  return join(clustersFolder(), name);
}

/** The folder of a node's kubelet. Its name is short for the sake of the sockets in it. */
export function kubeletFolder(folder: string, node: number): string {
  return join(folder, `n${node}`);
}

/** Where the control-plane node's kubelet looks for static pods. */
export function staticPodsFolder(folder: string): string {
  return join(kubeletFolder(folder, 0), 'manifests');
}

/** Most bytes of a Unix socket's path on Linux: `sun_path` has 108, the last of them 0. */
const SOCKET_PATH = 107;
const LONGEST_SOCKET = join(kubeletFolder('', 0), 'lib/pod-resources/4294967295');

/**
 * Kubelets listen on sockets in the cluster's folder, and say no more than “invalid argument” where its path is too long.
 *
 * @throws {AuditweaveError} It is too long.
 */
export function checkSocketPaths(folder: string): void {
  const most = SOCKET_PATH - 1 - LONGEST_SOCKET.length;
  const length = Buffer.byteLength(folder);
  if (length <= most) return;
  throw new AuditweaveError(
    `collect: expected a folder with a path of at most ${most} bytes for the cluster, got ${length}: ${folder}.`,
    { hint: 'Set XDG_STATE_HOME to a shorter path, such as /tmp/state, or take a shorter --name.' },
  );
}

/**
 * Reads what is known of a cluster, up or not.
 *
 * @returns null when there is none of that name.
 * @example readCluster('default')?.auditLog
 */
export function readCluster(name: string): ClusterState | null {
  const file = join(clusterFolder(name), 'state.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ClusterState) : null;
}

export function writeCluster(state: ClusterState): void {
  writeFileSync(join(state.folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

/** Every cluster that was not taken down. */
export function readClusters(): ClusterState[] {
  const folder = clustersFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => readCluster(name) ?? []);
}
