import { describe, expect, it } from 'vitest';
import { Rules } from '../../src/contexts/rules/rules.js';
import { account, contextsBy, KCM, linesBy, request } from './log.js';

const DEPLOY = [
  request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd1' }),
  request(0.01, account('deployment-controller'), 'create', 'replicasets/shop/web-5', {
    uid: 'r1',
    owners: ['d1'],
  }),
  request(0.02, account('replicaset-controller'), 'create', 'pods/shop/web-5-a', {
    uid: 'p1',
    owners: ['r1'],
  }),
  request(0.03, 'system:kube-scheduler', 'create', 'pods.binding/shop/web-5-a'),
  request(0.4, 'system:node:worker-1', 'patch', 'pods.status/shop/web-5-a', { uid: 'p1' }),
];

describe('rules', () => {
  it('follow what controllers make to the person, along owners', async () => {
    const [context, ...rest] = await contextsBy(DEPLOY);
    expect(rest).toEqual([]);
    expect(context).toMatchObject({
      context: 'c0',
      text: 'create deployment web in shop',
      actor: 'ann',
      outcome: 'done',
      lines: [0, 1, 2, 3, 4],
      causes: [null, 0, 1, 2, 3],
      decidedBy: 'rules',
      confidence: null,
    });
  });

  it('tell two people apart who do the same at once', async () => {
    const two = [
      request(0, 'ann', 'create', 'deployments/a/web', { uid: 'd1' }),
      request(0.001, 'bob', 'create', 'deployments/b/web', { uid: 'd2' }),
      request(0.01, account('deployment-controller'), 'create', 'replicasets/b/web-5', {
        uid: 'r2',
        owners: ['d2'],
      }),
      request(0.02, account('deployment-controller'), 'create', 'replicasets/a/web-5', {
        uid: 'r1',
        owners: ['d1'],
      }),
    ];
    expect(await linesBy(two)).toEqual([
      [0, 3],
      [1, 2],
    ]);
  });

  it('give a deleted namespace what empties it', async () => {
    const log = [
      request(0, 'ann', 'create', 'configmaps/shop/a', { uid: 'm' }),
      request(9, 'bob', 'delete', 'namespaces/shop/shop'),
      request(9.1, account('namespace-controller'), 'list', 'configmaps/shop/'),
      request(9.2, account('namespace-controller'), 'deletecollection', 'configmaps/shop/'),
    ];
    expect(await linesBy(log)).toEqual([[0], [1, 2, 3]]);
  });

  it('let reads prepare the change that follows', async () => {
    const log = [
      request(0, 'ann', 'get', 'deployments/shop/web'),
      request(0.1, 'ann', 'patch', 'deployments/shop/web', { uid: 'd1' }),
      request(5, 'ann', 'list', 'pods/shop/'),
    ];
    expect((await contextsBy(log)).map(({ text, lines }) => [text, lines])).toEqual([
      ['patch deployment web in shop', [0, 1]],
      ['list pods in shop', [2]],
    ]);
  });

  it('let what was absent wait for what makes it', async () => {
    const log = [
      request(0, 'ann', 'get', 'configmaps/shop/a', { code: 404 }),
      request(0.6, 'ann', 'create', 'configmaps/shop/a', { uid: 'm' }),
    ];
    expect(await linesBy(log)).toEqual([[0, 1]]);
  });

  it('let a client wait for what it deleted', async () => {
    const log = [
      request(0, 'ann', 'delete', 'pods/shop/a', { uid: 'p' }),
      request(2, 'ann', 'get', 'pods/shop/a'),
      request(4, 'ann', 'get', 'pods/shop/a', { code: 404 }),
      request(60, 'ann', 'get', 'pods/shop/a', { code: 404 }),
    ];
    expect(await linesBy(log)).toEqual([[0, 1, 2], [3]]);
  });

  it('count the impersonated person, not who carries the request', async () => {
    const carried = request(0, 'system:serviceaccount:cattle:rancher', 'create', 'configmaps/shop/a', {
      uid: 'm',
    });
    const [context] = await contextsBy([{ ...carried, impersonatedUser: { username: 'ann' } }]);
    expect(context).toMatchObject({ actor: 'ann', via: 'system:serviceaccount:cattle:rancher' });
  });

  it('join the two stages of one request, and not two requests that share an auditID', async () => {
    const log = [
      request(0, 'ann', 'get', 'pods.log/shop/a', { id: 'same', stage: 'ResponseStarted' }),
      request(0, 'eve', 'delete', 'secrets/shop/b', { id: 'same' }),
      request(0, 'ann', 'get', 'pods.log/shop/a', { id: 'same', ends: 50 }),
    ];
    expect((await contextsBy(log)).map(({ actor, lines }) => [actor, lines])).toEqual([
      ['ann', [0, 2]],
      ['eve', [1]],
    ]);
  });

  it('join them, however many requests began and ended between', async () => {
    const connection = (second: number, name: string, stage: string, ends?: number) =>
      request(second, 'ann', 'get', `pods.log/shop/${name}`, {
        ...{ id: name, stage, agent: name },
        ...(ends === undefined ? {} : { ends }),
      });
    const others = Array.from({ length: 60 }, (_, i) => [
      connection(i / 10, `p${i}`, 'ResponseStarted'),
      connection(i / 10, `p${i}`, 'ResponseComplete', i % 2 ? 0.05 : 0.5),
    ]);
    const log = [
      connection(0, 'first', 'ResponseStarted'),
      ...others.flat(),
      connection(0, 'first', 'ResponseComplete', 6),
    ];
    const found = (await contextsBy(log, { attributor: new Rules(20) })).find(({ lines }) => lines[0] === 0);
    expect(found!.lines).toEqual([0, log.length - 1]);
  });
});

