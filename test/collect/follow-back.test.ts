import { expect, it } from 'vitest';
import type { JsonValue } from '../../src/audit/event.js';
import { CASCADE_RULES } from '../../src/collect/attribution/rules.js';
import { object, story } from './events.js';

const kubelet = 'system:node:worker-1';
const scheduler = 'system:kube-scheduler';
const server = 'system:apiserver';
const last = (lines: string[]): string => lines.at(-1)!;

const CASES: Record<string, () => void> = {
  admission: () =>
    expect(
      last(
        story([
          { what: 'ops-a create pods shop/web', body: object('p1'), at: 0 },
          { what: 'dev-b create configmaps home/a', body: object('c1'), at: 1 },
          { what: `${server} list limitranges shop/`, at: 2 },
        ]),
      ),
    ).toBe('admission ← ops-a create pods web'),
  'kubelet-review': () =>
    expect(
      last(
        story([
          { what: 'ops-a get pods/log shop/web' },
          { what: 'dev-b create configmaps shop/a', body: object('c1') },
          { what: `${kubelet} create subjectaccessreviews ` },
        ]),
      ),
    ).toBe('kubelet-review ← ops-a get pods web'),
  'kubelet-volume': () =>
    expect(
      last(
        story([
          { what: 'ops-a create pods shop/web', body: object('p1') },
          { what: 'dev-b create pods shop/db', body: object('p2') },
          {
            what: `${scheduler} create pods/binding shop/web`,
            request: { kind: 'Binding', metadata: { uid: 'p1' }, target: { name: 'worker-1' } },
          },
          {
            what: `${scheduler} create pods/binding shop/db`,
            request: { kind: 'Binding', metadata: { uid: 'p2' }, target: { name: 'worker-2' } },
          },
          { what: `${kubelet} watch configmaps shop/kube-root-ca.crt` },
        ]),
      ),
    ).toBe('kubelet-volume ← ops-a create pods web'),
  token: () =>
    expect(
      last(
        story([
          { what: 'ops-a create pods shop/web', body: object('p1') },
          { what: 'dev-b patch serviceaccounts shop/default', body: object('sa1') },
          {
            what: `${kubelet} create serviceaccounts/token shop/default`,
            request: {
              kind: 'TokenRequest',
              spec: { boundObjectRef: { kind: 'Pod', uid: 'p1', name: 'web' } },
            },
          },
        ]),
      ),
    ).toBe('token ← ops-a create pods web'),
  'event-named': () =>
    expect(
      last(
        story([
          { what: 'ops-a create replicasets shop/web', body: object('rs1') },
          { what: 'sa:replicaset-controller create pods shop/web-x1', body: object('p1', {}, ['rs1']) },
          { what: 'dev-b label replicasets shop/web', body: object('rs1') },
          {
            what: 'sa:replicaset-controller create events shop/e1',
            body: object('e1', {
              involvedObject: { kind: 'ReplicaSet', uid: 'rs1', name: 'web', namespace: 'shop' },
              message: 'Created pod: web-x1',
            }),
          },
        ]),
      ),
    ).toBe('event-named ← ops-a create replicasets web'),
  event: () =>
    expect(
      last(
        story([
          { what: 'ops-a create pods shop/web', body: object('p1') },
          { what: 'dev-b delete pods shop/web', body: object('p1') },
          {
            what: `${kubelet} create events shop/e1`,
            body: object('e1', {
              involvedObject: { kind: 'Pod', uid: 'p1', name: 'web', namespace: 'shop' },
              message: 'Stopping container main',
              reason: 'Killing',
            }),
          },
        ]),
      ),
    ).toBe('event ← dev-b delete pods web'),
  'node-opens': () =>
    expect(
      last(
        story([
          { what: 'dev-b create pods shop/web', body: object('p1') },
          { what: `${scheduler} patch pods/status shop/web`, body: object('p1') },
          { what: 'ops-a patch nodes worker-1', body: object('n1') },
          {
            what: `${scheduler} create pods/binding shop/web`,
            request: { kind: 'Binding', metadata: { uid: 'p1' }, target: { name: 'worker-1' } },
          },
        ]),
      ),
    ).toBe('node-opens ← ops-a patch nodes worker-1'),
  garbage: () =>
    expect(
      last(
        story([
          { what: 'ops-a create deployments shop/web', body: object('d1') },
          { what: 'sa:deployment-controller create replicasets shop/web-1', body: object('rs1', {}, ['d1']) },
          { what: 'dev-b delete deployments shop/web', body: object('d1') },
          {
            what: 'sa:generic-garbage-collector delete replicasets shop/web-1',
            body: object('rs1', {}, ['d1']),
          },
        ]),
      ),
    ).toBe('garbage ← dev-b delete deployments web'),
  'namespace-end': () =>
    expect(
      last(
        story([
          { what: 'dev-b create pods shop/web', body: object('p1') },
          { what: 'ops-a delete namespaces shop/shop', body: object('ns1') },
          { what: 'sa:namespace-controller deletecollection pods shop/' },
          { what: `${kubelet} patch pods/status shop/web`, body: object('p1') },
        ]),
      ),
    ).toBe('namespace-end ← ops-a delete namespaces shop'),
  node: () =>
    expect(
      last(
        story([
          { what: 'ops-a patch nodes worker-1', body: object('n1') },
          { what: 'sa:node-controller patch nodes worker-1', body: object('n1') },
        ]),
      ),
    ).toBe('node ← ops-a patch nodes worker-1'),
  daemon: () =>
    expect(
      last(
        story([
          { what: 'dev-b create daemonsets shop/log', body: object('ds1') },
          { what: 'ops-a patch nodes worker-1', body: object('n1') },
          {
            what: 'sa:daemon-set-controller create pods shop/log-x',
            body: object('p1', { spec: { nodeName: 'worker-1' } }, ['ds1']),
          },
        ]),
      ),
    ).toBe('daemon ← ops-a patch nodes worker-1'),
  owned: () =>
    expect(
      last(
        story([
          { what: 'ops-a create replicasets shop/web', body: object('rs1') },
          { what: 'sa:replicaset-controller create pods shop/web-x1', body: object('p1', {}, ['rs1']) },
          { what: 'dev-b delete pods shop/web-x1', body: object('p1', {}, ['rs1']) },
          { what: 'sa:replicaset-controller create pods shop/web-x2', body: object('p2', {}, ['rs1']) },
        ]),
      ),
    ).toBe('owned ← dev-b delete pods web-x1'),
  targets: () =>
    expect(
      last(
        story([
          { what: 'ops-a create services shop/web', body: object('s1') },
          {
            what: 'sa:endpointslice-controller create endpointslices shop/web-a',
            body: object('es1', { endpoints: [] }, ['s1']),
          },
          { what: 'dev-b create pods shop/web', body: object('p1') },
          {
            what: 'sa:endpointslice-controller update endpointslices shop/web-a',
            body: object('es1', { endpoints: [{ targetRef: { uid: 'p1' } }] }, ['s1']),
          },
        ]),
      ),
    ).toBe('targets ← dev-b create pods web'),
  budget: () =>
    expect(
      last(
        story([
          { what: 'ops-a create poddisruptionbudgets shop/web', body: object('b1') },
          {
            what: 'dev-b create pods shop/web',
            body: object('p1', { metadata: { labels: { app: 'web' } } }),
          },
          {
            what: 'dev-b create pods shop/other',
            body: object('p2', { metadata: { labels: { app: 'o' } } }),
          },
          {
            what: 'sa:disruption-controller update poddisruptionbudgets/status shop/web',
            body: object('b1', { spec: { selector: { matchLabels: { app: 'web' } } } }),
          },
        ]),
      ),
    ).toBe('budget ← dev-b create pods web'),
  quota: () =>
    expect(
      last(
        story([
          { what: 'ops-a create resourcequotas shop/q', body: object('q1') },
          { what: 'dev-b delete configmaps shop/a', body: object('c1') },
          { what: 'ops-a create roles shop/r', body: object('r1') },
          {
            what: 'sa:resourcequota-controller update resourcequotas/status shop/q',
            body: object('q1', { spec: { hard: { pods: '9', 'count/configmaps': '9' } } }),
          },
        ]),
      ),
    ).toBe('quota ← dev-b delete configmaps a'),
  claim: () =>
    expect(
      last(
        story([
          { what: 'ops-a create persistentvolumes disk', body: object('v1') },
          { what: 'dev-b create persistentvolumeclaims shop/data', body: object('c1') },
          {
            what: 'sa:persistent-volume-binder update persistentvolumes disk',
            body: object('v1', { spec: { claimRef: { uid: 'c1', name: 'data', namespace: 'shop' } } }),
          },
        ]),
      ),
    ).toBe('claim ← dev-b create persistentvolumeclaims data'),
  'custom-informer': () =>
    expect(
      last(
        story([
          { what: 'ops-a create customresourcedefinitions gizmos.example.com', body: object('crd1') },
          { what: 'sa:generic-garbage-collector list gizmos', group: 'example.com' },
        ]),
      ),
    ).toBe('custom-informer ← ops-a create customresourcedefinitions gizmos.example.com'),
  status: () =>
    expect(
      last(
        story([
          { what: 'ops-a create replicasets shop/web', body: object('rs1') },
          { what: 'sa:replicaset-controller create pods shop/web-x1', body: object('p1', {}, ['rs1']) },
          { what: 'dev-b label replicasets shop/web', body: object('rs1') },
          { what: `${kubelet} patch pods/status shop/web-x1`, body: object('p1', {}, ['rs1']) },
          { what: 'sa:replicaset-controller update replicasets/status shop/web', body: object('rs1') },
        ]),
      ),
    ).toBe('status ← ops-a create replicasets web'),
  object: () =>
    expect(
      last(
        story([
          { what: 'ops-a create pods shop/web', body: object('p1') },
          { what: 'dev-b delete pods shop/web', body: object('p1') },
          { what: `${kubelet} delete pods shop/web`, body: object('p1') },
        ]),
      ),
    ).toBe('object ← dev-b delete pods web'),
  owner: () =>
    expect(
      last(
        story([
          { what: 'ops-a create services shop/web', body: object('s1') },
          { what: 'sa:odd-controller create things shop/part', body: object('t1', {}, ['s1']) },
        ]),
      ),
    ).toBe('owner ← ops-a create services web'),
  related: () =>
    expect(
      last(
        story([
          { what: 'ops-a create pods shop/web', body: object('p1') },
          {
            what: 'sa:persistent-volume-binder get things shop/unknown',
            body: object('t1', { spec: { claimRef: { uid: 'p1' } } }),
          },
        ]),
      ),
    ).toBe('related ← ops-a create pods web'),
  'namespace-start': () =>
    expect(
      last(
        story([
          { what: 'ops-a create namespaces shop', body: object('ns1') },
          { what: 'sa:root-ca-cert-publisher create configmaps shop/kube-root-ca.crt', body: object('c1') },
        ]),
      ),
    ).toBe('namespace-start ← ops-a create namespaces shop'),
  address: () =>
    expect(
      last(
        story([
          { what: 'ops-a create services shop/web', body: object('s1') },
          {
            what: `${server} create ipaddresses 10.96.0.7`,
            body: object('ip1', {
              spec: { parentRef: { resource: 'services', namespace: 'shop', name: 'web' } },
            }),
          },
          { what: 'dev-b delete services shop/web', body: object('s1') },
          {
            what: `${server} delete ipaddresses 10.96.0.7`,
            body: { kind: 'Status', status: 'Success', details: { uid: 'ip1' } },
          },
        ]),
      ),
    ).toBe('address ← dev-b delete services web'),
  'kubelet-claim': () =>
    expect(
      last(
        story([
          { what: 'ops-a create persistentvolumeclaims shop/data', body: object('c1') },
          {
            what: 'dev-b create pods shop/web',
            body: object('p1', { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] } }),
          },
          { what: `${kubelet} get persistentvolumeclaims shop/data`, body: object('c1') },
        ]),
      ),
    ).toBe('kubelet-claim ← dev-b create pods web'),
  'claim-template': () =>
    expect(
      last(
        story([
          { what: 'ops-a create namespaces shop', body: object('ns1') },
          { what: 'dev-b create statefulsets shop/big-db', body: object('ss1') },
          {
            what: 'sa:statefulset-controller create persistentvolumeclaims shop/data-big-db-0',
            body: object('c1'),
          },
        ]),
      ),
    ).toBe('claim-template ← dev-b create statefulsets big-db'),
  autoscaler: () =>
    expect(
      last(
        story([
          { what: 'ops-a create namespaces shop', body: object('ns1') },
          { what: 'ops-a create deployments shop/web', body: object('d1') },
          {
            what: 'dev-b create horizontalpodautoscalers shop/web',
            body: object('h1', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } } }),
          },
          { what: 'ops-a patch deployments shop/web', body: object('d1') },
          { what: 'sa:horizontal-pod-autoscaler get deployments/scale shop/web', body: object('d1') },
          { what: 'sa:horizontal-pod-autoscaler list pods shop/', code: 404 },
        ]),
      ),
    ).toBe('autoscaler ← dev-b create horizontalpodautoscalers web'),
  cron: () =>
    expect(
      last(
        story([
          { what: 'ops-a create cronjobs shop/tick', body: object('cj1') },
          { what: 'dev-b create jobs shop/now', body: object('j1', {}, ['cj1']) },
          { what: 'sa:cronjob-controller get cronjobs shop/tick', body: object('cj1') },
        ]),
      ),
    ).toBe('cron ← dev-b create jobs now'),
  aggregate: () =>
    expect(
      last(
        story([
          { what: 'ops-a create clusterroles more', body: object('cr1') },
          { what: 'sa:clusterrole-aggregation-controller patch clusterroles view', body: object('cr2') },
          { what: 'sa:clusterrole-aggregation-controller patch clusterroles edit', body: object('cr3') },
        ]),
      ),
    ).toBe('aggregate ← ops-a create clusterroles more'),
  'claim-protection': () =>
    expect(
      last(
        story([
          { what: 'ops-a create namespaces shop', body: object('ns1') },
          { what: 'ops-a create persistentvolumeclaims shop/data', body: object('c1') },
          { what: 'dev-b delete persistentvolumeclaims shop/data', body: object('c1') },
          { what: 'sa:pvc-protection-controller list pods shop/' },
        ]),
      ),
    ).toBe('claim-protection ← dev-b delete persistentvolumeclaims data'),
};

