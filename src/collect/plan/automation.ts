import { randomStream } from '../../random.js';
import { bundles } from './bundles.js';
import { inAnothersName, sites } from './by-hand.js';
import { type Draw, deployment, type Job, moments, pauseOf, pick } from './jobs.js';
import { drawWord, NameSource } from './names.js';
import type { ClientRequest, Person, Step } from './steps.js';

/** Who works by machine: one who installs bundles, one with shell scripts, one with a client library, one who has an operator, one who takes another's place. */
export const AUTOMATION_TEAM: readonly Person[] = [
  { name: 'ops-a', role: 'admin' },
  { name: 'dev-b', role: 'developer' },
  { name: 'ops-c', role: 'admin' },
  { name: 'dev-e', role: 'developer' },
  { name: 'ops-d', role: 'admin' },
  { name: 'system:serviceaccount:gitops:syncer', role: 'admin' },
];

export interface AutomationOptions {
  seed: number | string;
  /** Minutes of work. */
  minutes: number;
  /** Milliseconds between two commands of a script, and two requests of a client library; each job draws one. Default 20. */
  pauses?: readonly number[];
}

/**
 * Draws who does what where machines do the typing: bundles in the way of Helm, shell scripts and client libraries whose commands come 20 ms apart, custom
 * objects that an operator turns into workloads, a repository that is applied again and again, and requests in another's name.
 *
 * @example planAutomation({ seed: 7, minutes: 6 })
 */
export function planAutomation({ seed, minutes, pauses = [20] }: AutomationOptions): Step[] {
  const names = new NameSource();
  const homes = ['shop', 'billing'].map((word) => `${word}-${drawWord(randomStream(seed, `home/${word}`))}`);
  const plans: ((draw: Draw) => Job[])[] = [bundles, shell, library, sites, inAnothersName, repository];
  const steps = AUTOMATION_TEAM.flatMap(({ name: person }, i) => {
    const random = randomStream(seed, `automation/${i}`);
    const jobs = plans[i]!({ random, homes, name: () => names.draw(random), minutes, pauses });
    return jobs.map(
      ({ at, ...job }): Step => ({
        ...{ index: 0, person, input: null, env: {}, seconds: 60, namespace: homes[i % 2]! },
        ...{ argv: [], at: Math.round(at) },
        ...job,
      }),
    );
  });
  const first: Step[] = homes.map((home) => ({
    ...{ index: 0, action: 'namespaces/from-command', person: 'ops-a', namespace: 'default', at: 0 },
    ...{ argv: ['create', 'namespace', home], input: null, env: {}, seconds: 30 },
  }));
  return [...first, ...steps].sort((a, b) => a.at - b.at).map((step, index) => ({ ...step, index }));
}

/** Scripts of kubectl commands, one right after another. */
function shell(draw: Draw): Job[] {
  const { random, homes, name } = draw;
  return [...moments(draw, 20)].flatMap((begin) => {
    const app = name();
    const home = pick(random, homes);
    const commands: [string, string[]][] = [
      [
        'deployments/create',
        ['create', 'deployment', app, '--image=nginx:1.27', `--replicas=${1 + random.integer(2)}`],
      ],
      ['configmaps/from-literal', ['create', 'configmap', app, `--from-literal=mode=${drawWord(random)}`]],
      ['deployments/env', ['set', 'env', `deployment/${app}`, `--from=configmap/${app}`]],
      ['services/expose', ['expose', 'deployment', app, '--port=80']],
      ['deployments/label', ['label', 'deployment', app, `team=${drawWord(random)}`]],
      ['deployments/scale', ['scale', 'deployment', app, `--replicas=${1 + random.integer(3)}`]],
      ['deployments/restart', ['rollout', 'restart', `deployment/${app}`]],
      ['pods/list', ['get', 'pods', '-l', `app=${app}`]],
      ['services/delete', ['delete', 'service', app, '--wait=false']],
      ['deployments/delete', ['delete', 'deployment', app, '--wait=false']],
    ];
    const kept = commands.filter((_, i) => i === 0 || random.next() < 0.7);
    const gap = pauseOf(draw);
    return kept.map(
      ([action, argv], i): Job => ({
        ...{ action, argv, namespace: home, at: begin + i, pause: i === 0 ? 100 : gap },
      }),
    );
  });
}

/** Scripts that speak to the API themselves, as with a client library. */
function library(draw: Draw): Job[] {
  const { random, homes, name } = draw;
  return [...moments(draw, 16)].map((at): Job => {
    const home = pick(random, homes);
    const core = `/api/v1/namespaces/${home}`;
    const apps = `/apis/apps/v1/namespaces/${home}/deployments`;
    const requests: ClientRequest[] = [];
    for (let i = 0; i < 2 + random.integer(3); i++) {
      const app = name();
      const metadata = { name: app, labels: { app, batch: drawWord(random) } };
      requests.push({
        method: 'POST',
        path: `${core}/configmaps`,
        body: { metadata, data: { mode: drawWord(random) } },
      });
      requests.push({ method: 'POST', path: apps, body: deployment(metadata, 1 + random.integer(2)) });
      if (random.next() < 0.6)
        requests.push({
          method: 'POST',
          path: `${core}/services`,
          body: { metadata, spec: { selector: { app }, ports: [{ port: 80 }] } },
        });
      if (random.next() < 0.5) requests.push({ method: 'GET', path: `${apps}/${app}` });
      if (random.next() < 0.6)
        requests.push({
          method: 'PATCH',
          path: `${apps}/${app}`,
          body: { spec: { replicas: 1 + random.integer(3) } },
        });
      if (random.next() < 0.4)
        requests.push({
          method: 'DELETE',
          path: `${apps}/${app}`,
          body: { propagationPolicy: 'Background' },
        });
      if (random.next() < 0.4) requests.push({ method: 'DELETE', path: `${core}/configmaps/${app}` });
    }
    if (random.next() < 0.3) requests.push({ method: 'GET', path: `${core}/pods?limit=500` });
    return { action: 'client-library/script', at, namespace: home, requests, pause: pauseOf(draw) };
  });
}

/** A repository that a controller lays over the cluster by the clock, whether it has changed or not. */
function repository(draw: Draw): Job[] {
  const { random, homes, name } = draw;
  const home = homes[1]!;
  const apps = Array.from({ length: 3 }, () => ({ name: name(), replicas: 1, mode: drawWord(random) }));
  return [...moments(draw, 15)].map((at): Job => {
    const changed = pick(random, apps);
    if (random.next() < 0.6) changed.replicas = 1 + random.integer(3);
    if (random.next() < 0.3) changed.mode = drawWord(random);
    const documents = apps.flatMap((app) => {
      const metadata = { name: app.name, namespace: home, labels: { app: app.name } };
      return [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { mode: app.mode } },
        { apiVersion: 'apps/v1', kind: 'Deployment', ...(deployment(metadata, app.replicas) as object) },
      ];
    });
    return {
      ...{ action: 'repository/apply', at, namespace: home },
      argv: ['apply', '--server-side', '--force-conflicts', '--field-manager=gitops-syncer', '-f', '-'],
      input: documents.map((document) => JSON.stringify(document)).join('\n---\n'),
    };
  });
}
