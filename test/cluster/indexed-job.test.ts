import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { downCluster, upCluster } from '../../src/cluster/up-and-down.js';
import { jobManifest } from '../../src/studies/engines/kubernetes.js';

/** On demand: AUDITWEAVE_CLUSTER_TESTS=1. */
describe.runIf(process.env.AUDITWEAVE_CLUSTER_TESTS === '1')('the Job of a study', () => {
  const { XDG_STATE_HOME } = process.env;
  const home = mkdtempSync(join(tmpdir(), 'c-'));
  const name = `job-${process.pid}`;

  afterAll(async () => {
    await downCluster(name);
    if (XDG_STATE_HOME === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = XDG_STATE_HOME;
    rmSync(home, { recursive: true, force: true });
  });

  it('is accepted by a real API server, without a warning of Pod Security, with and without GPUs', async () => {
    process.env.XDG_STATE_HOME = home;
    const { kubectl, kubeconfig } = await upCluster({
      name,
      kubernetes: process.env.AUDITWEAVE_CLUSTER_VERSION,
      users: 0,
      say: console.error,
      signal: new AbortController().signal,
    });
    const run = (args: string[], input = '') => {
      const { stdout, stderr } = spawnSync(kubectl, ['--kubeconfig', kubeconfig, ...args], {
        input,
        encoding: 'utf8',
      });
      return { stdout, stderr };
    };
    run(['create', 'namespace', 'research']);
    const warn = 'pod-security.kubernetes.io/warn=restricted';
    expect(run(['label', 'namespace', 'research', warn]).stdout).toBe('namespace/research labeled\n');
    for (const gpusPerTrial of [0, 1]) {
      const manifest = jobManifest('window-size', 105, {
        image: 'registry.example/auditweave:1',
        namespace: 'research',
        claim: 'results',
        workers: 8,
        threads: 1,
        cpusPerTrial: 2,
        memoryPerTrial: '3Gi',
        gpusPerTrial,
      });
      expect(
        run(['create', '--dry-run=server', '--validate=strict', '-f', '-'], stringify(manifest)),
      ).toEqual({
        stdout: 'job.batch/study-window-size created (server dry run)\n',
        stderr: '', // where a pod that is not `restricted` is warned of
      });
    }
  }, 1_800_000);
});