it.each(CASCADE_RULES.map(({ id, why }) => [id, why]))('%s: %s', (id) => {
  expect(CASES[id], `a case for ${id}`).toBeDefined();
  CASES[id]!();
});

it('leaves an object that a request failed to change with the one who changed it before', () => {
  expect(
    last(
      story([
        { what: 'ops-a create pods shop/web', body: object('p1') },
        { what: 'dev-b patch pods shop/web', code: 403 },
        { what: `${kubelet} patch pods/status shop/web`, body: object('p1') },
      ]),
    ),
  ).toBe('status ← ops-a create pods web');
});

it('gives a line that nothing explains to the last request before it, disputed', () => {
  expect(
    last(
      story([
        { what: 'ops-a create pods shop/web', body: object('p1') },
        { what: 'sa:odd-controller get things shop/unknown' },
      ]),
    ),
  ).toBe('near ← ops-a create pods web');
});

it('keeps background apart', () => {
  expect(
    story([
      { what: 'ops-a create pods shop/web', body: object('p1') },
      { what: `${kubelet} update leases kube-node-lease/worker-1` },
    ])[1],
  ).toBe('background ← system:node:worker-1 update leases worker-1');
});

it('reads a name in an Event as a part only where its object has parts', () => {
  const told = (kind: string): string =>
    last(
      story([
        { what: 'ops-a create pods shop/web', body: object('p1') },
        { what: 'dev-b create things shop/guard', body: object('x1') },
        {
          what: 'sa:some-controller create events shop/e1',
          body: object('e1', {
            involvedObject: { kind, uid: 'x1', name: 'guard', namespace: 'shop' },
            message: 'app: web',
          }),
        },
      ]),
    );
  expect(told('PodDisruptionBudget')).toBe('event ← dev-b create things guard');
  expect(told('Job')).toBe('event-named ← ops-a create pods web');
});

