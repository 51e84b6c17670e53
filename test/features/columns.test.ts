import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { AuditweaveError } from '../../src/errors.js';
import { COLUMNS, PAPER_COLUMNS, selectColumns } from '../../src/features/columns.js';

const plain: AuditEvent = {
  auditID: 'a',
  stage: 'ResponseComplete',
  verb: 'create',
  user: { username: 'dev-a', groups: ['dev', 'system:authenticated'] },
  requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
};

/** The columns of a line that say something, by name. */
function told(event: Record<string, unknown>): Record<string, string> {
  const line = { ...plain, ...event } as unknown as AuditEvent;
  const values = COLUMNS.map(({ name, read }) => [name, read(line)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== null && value !== '0')) as Record<
    string,
    string
  >;
}

const always = {
  verb: 'create',
  'user.username': 'dev-a',
  'user.groups[0]': 'dev',
  'user.groups[1]': 'system:authenticated',
};

describe('columns', () => {
  it('are 39 in the paper’s selection, and 24 more to choose from', () => {
    expect(PAPER_COLUMNS).toHaveLength(39);
    expect(COLUMNS).toHaveLength(63);
    expect(new Set(COLUMNS.map(({ name }) => name)).size).toBe(63);
  });

  it('read a request for one object in a namespace', () => {
    const read = told({
      sourceIPs: ['10.0.0.1', '10.0.0.2'],
      userAgent: 'kubectl/v1.34.4 (linux/amd64) kubernetes/abc/extra',
      objectRef: {
        resource: 'deployments',
        subresource: 'scale',
        apiGroup: 'apps',
        apiVersion: 'v1',
        namespace: 'shop',
        name: 'web',
        uid: 'u-1',
        resourceVersion: '9',
      },
      responseStatus: { metadata: {}, code: 201 },
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'because' },
      user: {
        username: 'pod',
        uid: 'u-2',
        groups: ['a', 'b', 'c', 'd'],
        extra: {
          'authentication.kubernetes.io/pod-name': ['p'],
          'authentication.kubernetes.io/pod-uid': ['q'],
        },
      },
    });
    expect(read).toEqual({
      verb: 'create',
      objectRef: '1',
      'objectRef.apiGroup': 'apps',
      'objectRef.apiVersion': 'v1',
      'objectRef.namespace': '1',
      'objectRef.resource': 'deployments',
      'objectRef.subresource': 'scale',
      'objectRef.name': 'web',
      'objectRef.uid': 'u-1',
      'objectRef.resourceVersion': '9',
      'user.username': 'pod',
      'user.uid': 'u-2',
      'user.groups[0]': 'a',
      'user.groups[1]': 'b',
      'user.groups[2]': 'c',
      'user.extra.pod-name': 'p',
      'user.extra.pod-uid': 'q',
      'sourceIPs[0]': '10.0.0.1',
      'userAgent.tool': 'kubectl',
      'userAgent.version': 'v1.34.4',
      'userAgent.platform': 'linux',
      'userAgent.arch': 'amd64',
      'userAgent.h': 'abc',
      'userAgent.extra': 'extra',
      'responseStatus.code': '201',
      'annotations.authorization.k8s.io/decision': 'allow',
      'annotations.authorization.k8s.io/reason': 'because',
    });
  });

  it('read what was sent and what came back, of several owners the first', () => {
    const owners = [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'web-1',
        uid: 'u',
        controller: true,
        blockOwnerDeletion: false,
      },
      { apiVersion: 'v1', kind: 'Node' },
    ];
    const requestObject = {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { namespace: 'shop', generateName: 'web-', ownerReferences: owners },
      volumeBindingMode: 'Immediate',
      spec: { volumeMode: 'Block' },
    };
    const responseObject = {
      ...requestObject,
      metadata: {
        namespace: 'shop',
        name: 'web-x',
        resourceVersion: '7',
        ownerReferences: [{ kind: 'Job' }],
      },
    };
    expect(told({ requestObject, responseObject })).toEqual({
      ...always,
      'requestObject.kind': 'Pod',
      'requestObject.apiVersion': 'v1',
      'requestObject.metadata.namespace': 'shop',
      'requestObject.metadata.generateName': 'web-',
      'requestObject.metadata.ownerReferences.apiVersion': 'apps/v1',
      'requestObject.metadata.ownerReferences.kind': 'ReplicaSet',
      'requestObject.metadata.ownerReferences.name': 'web-1',
      'requestObject.metadata.ownerReferences.uid': 'u',
      'requestObject.metadata.ownerReferences.controller': 'true',
      'requestObject.metadata.ownerReferences.blockOwnerDeletion': 'false',
      'requestObject.volumeBindingMode': 'Immediate',
      'requestObject.spec.volumeMode': 'Block',
      'responseObject.kind': 'Pod',
      'responseObject.metadata.namespace': '1',
      'responseObject.metadata.name': 'web-x',
      'responseObject.metadata.resourceVersion': '7',
      'responseObject.metadata.ownerReferences.kind': 'Job',
      'responseObject.spec.volumeMode': 'Block',
    });
  });

  it('read the same of an Event, whichever interface it was written through', () => {
    const about = {
      kind: 'Pod',
      apiVersion: 'v1',
      namespace: 'shop',
      name: 'web-x',
      fieldPath: 'spec.containers{main}',
    };
    const core = {
      involvedObject: about,
      source: { component: 'kubelet' },
      reportingComponent: 'kubelet',
      count: 2,
      reason: 'Pulled',
      type: 'Normal',
    };
    const newer = {
      regarding: about,
      deprecatedSource: { component: 'kubelet' },
      reportingController: 'kubelet',
      deprecatedCount: 2,
      reason: 'Pulled',
      type: 'Normal',
    };
    const read = told({ responseObject: core });
    expect(read).toEqual({
      ...always,
      'responseObject.involvedObject.kind': 'Pod',
      'responseObject.involvedObject.apiVersion': 'v1',
      'responseObject.involvedObject.namespace': '1',
      'responseObject.involvedObject.name': 'web-x',
      'responseObject.involvedObject.fieldPath': 'spec.containers{main}',
      'responseObject.reason': 'Pulled',
      'responseObject.type': 'Normal',
      'responseObject.count': '2',
      'responseObject.reportingComponent': 'kubelet',
      'responseObject.source.component': 'kubelet',
    });
    expect(told({ responseObject: newer })).toEqual(read);
  });

  it('read the code and the reason of a refusal', () => {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      reason: 'NotFound',
      code: 404,
    };
    expect(told({ responseStatus: { code: 404, reason: 'NotFound' }, responseObject: status })).toEqual({
      ...always,
      'responseStatus.code': '404',
      'responseObject.kind': 'Status',
      'responseObject.reason': 'NotFound',
    });
  });

  it.each([
    ['a JSON patch', { requestObject: [{ op: 'replace', path: '/spec', value: { kind: 'Pod' } }] }],
    ['a text', { requestObject: 'kind: Pod', responseObject: 'ok' }],
    ['nothing', { requestObject: null, responseObject: undefined }],
    ['an empty list of owners', { responseObject: { metadata: { ownerReferences: [] } } }],
    ['objects for texts', { responseObject: { kind: { a: 1 }, reason: [['x']], type: [] } }],
    ['empty texts', { userAgent: '', responseObject: { kind: '', metadata: { namespace: '' } } }],
    ['lists for objects', { userAgent: ['kubectl/v1'], sourceIPs: '10.0.0.1', annotations: ['allow'] }],
  ])('find nothing in %s', (_, event) => {
    expect(told(event)).toEqual(always);
  });

  it('read own keys only', () => {
    const body = JSON.parse('{"__proto__": {"kind": "Pod"}, "metadata": {"__proto__": {"namespace": "x"}}}');
    expect(told({ requestObject: body, responseObject: body })).toEqual(always);
    expect(told({ requestObject: {}, annotations: {} })).toEqual(always);
  });

  it('keep no more than 256 letters of a value', () => {
    expect(told({ verb: 'x'.repeat(100_000) }).verb).toBe('x'.repeat(256));
  });

  it('give a text or null, whatever the line holds', () => {
    const event = fc.record(
      Object.fromEntries(
        ['user', 'userAgent', 'objectRef', 'requestObject', 'responseObject', 'annotations', 'sourceIPs'].map(
          (key) => [key, fc.jsonValue()],
        ),
      ),
    );
    fc.assert(
      fc.property(event, (event) => {
        const line = { ...plain, ...event, user: event.user ?? {} } as unknown as AuditEvent;
        for (const { read } of COLUMNS) {
          const value = read(line);
          expect(value === null || typeof value === 'string').toBe(true);
        }
      }),
    );
  });
});

