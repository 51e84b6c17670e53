/**
 * Makes a capture of people who let machines type, on a cluster of `npm run cluster -- up --causes` with another audit policy: bundles, shell
 * scripts and client libraries, an operator of our own, a repository that is applied by the clock, and requests in another's name. The operator is
 * started here and ended again.
 *
 *     npx tsx scripts/datasets/automated-capture.ts --cluster m1 --id m1 --seed 301 --minutes 6 --out results/automated/captures/m1
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from '../../src/cluster/command.js';
import { manifest } from '../../src/cluster/manifests.js';
import { endProcesses, startProcess } from '../../src/cluster/process.js';
import { readCluster } from '../../src/cluster/state.js';
import { runCapture } from '../../src/collect/capture/run.js';
import { findTarget } from '../../src/collect/capture/target.js';
import { AUTOMATION_TEAM, planAutomation } from '../../src/collect/plan/automation.js';

const { values } = parseArgs({
  options: {
    cluster: { type: 'string', default: 'default' },
    id: { type: 'string', default: 'm1' },
    seed: { type: 'string', default: '301' },
    minutes: { type: 'string', default: '6' },
    pauses: { type: 'string', default: '20' },
    out: { type: 'string', default: 'results/automated' },
  },
});
const target = findTarget({ cluster: values.cluster });
const { folder, causes, server } = readCluster(values.cluster)!;
if (causes === null) throw new Error('the cluster says no causes: npm run cluster -- up --causes');

const administrator = async (argv: string[], input: string | null = null): Promise<string> => {
  const { exit, output, errors } = await runCommand({
    program: target.kubectl,
    argv: ['--kubeconfig', target.kubeconfig, '--cache-dir', join(folder, 'cache'), ...argv],
    input,
    seconds: 30,
  });
  if (exit !== 0) throw new Error(`kubectl ${argv.join(' ')}: ${errors}`);
  return output;
};
await administrator(['apply', '-f', '-'], manifest('site-operator.yaml', {}));
await administrator(['wait', '--for=condition=Established', 'crd/sites.shop.example.com', '--timeout=20s']);
const token = await administrator(['-n', 'operators', 'create', 'token', 'site-operator', '--duration=24h']);
const kubeconfig = join(folder, 'site-operator.kubeconfig');
const authority = await administrator([
  ...['config', 'view', '--raw', '-o', 'jsonpath={.clusters[0].cluster.certificate-authority-data}'],
]);
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': authority.trim() } }],
    users: [{ name: 'u', user: { token: token.trim() } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }),
  { mode: 0o600 },
);
const operator = await startProcess({
  name: 'site-operator',
  program: join(dirname(target.kubectl), 'site-operator'),
  argv: ['--kubeconfig', kubeconfig],
  cwd: folder,
  log: join(folder, 'logs', 'site-operator.log'),
  hostname: 'site-operator-0',
  env: { AUDITWEAVE_CAUSES: join(causes, 'site-operator.jsonl') },
});
try {
  const seed = Number(values.seed);
  await runCapture({
    ...target,
    ...{ id: values.id, folder: values.out, people: AUTOMATION_TEAM, mode: 'concurrent', shared: true, seed },
    steps: planAutomation({
      ...{ seed, minutes: Number(values.minutes) },
      pauses: values.pauses.split(',').map(Number),
    }),
  });
} finally {
  await endProcesses([[operator]]);
}