it('takes an evicted pod for the one that the name stands for', () => {
  expect(
    last(
      story([
        { what: 'ops-a create pods shop/web', body: object('p1') },
        {
          what: 'dev-b create pods/eviction shop/web',
          request: { kind: 'Eviction', metadata: { name: 'web' } },
          body: { kind: 'Status', status: 'Success' },
        },
        { what: `${kubelet} patch pods/status shop/web`, body: object('p1') },
      ]),
    ),
  ).toBe('status ← dev-b create pods web');
});

it('knows pods made before the capture from the lists that people read', () => {
  const owner = { kind: 'ReplicaSet', uid: 'rs1' };
  expect(
    last(
      story([
        {
          what: 'ops-a list pods ',
          body: {
            kind: 'PodList',
            items: [{ metadata: { namespace: 'shop', name: 'web', uid: 'p1', ownerReferences: [owner] } }],
          },
        },
        { what: 'dev-b create configmaps shop/a', body: object('c1') },
        { what: 'ops-a create pods/eviction shop/web', body: { kind: 'Status', status: 'Success' } },
        { what: 'sa:replicaset-controller create pods shop/web-x2', body: object('p2', {}, ['rs1']) },
      ]),
    ),
  ).toBe('owned ← ops-a create pods web');
});

it('leaves what a kubelet does by the clock with the change that it acts upon, not with a label', () => {
  const spec = { containers: [{ image: 'busybox' }] };
  const lines = (patched: JsonValue) => [
    { what: 'ops-a create pods shop/web', body: object('p1', { spec }) },
    { what: 'dev-b patch pods shop/web', body: object('p1', { spec: patched }) },
    { what: `${kubelet} patch pods/status shop/web`, body: object('p1', { spec }) },
  ];
  expect(last(story(lines(spec)))).toBe('status ← ops-a create pods web');
  expect(last(story(lines({ containers: [{ image: 'nginx' }] })))).toBe('status ← dev-b patch pods web');
});

