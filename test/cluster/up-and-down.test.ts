import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { isRunning } from '../../src/cluster/process.js';
import { type Kubectl, kubectlOf } from '../../src/cluster/ready.js';
import { type ClusterState, readCluster } from '../../src/cluster/state.js';
import { downCluster, upCluster } from '../../src/cluster/up-and-down.js';

/** It takes minutes where the binaries are not built yet, so it is run on demand: AUDITWEAVE_CLUSTER_TESTS=1. */
describe.runIf(process.env.AUDITWEAVE_CLUSTER_TESTS === '1')('a cluster', () => {
  const { XDG_STATE_HOME } = process.env;
  const home = mkdtempSync(join(tmpdir(), 'c-'));
  const name = `test-${process.pid}`;
  const kubernetes = process.env.AUDITWEAVE_CLUSTER_VERSION;
  const up = (): Promise<ClusterState> =>
    upCluster({ name, kubernetes, users: 2, say: console.error, signal: new AbortController().signal });
  const kubectlAs = (kubeconfig: string): Kubectl =>
    kubectlOf({ kubectl: state.kubectl, kubeconfig, cache: join(home, 'cache') });
  const events = (): AuditEvent[] =>
    readFileSync(state.auditLog, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AuditEvent);
  let state: ClusterState;
  let admin: Kubectl;

  beforeAll(async () => {
    process.env.XDG_STATE_HOME = home;
    state = await up();
    admin = kubectlAs(state.kubeconfig);
  }, 1_800_000);

  afterAll(async () => {
    await downCluster(name);
    if (XDG_STATE_HOME === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = XDG_STATE_HOME;
    rmSync(home, { recursive: true, force: true });
  });

  it('refuses to start twice', async () => {
    await expect(up()).rejects.toThrow(`collect: expected cluster “${name}” to be down, got one that is up.`);
  });

  it('brings a Deployment to life, and every step of it to the audit log', async () => {
    await admin(['create', 'deployment', 'web', '--image=nginx:1.27', '--replicas=3']);
    const { exit, errors } = await admin(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    expect(errors).toBe('');
    expect(exit).toBe(0);
    await sleep(1000);
    const said = events().map(
      ({ user, verb, objectRef }) => `${user.username} ${verb} ${objectRef?.resource}`,
    );
    expect(said).toEqual(
      expect.arrayContaining([
        'kubernetes-admin create deployments',
        'system:serviceaccount:kube-system:deployment-controller create replicasets',
        'system:serviceaccount:kube-system:replicaset-controller create pods',
        'system:kube-scheduler create pods',
        'system:node:worker-1 patch pods',
        'system:node:worker-2 patch pods',
      ]),
    );
  });

  it('shows nodes and people by their cluster addresses', () => {
    const from = (username: string) =>
      new Set(events().flatMap(({ user, sourceIPs }) => (user.username === username ? sourceIPs : [])));
    expect(from('kubernetes-admin')).toEqual(new Set(['172.18.0.1']));
    expect(from('system:kube-scheduler')).toEqual(new Set(['172.18.0.2']));
    expect(from('system:node:worker-1')).toEqual(new Set(['172.18.0.3']));
    expect(from('system:apiserver')).toEqual(new Set(['::1']));
  });

  it('runs, logs and forwards what a pod is asked for', async () => {
    const pod = 'deployment/web';
    expect((await admin(['logs', pod])).output).toBe('started nginx\n');
    expect((await admin(['exec', pod, '--', 'sh', '-c', 'echo hello; exit 3'])).output).toBe('hello\n');
    expect((await admin(['exec', pod, '--', 'sh', '-c', 'exit 3'])).exit).toBe(3);
    await admin(['expose', pod, '--port=80']);
    await sleep(2000);
    const page = await admin(['get', '--raw', '/api/v1/namespaces/default/services/web/proxy/']);
    expect(page.output).toBe('ok\n');
  });

  it('lets a container crash and an image be missing', async () => {
    await admin(['run', 'crash', '--image=busybox:1.37', '--', 'sh', '-c', 'sleep 1; exit 2']);
    await admin(['run', 'absent', '--image=does-not-exist:1']);
    await sleep(8000);
    const { output } = await admin(['get', 'pods', '--no-headers']);
    expect(output).toMatch(/^crash .*(CrashLoopBackOff|Error)/m);
    expect(output).toMatch(/^absent .*(ErrImagePull|ImagePullBackOff)/m);
  });

  it('gives each person their own rights', async () => {
    const [operator, tenant] = state.users.map(({ kubeconfig }) => kubectlAs(kubeconfig));
    expect((await operator!(['get', 'secrets', '-A'])).exit).toBe(0);
    expect((await tenant!(['get', 'secrets', '-A'])).exit).toBe(1);
    expect((await tenant!(['create', 'configmap', 'own', '-n', 'user-2'])).exit).toBe(0);
  });

  it('is gone after down, and comes back empty', async () => {
    expect(await downCluster(name)).toBe(true);
    expect(state.processes.filter(isRunning)).toEqual([]);
    expect(readCluster(name)).toBeNull();
    expect(events().length).toBeGreaterThan(1000);
    state = await up();
    expect((await admin(['get', 'deployments', '--no-headers'])).output).toBe('');
  });
});
