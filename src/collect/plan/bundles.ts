import type { JsonValue } from '../../audit/event.js';
import { type Draw, deployment, type Job, moments, pauseOf, pick } from './jobs.js';
import { drawWord } from './names.js';
import type { ClientRequest } from './steps.js';

interface Release {
  name: string;
  home: string;
  revision: number;
}

/**
 * Releases of a bundle of objects, applied through a client library in the way of Helm: a secret for each revision, then object by object; an upgrade
 * looks at each object and patches it; what is uninstalled goes object by object.
 */
export function bundles(draw: Draw): Job[] {
  const { random, homes, name } = draw;
  const releases: Release[] = [];
  return [...moments(draw, 12)].map((at): Job => {
    const own = releases.length > 0 ? pick(random, releases) : null;
    const roll = random.next();
    const pause = pauseOf(draw);
    const job = (action: string, release: Release, requests: readonly ClientRequest[]): Job => ({
      ...{ action: `bundles/${action}`, at, namespace: release.home, requests, pause },
    });
    const message = drawWord(random);
    const replicas = 1 + random.integer(3);
    if (!own || roll < 0.45) {
      const made = { name: name(), home: pick(random, homes), revision: 1 };
      releases.push(made);
      const parts = partsOf(made, message, replicas);
      return job('install', made, [
        list(made),
        record(made),
        ...parts.map(({ path, body }) => post(path, body)),
      ]);
    }
    if (roll < 0.8) {
      own.revision++;
      const parts = partsOf(own, message, replicas).filter(({ kind }) => kind !== 'jobs');
      const looks = parts.map(
        ({ path, name: it }): ClientRequest => ({ method: 'GET', path: `${path}/${it}` }),
      );
      const patches = parts.flatMap(({ path, name: it, change }): ClientRequest[] =>
        change === null ? [] : [{ method: 'PATCH', path: `${path}/${it}`, body: change }],
      );
      return job('upgrade', own, [list(own), record(own), ...looks, ...patches]);
    }
    releases.splice(releases.indexOf(own), 1);
    const gone = partsOf(own, message, 1).map(
      ({ path, name: it }): ClientRequest => ({
        ...{ method: 'DELETE', path: `${path}/${it}`, body: { propagationPolicy: 'Background' } },
      }),
    );
    const records = Array.from(
      { length: own.revision },
      (_, i): ClientRequest => ({
        ...{ method: 'DELETE', path: `/api/v1/namespaces/${own.home}/secrets/release.${own.name}.v${i + 1}` },
      }),
    );
    return job('uninstall', own, [list(own), ...gone.reverse(), ...records]);
  });
}

const post = (path: string, body: JsonValue): ClientRequest => ({ method: 'POST', path, body });
const list = ({ home, name }: Release): ClientRequest => ({
  ...{ method: 'GET', path: `/api/v1/namespaces/${home}/secrets?labelSelector=name%3D${name}` },
});

/** The secret that a revision is remembered by. */
function record({ name, home, revision }: Release): ClientRequest {
  const metadata = { name: `release.${name}.v${revision}`, labels: { name, version: `${revision}` } };
  return post(`/api/v1/namespaces/${home}/secrets`, {
    metadata,
    stringData: { release: `revision-${revision}` },
  });
}

interface Part {
  kind: string;
  path: string;
  name: string;
  body: JsonValue;
  /** What an upgrade patches; null: nothing. */
  change: JsonValue | null;
}

function partsOf({ name, home }: Release, message: string, replicas: number): Part[] {
  const metadata = { name, labels: { app: name, release: name } };
  const store = { name: `${name}-store`, labels: { app: `${name}-store`, release: name } };
  const part = (
    group: string,
    kind: string,
    body: { metadata: { name: string }; [field: string]: unknown },
    change: JsonValue | null = null,
  ): Part => ({
    ...{ kind, path: `/${group}/namespaces/${home}/${kind}`, name: body.metadata.name, change },
    body: body as unknown as JsonValue,
  });
  const rbac = 'rbac.authorization.k8s.io';
  const pod = {
    restartPolicy: 'Never',
    containers: [{ name: 'migrate', image: 'busybox:1.37', command: ['true'] }],
  };
  const set = deployment(store, 1) as { metadata: { name: string }; spec: Record<string, JsonValue> };
  const web = deployment(metadata, replicas) as unknown as { metadata: { name: string } };
  const checksum = { template: { metadata: { annotations: { 'checksum/config': message } } }, replicas };
  return [
    part('api/v1', 'serviceaccounts', { metadata }),
    part('api/v1', 'secrets', { metadata, stringData: { colour: message } }),
    part('api/v1', 'configmaps', { metadata, data: { message } }, { data: { message } }),
    part(`apis/${rbac}/v1`, 'roles', {
      ...{ metadata, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] },
    }),
    part(`apis/${rbac}/v1`, 'rolebindings', {
      ...{ metadata, roleRef: { apiGroup: rbac, kind: 'Role', name } },
      subjects: [{ kind: 'ServiceAccount', name, namespace: home }],
    }),
    part('api/v1', 'services', {
      metadata,
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    }),
    part('apis/apps/v1', 'deployments', web, { spec: checksum }),
    part('apis/apps/v1', 'statefulsets', {
      ...set,
      spec: { ...set.spec, serviceName: name },
    }),
    part('apis/batch/v1', 'jobs', {
      metadata: { ...metadata, name: `${name}-migrate` },
      spec: { template: { spec: pod } },
    }),
  ];
}