it('makes endpoints anew for whoever deleted them, or their slices', () => {
  const made = [
    { what: 'ops-a create services shop/web', body: object('s1') },
    { what: 'sa:endpoint-controller create endpoints shop/web', body: object('e1', { subsets: [] }) },
    {
      what: 'sa:endpointslice-controller create endpointslices shop/web-a',
      body: object('es1', { endpoints: [] }, ['s1']),
    },
  ];
  expect(
    last(
      story([
        ...made,
        { what: 'dev-b delete endpoints shop/web', body: object('e1') },
        { what: 'sa:endpoint-controller create endpoints shop/web', body: object('e2', { subsets: [] }) },
      ]),
    ),
  ).toBe('targets ← dev-b delete endpoints web');
  expect(
    last(
      story([
        ...made,
        { what: 'dev-b delete endpointslices shop/web-a', body: object('es1', { endpoints: [] }, ['s1']) },
        {
          what: 'sa:endpointslice-controller create endpointslices shop/web-b',
          body: object('es2', { endpoints: [] }, ['s1']),
        },
      ]),
    ),
  ).toBe('targets ← dev-b delete endpointslices web-a');
});

it('keeps with the deletion of a namespace what happens to an object after its own', () => {
  expect(
    last(
      story([
        { what: 'dev-b create services shop/web', body: object('s1') },
        { what: 'sa:endpoint-controller create endpoints shop/web', body: object('e1', { subsets: [] }) },
        { what: 'ops-a delete namespaces shop/shop', body: object('ns1') },
        {
          what: 'sa:namespace-controller deletecollection endpoints shop/',
          body: { kind: 'EndpointsList', items: [{ metadata: { uid: 'e1', name: 'web' } }] },
        },
        { what: 'sa:endpoint-controller delete endpoints shop/web', code: 404 },
      ]),
    ),
  ).toBe('namespace-end ← ops-a delete namespaces shop');
});

