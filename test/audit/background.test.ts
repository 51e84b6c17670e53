import { expect, it } from 'vitest';
import { backgroundRule } from '../../src/audit/background.js';
import { ACCOUNT, event } from '../collect/events.js';

const rule = (what: string, group?: string): string | null =>
  backgroundRule(event(group === undefined ? { what } : { what, group }))?.id ?? null;

it.each([
  ['system:node:worker-1 get - ', 'no-object'],
  ['system:node:worker-1 update leases kube-node-lease/worker-1', 'lease'],
  ['system:node:worker-1 patch nodes/status worker-1', 'node-report'],
  ['system:node:worker-1 watch pods ', 'kubelet-informer'],
  [`${ACCOUNT}replicaset-controller watch pods `, 'informer-watch'],
  ['system:apiserver list services ', 'apiserver-upkeep'],
  ['system:kube-controller-manager create serviceaccounts/token kube-system/x', 'controller-token'],
  [`${ACCOUNT}replicaset-controller list pods `, 'informer-list'],
])('knows %s as %s', (what, id) => {
  expect(rule(what)).toBe(id);
});

it.each([
  'ops-a watch pods shop/',
  `${ACCOUNT}namespace-controller deletecollection leases shop/`,
  `${ACCOUNT}namespace-controller list pods shop/`,
  'system:node:worker-1 watch configmaps shop/kube-root-ca.crt',
  'system:apiserver create ipaddresses 10.96.0.7',
  'system:apiserver list poddisruptionbudgets shop/',
])('takes %s for no background', (what) => {
  expect(rule(what)).toBeNull();
});

it('takes the request that a service account carries for a person for no background', () => {
  const carried = event({ what: `${ACCOUNT}replicaset-controller list pods ` });
  expect(backgroundRule(carried)?.id).toBe('informer-list');
  expect(backgroundRule({ ...carried, impersonatedUser: { username: 'dana' } })).toBeNull();
});

it('takes informers of a custom resource for somebody’s', () => {
  expect(rule(`${ACCOUNT}generic-garbage-collector list gizmos `, 'example.com')).toBeNull();
});
