import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LineFacts, nearestActionBaseline } from '../../src/runs/nearest-change.js';

const line = (facts: Partial<LineFacts>): LineFacts => ({
  capture: 'a',
  user: 'system:kube-controller-manager',
  verb: 'create',
  resource: 'pods',
  namespace: 'shop',
  name: null,
  ownerKind: null,
  ownerName: null,
  involvedKind: null,
  involvedName: null,
  ...facts,
});
const person = (facts: Partial<LineFacts>): LineFacts => line({ user: 'dev-a', ...facts });

/** What is said of the lines when line i's own action is i. */
const said = (...lines: LineFacts[]): number[] => [
  ...nearestActionBaseline(
    lines,
    lines.map((_, i) => i),
  ),
];

const deployment = person({ resource: 'deployments', name: 'web' });
const replicaSet = line({
  resource: 'replicasets',
  name: 'web-5',
  ownerKind: 'Deployment',
  ownerName: 'web',
});
const pod = line({ name: 'web-5-x', ownerKind: 'ReplicaSet', ownerName: 'web-5' });

describe('nearestActionBaseline', () => {
  it('says of a person’s line its own action', () => {
    expect(said(deployment, person({ verb: 'get', name: 'web-5-x' }))).toEqual([0, 1]);
  });

  it('says the last change that a person made to the same object', () => {
    const touched = line({ resource: 'deployments', name: 'web', verb: 'update' });
    const scaled = person({ resource: 'deployments', name: 'web', verb: 'patch' });
    const other = person({ resource: 'deployments', name: 'api' });
    expect(said(deployment, touched, scaled, other, touched)).toEqual([0, 0, 2, 3, 2]);
  });

  it('follows owners, and owners of owners, from this line and those before', () => {
    const other = person({ resource: 'deployments', name: 'api' });
    const status = line({ name: 'web-5-x', verb: 'patch' });
    expect(said(deployment, other, replicaSet, pod, status)).toEqual([0, 1, 0, 0, 0]);
    const policy = person({ resource: 'networkpolicies', name: 'p' });
    const ingress = person({ resource: 'ingresses', name: 'i' });
    const owned = (kind: string, name: string) => line({ ownerKind: kind, ownerName: name });
    expect(said(policy, ingress, { ...owned('NetworkPolicy', 'p'), name: 'x' })).toEqual([0, 1, 0]);
    expect(said(ingress, policy, { ...owned('Ingress', 'i'), name: 'x' })).toEqual([0, 1, 0]);
  });

  it('knows what an Event is about', () => {
    const other = person({ resource: 'deployments', name: 'api' });
    const event = line({
      resource: 'events',
      name: 'web-5-x.1',
      involvedKind: 'Pod',
      involvedName: 'web-5-x',
    });
    expect(said(deployment, replicaSet, pod, other, event)).toEqual([0, 0, 0, 3, 0]);
  });

  it('else says the last change in the namespace, which a namespace is in itself', () => {
    const account = line({ resource: 'serviceaccounts', name: 'default' });
    const space = person({ resource: 'namespaces', namespace: null, name: 'shop' });
    expect(said(space, account, deployment, account)).toEqual([0, 0, 2, 2]);
    expect(said(space, line({ namespace: 'bank', name: 'x' }))).toEqual([0, 1]);
  });

  it('else says the line’s own action', () => {
    const node = line({ resource: 'nodes', namespace: null, name: 'worker', verb: 'patch' });
    expect(said(deployment, node)).toEqual([0, 1]);
  });

  it('passes over what a person only read', () => {
    const read = person({ resource: 'deployments', name: 'web', verb: 'get' });
    expect(said(deployment, read, line({ resource: 'deployments', name: 'web' }))).toEqual([0, 1, 0]);
  });

  it('leaves leases alone, which are renewed by the clock', () => {
    expect(said(deployment, line({ resource: 'leases', name: 'web', verb: 'update' }))).toEqual([0, 1]);
  });

  it('does not look into another capture', () => {
    expect(said(deployment, { ...pod, capture: 'b' })).toEqual([0, 1]);
  });

  it('survives objects that own one another', () => {
    const a = line({ resource: 'pods', name: 'a', ownerKind: 'Pod', ownerName: 'b' });
    const b = line({ resource: 'pods', name: 'b', ownerKind: 'Pod', ownerName: 'a' });
    expect(said(a, b, a)).toEqual([0, 1, 2]);
  });

  it('says nothing that later lines decide, and only what some line so far says of itself', () => {
    const name = fc.constantFrom('web', 'api', null);
    const facts = fc.record({
      user: fc.constantFrom('dev-a', 'system:apiserver', null),
      verb: fc.constantFrom('create', 'delete', 'get', null),
      resource: fc.constantFrom('deployments', 'pods', 'events', null),
      namespace: fc.constantFrom('shop', null),
      name,
      ownerKind: fc.constantFrom('Deployment', null),
      ownerName: name,
      involvedKind: fc.constantFrom('Pod', null),
      involvedName: name,
    });
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 12 }), fc.nat(12), (all, cut) => {
        const lines = all.map((own) => line(own));
        const whole = said(...lines);
        expect(said(...lines.slice(0, cut))).toEqual(whole.slice(0, cut));
        whole.forEach((code, i) => {
          expect(code).toBeLessThanOrEqual(i);
        });
      }),
    );
  });
});