it('gives what undoes a person’s report to that person', () => {
  expect(
    last(
      story([
        { what: 'ops-a create deployments shop/web', body: object('d1') },
        { what: 'dev-b patch deployments/status shop/web', body: object('d1') },
        { what: 'sa:deployment-controller update deployments/status shop/web', body: object('d1') },
      ]),
    ),
  ).toBe('status ← dev-b patch deployments web');
});

it('gives what a rolling update removes to the update, though an older pod becomes ready meanwhile', () => {
  const set = (image: string): JsonValue => object('ss1', { spec: { image } });
  expect(
    last(
      story([
        { what: 'ops-a create statefulsets shop/db', body: set('one') },
        { what: 'sa:statefulset-controller create pods shop/db-0', body: object('p0', {}, ['ss1']) },
        { what: 'dev-b patch statefulsets shop/db', body: set('two') },
        { what: `${kubelet} patch pods/status shop/db-0`, body: object('p0', {}, ['ss1']) },
        { what: 'sa:statefulset-controller delete pods shop/db-0', body: object('p0', {}, ['ss1']) },
      ]),
    ),
  ).toBe('owned ← dev-b patch statefulsets db');
});

it('gives a second try of a job to the job, not to whoever labelled it', () => {
  const job = object('j1', { spec: { backoffLimit: 3 } });
  expect(
    last(
      story([
        { what: 'ops-a create jobs shop/try', body: job },
        { what: 'sa:job-controller create pods shop/try-a', body: object('p1', {}, ['j1']) },
        { what: 'dev-b patch jobs shop/try', body: job },
        { what: 'sa:job-controller create pods shop/try-b', body: object('p2', {}, ['j1']) },
      ]),
    ),
  ).toBe('owned ← ops-a create jobs try');
});

