import { expect, it } from 'vitest';
import { readAll } from '../../fixtures/audit/lines.js';

type Json = Record<string, unknown>;
const entry = (method: string, resource: string, payload: Json = {}, more: Json = {}): Json => ({
  insertId: 'abc',
  logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp: '2026-01-01T00:00:00.123456Z',
  resource: { type: 'k8s_cluster' },
  labels: { 'authorization.k8s.io/decision': 'allow' },
  operation: { id: 'op-1', producer: 'k8s.io', first: true, last: true },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'k8s.io',
    methodName: method,
    resourceName: resource,
    authenticationInfo: { principalEmail: 'dana@example.com' },
    requestMetadata: { callerIp: '192.0.2.1', callerSuppliedUserAgent: 'kubectl/v1.30.1' },
    ...payload,
  },
  ...more,
});
const read = async (value: Json) => (await readAll(`${JSON.stringify(value)}\n`))[0]!;

it('is read as the event that it was', async () => {
  const deployment = { kind: 'Deployment', apiVersion: 'apps/v1' };
  const { event, lacks } = await read(
    entry('io.k8s.apps.v1.deployments.create', 'apps/v1/namespaces/shop/deployments/web', {
      request: { '@type': 'apps.k8s.io/v1.Deployment', ...deployment },
      response: { '@type': 'apps.k8s.io/v1.Deployment', ...deployment },
      status: { code: 0 },
    }),
  );
  expect(lacks).toBe('google');
  expect(event).toEqual({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: 'op-1',
    stage: 'ResponseComplete',
    requestURI: '/apis/apps/v1/namespaces/shop/deployments/web',
    objectRef: {
      resource: 'deployments',
      namespace: 'shop',
      name: 'web',
      apiGroup: 'apps',
      apiVersion: 'v1',
    },
    verb: 'create',
    user: { username: 'dana@example.com' },
    sourceIPs: ['192.0.2.1'],
    userAgent: 'kubectl/v1.30.1',
    responseStatus: { code: 201 },
    requestObject: deployment,
    responseObject: deployment,
    requestReceivedTimestamp: '2026-01-01T00:00:00.123456Z',
    stageTimestamp: '2026-01-01T00:00:00.123456Z',
    annotations: { 'authorization.k8s.io/decision': 'allow' },
  });
});

it.each([
  [
    'core.v1.pods.get',
    'core/v1/namespaces/a/pods/b',
    { resource: 'pods', namespace: 'a', name: 'b', apiVersion: 'v1' },
    '/api/v1/namespaces/a/pods/b',
  ],
  [
    'core.v1.pods.binding.create',
    'core/v1/namespaces/a/pods/b',
    { resource: 'pods', namespace: 'a', name: 'b', subresource: 'binding', apiVersion: 'v1' },
    '/api/v1/namespaces/a/pods/b/binding',
  ],
  [
    'core.v1.pods.exec.create',
    'core/v1/namespaces/a/pods/b/exec',
    { resource: 'pods', namespace: 'a', name: 'b', subresource: 'exec', apiVersion: 'v1' },
    '/api/v1/namespaces/a/pods/b/exec',
  ],
  [
    'core.v1.namespaces.delete',
    'core/v1/namespaces/a',
    { resource: 'namespaces', namespace: 'a', name: 'a', apiVersion: 'v1' },
    '/api/v1/namespaces/a',
  ],
  [
    'core.v1.namespaces.finalize.update',
    'core/v1/namespaces/a/finalize',
    { resource: 'namespaces', namespace: 'a', name: 'a', subresource: 'finalize', apiVersion: 'v1' },
    '/api/v1/namespaces/a/finalize',
  ],
  ['core.v1.nodes.list', 'core/v1/nodes', { resource: 'nodes', apiVersion: 'v1' }, '/api/v1/nodes'],
  [
    'authorization.rbac.v1.clusterroles.patch',
    'rbac.authorization.k8s.io/v1/clusterroles/x',
    { resource: 'clusterroles', name: 'x', apiGroup: 'rbac.authorization.k8s.io', apiVersion: 'v1' },
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/x',
  ],
  ['get', 'version', undefined, '/version'],
])('names what io.k8s.%s of %s asks for', async (method, resource, objectRef, uri) => {
  const { event } = await read(entry(`io.k8s.${method}`, resource));
  expect(event?.objectRef).toEqual(objectRef);
  expect(event?.requestURI).toBe(uri);
  expect(event?.verb).toBe(method.split('.').at(-1));
});

it.each([
  [{ status: { code: 7, message: 'no' } }, { code: 403, message: 'no' }],
  [{ status: { code: 5 } }, { code: 404 }],
  [{ status: {} }, { code: 200 }],
  [{ status: { code: 9 }, response: { kind: 'Status', code: 422 } }, { code: 422 }],
])('gives %j its HTTP status', async (payload, status) => {
  expect(
    (await read(entry('io.k8s.core.v1.pods.get', 'core/v1/namespaces/a/pods/b', payload))).event
      ?.responseStatus,
  ).toEqual(status);
});

it('leaves out entries of other services, with the reason', async () => {
  const other = entry('google.container.v1.ClusterManager.GetCluster', 'x', {
    serviceName: 'container.googleapis.com',
  });
  expect((await read(other)).skipped).toBe(
    'an entry of container.googleapis.com, in a Google Cloud Logging entry',
  );
});

it('is read from a row of BigQuery as from the entry itself', async () => {
  const body = { kind: 'Pod', metadata: { name: 'web' } };
  const own = entry('io.k8s.core.v1.pods.create', 'core/v1/namespaces/shop/pods/web', { request: body });
  const { protoPayload, timestamp: _, ...rest } = own;
  const { '@type': __, request: ___, ...payload } = protoPayload as Json;
  const row = {
    ...rest,
    timestamp: '2026-01-01 00:00:00.123456 UTC',
    protopayload_auditlog: { ...payload, requestJson: JSON.stringify(body), responseJson: null },
  };
  expect((await read(row)).event).toEqual((await read(own)).event);
});