describe('selectColumns', () => {
  const names = (columns: { name: string }[]) => columns.map(({ name }) => name);

  it('gives the paper’s columns unless asked for others', () => {
    expect(names(selectColumns())).toEqual(PAPER_COLUMNS);
    expect(selectColumns({ include: 'all' })).toHaveLength(63);
  });

  it('gives the named ones in their order, each once', () => {
    expect(names(selectColumns({ include: ['verb', 'objectRef.resource', 'verb'] }))).toEqual([
      'verb',
      'objectRef.resource',
    ]);
  });

  it('leaves out what is excluded', () => {
    const columns = selectColumns({ exclude: ['objectRef.namespace', 'objectRef.name'] });
    expect(names(columns)).toEqual(PAPER_COLUMNS.filter((name) => name !== 'objectRef.namespace'));
  });

  it.each([
    ['include', 'objectRef.namespce', 'objectRef.namespace, objectRef.name, objectRef.resource'],
    ['exclude', 'userAgent', 'userAgent.h, userAgent.tool, userAgent.extra'],
  ])('names the nearest to an unknown column in %s', (key, name, near) => {
    const select = () => selectColumns({ [key]: [name] });
    expect(select).toThrow(AuditweaveError);
    expect(select).toThrow(
      expect.objectContaining({
        message: `features: expected the name of a column, got “${name}”.`,
        hint: `Nearest are ${near}.`,
      }),
    );
  });

  it('refuses to select nothing', () => {
    expect(() => selectColumns({ include: ['verb'], exclude: ['verb'] })).toThrow(
      expect.objectContaining({
        message: 'features: expected at least one column, got none.',
        hint: 'Include more columns, or exclude fewer.',
      }),
    );
  });
});