it('copies annotations down for whoever made them', () => {
  const set = (note: string): JsonValue =>
    object('rs1', { metadata: { note }, spec: { replicas: 1 } }, ['d1']);
  expect(
    last(
      story([
        { what: 'ops-a create deployments shop/web', body: object('d1', { spec: { replicas: 1 } }) },
        { what: 'sa:deployment-controller create replicasets shop/web-1', body: set('old') },
        { what: 'dev-b patch deployments shop/web', body: object('d1', { spec: { replicas: 1 } }) },
        { what: 'sa:deployment-controller update replicasets shop/web-1', body: set('new') },
      ]),
    ),
  ).toBe('owned ← dev-b patch deployments web');
});

it('takes no read for what limits are looked up for', () => {
  expect(
    last(
      story([
        { what: 'ops-a create pods shop/web', body: object('p1'), at: 0 },
        { what: 'dev-b watch pods shop/', at: 1 },
        { what: `${server} list limitranges shop/`, at: 2 },
      ]),
    ),
  ).toBe('admission ← ops-a create pods web');
});

it('leaves with its own cause what still goes on before a namespace is emptied, unless it is refused', () => {
  const lines = (code: number) => [
    { what: 'ops-a create deployments shop/web', body: object('d1') },
    { what: 'dev-b delete namespaces shop/shop', body: object('ns1') },
    { what: 'sa:deployment-controller update deployments/status shop/web', body: object('d1'), code },
  ];
  expect(last(story(lines(200)))).toBe('status ← ops-a create deployments web');
  expect(last(story(lines(403)))).toBe('namespace-end ← dev-b delete namespaces shop');
});

it('gives a new try to place a pod to the change of a node, its Event too', () => {
  const lines = [
    { what: 'dev-b create pods shop/web', body: object('p1') },
    { what: `${scheduler} patch pods/status shop/web`, body: object('p1') },
    { what: 'ops-a patch nodes worker-1', body: object('n1') },
    {
      what: `${scheduler} create events shop/e1`,
      body: object('e1', {
        involvedObject: { kind: 'Pod', uid: 'p1', name: 'web', namespace: 'shop' },
        message: '0/3 nodes are available',
      }),
    },
    { what: `${scheduler} patch pods/status shop/web`, body: object('p1') },
  ];
  expect(story(lines).slice(-2)).toEqual([
    'node-opens ← ops-a patch nodes worker-1',
    'node-opens ← ops-a patch nodes worker-1',
  ]);
});

it('gives what a controller does at once to a change of labels, and not what it does later', () => {
  const claim = object('b1', { spec: { storageClassName: 'none' } });
  const lines = (at: number) => [
    { what: 'ops-a create persistentvolumeclaims shop/data', body: claim, at: 0 },
    { what: 'dev-b patch persistentvolumeclaims shop/data', body: claim, at: 5000 },
    {
      what: 'sa:persistent-volume-binder create events shop/e1',
      body: object('e1', {
        involvedObject: { kind: 'PersistentVolumeClaim', uid: 'b1', name: 'data', namespace: 'shop' },
        message: 'storageclass not found',
      }),
      at,
    },
  ];
  expect(last(story(lines(5060)))).toBe('event ← dev-b patch persistentvolumeclaims data');
  expect(last(story(lines(9000)))).toBe('event ← ops-a create persistentvolumeclaims data');
});