describe('what nobody asked for', () => {
  it('is one incident while a controller manager is refused again and again [K8NTEXT, §3.3.1]', async () => {
    const lease = (second: number) =>
      request(second, '', 'get', 'leases/kube-system/kube-controller-manager', {
        code: 401,
        agent: 'kube-controller-manager/v1.35 (linux/amd64)',
      });
    const [incident, ...rest] = await contextsBy([lease(0), lease(2), lease(4), lease(6)]);
    expect(rest).toEqual([]);
    expect(incident).toMatchObject({ outcome: 'refused', lines: [0, 1, 2, 3], background: false });
    expect(incident!.incident).toBe(
      'kube-controller-manager is refused (401): get lease kube-controller-manager in kube-system',
    );
  });

  it('begins anew after five quiet minutes', async () => {
    const lease = (second: number) => request(second, KCM, 'update', 'leases/kube-system/x', { code: 500 });
    expect(await linesBy([lease(0), lease(200), lease(900)])).toEqual([[0, 1], [2]]);
  });

  it('is a lost node, with the pods that leave it', async () => {
    const log = [
      request(0, account('node-controller'), 'patch', 'nodes//worker-2', { uid: 'n' }),
      request(0.1, account('node-controller'), 'patch', 'nodes.status//worker-2', { uid: 'n' }),
      request(300, account('taint-eviction-controller'), 'delete', 'pods/shop/a', {
        uid: 'p',
        body: { spec: { nodeName: 'worker-2' } },
      }),
    ];
    const [incident, ...rest] = await contextsBy(log);
    expect(rest).toEqual([]);
    expect(incident).toMatchObject({ incident: 'node worker-2 is not ready', lines: [0, 1, 2] });
  });

  it('stays in sight when it is refused, though the like is background when it is not', async () => {
    const renew = (second: number, code: number) =>
      request(second, KCM, 'update', 'leases/kube-system/x', { code });
    expect(await linesBy([renew(0, 200), renew(1, 403)])).toEqual([[1]]);
  });
});
