import { expect, it } from 'vitest';
import { Quiet } from '../../src/cluster/quiet.js';
import { event } from '../collect/events.js';

it.each([
  ['ops-a create pods shop/web', 250],
  ['system:serviceaccount:kube-system:replicaset-controller create pods shop/web', 900],
  ['system:node:worker-1 patch pods/status shop/web', 2200],
  ['system:kube-scheduler create pods/binding shop/web', 2200],
])('waits after %s for %i ms of silence', (what, wait) => {
  const quiet = new Quiet();
  quiet.begin(0);
  quiet.hear(event({ what }), 1000);
  expect(quiet.isQuiet(1000 + wait - 1)).toBe(false);
  expect(quiet.isQuiet(1000 + wait)).toBe(true);
});

it('takes background for silence', () => {
  const quiet = new Quiet();
  quiet.begin(0);
  quiet.hear(event({ what: 'system:node:worker-1 update leases kube-node-lease/worker-1' }), 1000);
  expect(quiet.isQuiet(1000)).toBe(true);
});
