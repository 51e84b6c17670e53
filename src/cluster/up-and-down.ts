import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AuditweaveError } from '../errors.js';
import { ensureBinaries, type Say } from './build.js';
import { runCommand } from './command.js';
import { type Component, components, NODES } from './components.js';
import { withClusterLock } from './lock.js';
import { manifest, writeManifests } from './manifests.js';
import { API_PORT, releaseNetwork, reserveNetwork } from './network.js';
import { endProcesses, isRunning, startProcess } from './process.js';
import { allReady, apply, type Kubectl, kubectlOf, settled, waitUntil } from './ready.js';
import {
  type ClusterState,
  type ClusterUser,
  checkSocketPaths,
  clusterFolder,
  readCluster,
  staticPodsFolder,
  writeCluster,
} from './state.js';
import { type ClusterVersion, clusterVersion, MODULE_FOLDER } from './versions.js';

export interface UpOptions {
  name: string;
  /** Minor version. Default: that of `versions.json`. */
  kubernetes?: string | undefined;
  /** People with a certificate of their own: operators and tenants by turns. */
  users: number;
  /** Where the API server sends its audit events too. */
  auditWebhook?: string | undefined;
  /** File of another audit policy than RequestResponse for every request. */
  auditPolicy?: string | undefined;
  /** Whether each process says what its requests were sent for, in a file of its own. The audit log is the same. */
  causes?: boolean | undefined;
  say: Say;
  /** Ends what was started so far. */
  signal: AbortSignal;
}

/**
 * Starts a cluster with fresh state: etcd, the control plane and three nodes, as a normal user, on loopback addresses of its own. It is
 * built first where this machine has not built it yet. When it is back, the nodes are Ready and start-up's own requests are over.
 *
 * @throws {AuditweaveError} It is up already, cannot be built, or does not come up; what was started has been ended.
 * @example await upCluster({ name: 'default', users: 4, say: console.error, signal: new AbortController().signal });
 */
export async function upCluster(options: UpOptions): Promise<ClusterState> {
  const { name, say, signal } = options;
  checkSocketPaths(clusterFolder(name));
  if (!Number.isInteger(options.users) || options.users < 0 || options.users > 100)
    throw new AuditweaveError(
      `collect: expected --users to be an integer from 0 to 100, got ${options.users}.`,
    );
  const auditWebhook = webhookUrl(options.auditWebhook);
  const auditPolicy = resolve(options.auditPolicy ?? join(MODULE_FOLDER, 'manifests', 'audit-policy.yaml'));
  if (!existsSync(auditPolicy))
    throw new AuditweaveError(`collect: expected an audit policy at ${auditPolicy}, got nothing.`);
  const version = clusterVersion(options.kubernetes);
  return withClusterLock(name, async () => {
    const old = readCluster(name);
    if (old?.processes.some(isRunning) && old.ready)
      throw new AuditweaveError(`collect: expected cluster “${name}” to be down, got one that is up.`, {
        hint: `npm run cluster -- down --name ${name}, or use another --name.`,
      });
    if (old) await end(old);
    const binaries = await ensureBinaries(version, say, signal);
    const { users, causes = false } = options;
    const state = await prepare({ name, version, users, auditWebhook, auditPolicy, causes, binaries });
    try {
      await start({ state, version, binaries, say, signal });
      return state;
    } catch (error) {
      await end(state);
      throw error;
    }
  });
}

/**
 * Ends a cluster: exactly the processes that were started for it. Its audit log and its components' logs stay until it is started again.
 *
 * @returns false when there was none.
 */
export async function downCluster(name: string): Promise<boolean> {
  clusterFolder(name);
  return withClusterLock(name, async () => {
    const state = readCluster(name);
    if (state) await end(state);
    return state !== null;
  });
}

/** Names of the cluster's processes that have ended by themselves. */
export function endedProcesses({ processes }: ClusterState): string[] {
  return processes.filter((started) => !isRunning(started)).map(({ name }) => name);
}

interface PrepareOptions {
  name: string;
  version: ClusterVersion;
  users: number;
  auditWebhook: string | null;
  auditPolicy: string;
  causes: boolean;
  binaries: string;
}