it('knows by its name what an Event that is refused was about', () => {
  expect(
    last(
      story([
        { what: 'ops-a create namespaces shop', body: object('ns1') },
        { what: 'dev-b create pods shop/web', body: object('p1') },
        { what: `${scheduler} patch events shop/web.18eab577eaca7c14`, code: 404 },
      ]),
    ),
  ).toBe('related ← dev-b create pods web');
});

it('takes the finalizer of a pod away for whoever deletes its job', () => {
  expect(
    last(
      story([
        { what: 'ops-a create jobs shop/try', body: object('j1') },
        { what: 'sa:job-controller create pods shop/try-a', body: object('p1', {}, ['j1']) },
        { what: 'dev-b delete jobs shop/try', body: object('j1') },
        { what: 'sa:job-controller patch pods shop/try-a', body: object('p1', {}, ['j1']) },
      ]),
    ),
  ).toBe('owned ← dev-b delete jobs try');
});

it('keeps definitions of one group apart', () => {
  expect(
    last(
      story([
        { what: 'ops-a create customresourcedefinitions one.example.com', body: object('c1') },
        { what: 'dev-b create customresourcedefinitions two.example.com', body: object('c2') },
        {
          what: `${server} create apiservices v1.example.com`,
          body: object('a1', { spec: { group: 'example.com' } }),
        },
        { what: `${server} update customresourcedefinitions/status one.example.com`, body: object('c1') },
      ]),
    ),
  ).toBe('status ← ops-a create customresourcedefinitions one.example.com');
});

it('gives the Event of a container that starts to what made its pod, and of one that stops to the deletion', () => {
  const told = (reason: string): string =>
    last(
      story([
        { what: 'ops-a create pods shop/web', body: object('p1') },
        { what: 'dev-b delete pods shop/web', body: object('p1') },
        {
          what: `${kubelet} create events shop/e1`,
          body: object('e1', {
            involvedObject: { kind: 'Pod', uid: 'p1', name: 'web', namespace: 'shop' },
            reason,
          }),
        },
      ]),
    );
  expect(told('Started')).toBe('event ← ops-a create pods web');
  expect(told('Killing')).toBe('event ← dev-b delete pods web');
});

it('gives the Event of a disruption budget to whoever changed a pod that it selects', () => {
  const pod = object('p1', { metadata: { labels: { app: 'web' } } });
  const budget = object('b1', { spec: { selector: { matchLabels: { app: 'web' } } } });
  expect(
    last(
      story([
        { what: 'ops-a create pods shop/web', body: pod },
        { what: 'ops-a create poddisruptionbudgets shop/guard', body: budget },
        { what: 'dev-b delete pods shop/web', body: pod },
        {
          what: 'sa:disruption-controller create events shop/e1',
          body: object('e1', {
            involvedObject: { kind: 'PodDisruptionBudget', uid: 'b1', name: 'guard', namespace: 'shop' },
          }),
        },
      ]),
    ),
  ).toBe('budget ← dev-b delete pods web');
});

it('gives the Event of a pod that could not be made to what removed the one before', () => {
  const told = (reason: string): string =>
    last(
      story([
        { what: 'ops-a create statefulsets shop/db', body: object('ss1') },
        { what: 'sa:statefulset-controller create pods shop/db-0', body: object('p0', {}, ['ss1']) },
        { what: 'dev-b delete pods shop/db-0', body: object('p0', {}, ['ss1']) },
        {
          what: 'sa:statefulset-controller create events shop/e1',
          body: object('e1', {
            involvedObject: { kind: 'StatefulSet', uid: 'ss1', name: 'db', namespace: 'shop' },
            message: 'create Pod db-0 in StatefulSet db',
            reason,
          }),
        },
      ]),
    );
  expect(told('FailedCreate')).toBe('event-named ← dev-b delete pods db-0');
  expect(told('SuccessfulCreate')).toBe('event-named ← ops-a create statefulsets db');
});
