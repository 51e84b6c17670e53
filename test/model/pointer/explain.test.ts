import { describe, expect, it } from 'vitest';
import { askingOf } from '../../../src/model/pointer/asking.js';
import { explain } from '../../../src/model/pointer/explain.js';
import { ACCOUNT, follow, tell } from './events.js';

const user = (name: string) => `${ACCOUNT}${name}`;
const body = (kind: string, name: string, owner?: string) => ({
  kind,
  metadata: {
    ...{ uid: `u-${name}`, name, namespace: 'shop' },
    ...(owner ? { ownerReferences: [{ kind: 'X', name: owner, uid: `u-${owner}`, controller: true }] } : {}),
  },
  spec: { at: name },
});
/** A Deployment, its ReplicaSet 10 ms later, a pod of that 40 ms after it, and what the kubelet says of the pod. */
const rollout = (bodies: boolean) => {
  const with_ = (kind: string, name: string, owner?: string) =>
    bodies ? { body: body(kind, name, owner) } : {};
  return [
    tell({
      at: 0,
      user: 'ann',
      verb: 'create',
      on: 'apps/deployments',
      in: 'shop',
      name: 'web',
      ...with_('Deployment', 'web'),
    }),
    tell({
      at: 10,
      user: user('deployment-controller'),
      verb: 'create',
      on: 'apps/replicasets',
      in: 'shop',
      name: 'web-7d9',
      ...with_('ReplicaSet', 'web-7d9', 'web'),
    }),
    tell({
      at: 50,
      user: user('replicaset-controller'),
      verb: 'create',
      on: 'pods',
      in: 'shop',
      name: 'web-7d9-x2',
      ...with_('Pod', 'web-7d9-x2', 'web-7d9'),
    }),
    tell({
      at: 1100,
      user: 'system:node:n1',
      verb: 'create',
      on: 'events',
      in: 'shop',
      name: 'web-7d9-x2.18ab',
    }),
  ];
};
const reasons = (log: Parameters<typeof follow>[0], options = {}) =>
  follow(log, { explain, ...options }).map(({ reason }) => reason);

describe('why a line is whose it is', () => {
  it('is the owner that its body names, and the rule that decided', () => {
    const told = reasons(rollout(true), askingOf({ rules: 'take', rulesOff: [] }));
    expect(told.slice(0, 3)).toEqual([
      'its own action',
      'its owner is deployment web, made by its create 10 ms before; rule owned',
      'its owner is replicaset web-7d9, made by create of deployment web 40 ms before; rule owned',
    ]);
  });

  it('is what its name tells, where bodies are not logged', () => {
    const told = reasons(rollout(false));
    expect(told[2]).toMatch(
      /^its name begins as that of replicaset web-7d9, made by create of deployment web 40 ms before/,
    );
    expect(told[3]).toBe('it tells of pod web-7d9-x2, made by create of deployment web 1.1 s before');
  });

  it('is nobody’s action where none is found', () => {
    const lonely = tell({ at: 0, user: user('node-controller'), verb: 'patch', on: 'nodes', name: 'n9' });
    expect(reasons([lonely])).toEqual(['nothing that anybody did explains it']);
  });

  it('is not said where it is not asked for', () => {
    expect(reasons(rollout(true), { explain: undefined })[2]).toBe('nearest');
  });
});