/** Makes the cluster's folder: certificates, kubeconfigs, configuration. */
async function prepare(options: PrepareOptions): Promise<ClusterState> {
  const { name, version, binaries, auditWebhook, auditPolicy } = options;
  const folder = clusterFolder(name);
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['audit', 'logs', 'cache', 'causes'])
    mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  const machineNet = await reserveNetwork(name);
  const users = Array.from({ length: options.users }, (_, i): ClusterUser => {
    const user = `user-${i + 1}`;
    const kubeconfig = join(folder, 'users', `${user}.kubeconfig`);
    return { name: user, group: i % 2 === 0 ? 'operators' : 'tenants', kubeconfig };
  });
  const state: ClusterState = {
    name,
    kubernetes: version.kubernetes,
    etcd: version.etcd,
    folder,
    machineNet,
    server: `https://${machineNet}.1:${API_PORT}`,
    kubeconfig: join(folder, 'users', 'admin.kubeconfig'),
    users,
    nodes: NODES.map((node) => node.name),
    auditLog: join(folder, 'audit', 'audit.log'),
    auditWebhook,
    auditPolicy,
    causes: options.causes ? join(folder, 'causes') : null,
    kubectl: join(binaries, 'kubectl'),
    startedAt: new Date().toISOString(),
    ready: false,
    processes: [],
  };
  writeCluster(state);
  const { exit, errors } = await runCommand({
    program: join(binaries, 'certificates'),
    argv: [
      `--dir=${folder}`,
      `--server=${state.server}`,
      `--component-server=https://${machineNet}.2:${API_PORT}`,
      `--server-ip=${['127.0.0.1', `${machineNet}.1`, `${machineNet}.2`, '172.18.0.2', '10.96.0.1']}`,
      ...NODES.map((node) => `--node=${node.name}=${node.address}`),
      ...users.map((user) => `--user=${user.name}=${user.group}`),
    ],
    seconds: 30,
  });
  if (exit !== 0)
    throw new AuditweaveError(`collect: expected certificates to be made, got: ${errors.trim()}`);
  const { kubernetes, etcd } = version;
  writeManifests(folder, { kubernetes, etcd, machineNet, auditWebhook: auditWebhook ?? '' });
  return state;
}

interface StartOptions {
  state: ClusterState;
  version: ClusterVersion;
  binaries: string;
  say: Say;
  signal: AbortSignal;
}

async function start({ state, version, binaries, say, signal }: StartOptions): Promise<void> {
  const { folder, kubectl: program, users } = state;
  const plan = components(state);
  const begin = Date.now();
  const seconds = (): string => `${((Date.now() - begin) / 1000).toFixed(1)} s`;
  const logOf = (name: string): string => join(folder, 'logs', `${name}.log`);
  const ended = (): string | null => {
    const [name] = endedProcesses(state);
    return name === undefined ? null : logOf(name);
  };
  const run = async ({ name, hostname, program: component, argv }: Component): Promise<void> => {
    const options = {
      name,
      hostname,
      program: join(binaries, component),
      argv,
      cwd: folder,
      log: logOf(name),
      ...(state.causes === null ? {} : { env: { AUDITWEAVE_CAUSES: join(state.causes, `${name}.jsonl`) } }),
    };
    state.processes.push(await startProcess(options));
    writeCluster(state);
  };
  const wait = (what: string, isTrue: () => boolean | Promise<boolean>) =>
    waitUntil(isTrue, { what, ended, signal });
  const cache = join(folder, 'cache');
  const kubectl: Kubectl = kubectlOf({
    kubectl: program,
    kubeconfig: join(folder, 'users', 'super-admin.kubeconfig'),
    cache,
  });
  say(`starting ${state.name}: Kubernetes ${state.kubernetes} at ${state.server}`);
  await run(plan.etcd);
  await run(plan.apiServer);
  await wait(
    'the API server to be ready',
    async () => (await kubectl(['get', '--raw', '/readyz'])).exit === 0,
  );
  say(`API server ready after ${seconds()}`);
  await apply(kubectl, manifest('admins.yaml', {}));
  for (const component of plan.rest) await run(component);
  await wait('three Ready nodes', () => allReady(kubectl, '/api/v1/nodes', NODES.length));
  say(`${NODES.length} nodes Ready after ${seconds()}`);
  await kubectl(['label', 'node', NODES[0]!.name, 'node-role.kubernetes.io/control-plane=']);
  const { kubernetes, coredns } = version;
  const tenants = users.filter(({ group }) => group === 'tenants');
  await apply(
    kubectl,
    [
      manifest('base.yaml', { kubernetes, coredns }),
      ...tenants.map((user) => manifest('user.yaml', { user: user.name })),
    ].join('\n---\n'),
  );
  // CoreDNS twice, kube-proxy on each node, four static pods.
  const pods = 2 + NODES.length + readdirSync(staticPodsFolder(folder)).length;
  await wait('the pods of kube-system', () => allReady(kubectl, '/api/v1/namespaces/kube-system/pods', pods));
  const silence = settled(state.auditLog);
  await wait('start-up’s own requests to end', silence.test);
  silence.close();
  state.ready = true;
  writeCluster(state);
  say(`settled after ${seconds()}`);
}

/** Ends the nodes, then the API server, then etcd; keeps the logs. */
async function end(state: ClusterState): Promise<void> {
  const { folder, processes, machineNet } = state;
  const groups = [
    (name: string) => !/^(etcd|kube-apiserver)$/.test(name),
    (name: string) => name !== 'etcd',
    () => true,
  ];
  await endProcesses(groups.map((isIn) => processes.filter(({ name }) => isIn(name))));
  if (existsSync(folder))
    for (const entry of readdirSync(folder))
      if (entry !== 'audit' && entry !== 'logs' && entry !== 'causes')
        rmSync(join(folder, entry), { recursive: true, force: true });
  releaseNetwork(machineNet);
}

function webhookUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : ''))
    throw new AuditweaveError(`collect: expected --audit-webhook to be an http or https URL, got “${text}”.`);
  return text;
}
