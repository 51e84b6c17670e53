import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/audit/event.js';
import { askingOf } from '../../../src/model/pointer/asking.js';
import type { Asked } from '../../../src/model/pointer/rules/rule.js';
import { askRules, IDENTITY_RULES, RULE_IDS } from '../../../src/model/pointer/rules/rules.js';
import { ACCOUNT, follow, type Told, tell } from './events.js';

type Part = Partial<Told> & Pick<Told, 'verb'>;
const uid = (name: string, more: object = {}) => ({
  metadata: { uid: `uid-${name}`, name, ...more },
  spec: {},
});
const owned = (name: string, by: string) => uid(name, { ownerReferences: [{ kind: 'X', uid: `uid-${by}` }] });
const about = (kind: string, name: string, more: object = {}) => ({
  kind: 'Event',
  metadata: { uid: 'uid-event' },
  involvedObject: { kind, namespace: 'shop', name, uid: `uid-${name}` },
  ...more,
});
const web: Part = { user: 'ann', verb: 'create', on: 'apps/deployments', name: 'web', body: uid('web') };
const set: Part = {
  ...{ user: `${ACCOUNT}deployment-controller`, verb: 'create', on: 'apps/replicasets', name: 'web-7' },
  body: owned('web-7', 'web'),
};
const pod: Part = {
  ...{ user: `${ACCOUNT}replicaset-controller`, verb: 'create', on: 'pods', name: 'web-7-a' },
  body: owned('web-7-a', 'web-7'),
};

/** Lines before, the line that is asked about, and the line that caused it. */
const CASES: Record<string, { before: Part[]; line: Part; cause: number | null }> = {
  background: {
    before: [web],
    line: { user: 'system:node:n1', verb: 'patch', on: 'nodes/status', name: 'n1' },
    cause: null,
  },
  owned: { before: [web, set], line: pod, cause: 0 },
  object: {
    before: [web],
    line: { user: `${ACCOUNT}deployment-controller`, verb: 'update', on: 'apps/deployments', name: 'web' },
    cause: 0,
  },
  status: {
    before: [web],
    line: {
      user: `${ACCOUNT}deployment-controller`,
      verb: 'update',
      on: 'apps/deployments/status',
      name: 'web',
      body: uid('web'),
    },
    cause: 0,
  },
  event: {
    before: [web, set, pod],
    line: {
      user: 'system:kube-scheduler',
      verb: 'create',
      on: 'events',
      name: 'x',
      body: about('Pod', 'web-7-a', { reason: 'Scheduled' }),
    },
    cause: 0,
  },
  'event-named': {
    before: [web, set, { ...pod, user: 'bob' }],
    line: {
      ...{ user: `${ACCOUNT}replicaset-controller`, verb: 'create', on: 'events', name: 'x' },
      body: about('ReplicaSet', 'web-7', { reason: 'SuccessfulCreate', message: 'Created pod: web-7-a' }),
    },
    cause: 2,
  },
  garbage: {
    before: [web, set, { ...web, verb: 'delete', user: 'bob' }],
    line: {
      user: `${ACCOUNT}generic-garbage-collector`,
      verb: 'delete',
      on: 'apps/replicasets',
      name: 'web-7',
    },
    cause: 2,
  },
  token: {
    before: [web, set, pod],
    line: {
      ...{ user: 'system:node:n1', verb: 'create', on: 'serviceaccounts/token', name: 'default' },
      body: {
        kind: 'TokenRequest',
        metadata: {},
        spec: { boundObjectRef: { kind: 'Pod', name: 'web-7-a', uid: 'uid-web-7-a' } },
      },
    },
    cause: 0,
  },
  'namespace-end': {
    before: [{ user: 'ann', verb: 'delete', on: 'namespaces', in: 'shop', name: 'shop' }],
    line: { user: `${ACCOUNT}namespace-controller`, verb: 'deletecollection', on: 'pods' },
    cause: 0,
  },
  'namespace-start': {
    before: [{ user: 'ann', verb: 'create', on: 'namespaces', in: 'shop', name: 'shop' }],
    line: {
      user: `${ACCOUNT}root-ca-cert-publisher`,
      verb: 'create',
      on: 'configmaps',
      name: 'kube-root-ca.crt',
    },
    cause: 0,
  },
  'kubelet-review': {
    before: [{ user: 'ann', verb: 'create', on: 'pods/exec', name: 'web' }],
    line: { user: 'system:node:n1', verb: 'create', on: 'subjectaccessreviews' },
    cause: 0,
  },
  admission: {
    before: [{ ...web, took: 40 }],
    line: { user: 'system:apiserver', verb: 'list', on: 'limitranges' },
    cause: 0,
  },
  aggregate: {
    before: [{ user: 'ann', verb: 'create', on: 'clusterroles', name: 'seer', in: '' }],
    line: {
      user: `${ACCOUNT}clusterrole-aggregation-controller`,
      verb: 'patch',
      on: 'clusterroles',
      name: 'view',
      in: '',
    },
    cause: 0,
  },
};

const log = ({ before, line }: (typeof CASES)[string]): AuditEvent[] =>
  [...before, line].map((part, i) => tell({ at: 10 * i, user: 'ann', on: 'pods', in: 'shop', ...part }));
const found = (events: readonly AuditEvent[], off: readonly string[] = []) =>
  follow(events, { ask: (asked) => askRules(asked, new Set(off)), take: () => true }).at(-1)!;

describe.each(Object.entries(CASES))('the rule %s', (id, known) => {
  it('names the cause, and says why', () => {
    const events = log(known);
    const { cause, reason } = found(events);
    expect(cause ? events.findIndex(({ auditID }) => auditID === cause.auditID) : null).toBe(known.cause);
    const why =
      IDENTITY_RULES.find((rule) => rule.id === id)?.why ??
      'A kubelet reads its node and reports its state by the clock.';
    expect(reason).toBe(why);
  });

  it('can be switched off', () => {
    const why =
      IDENTITY_RULES.find((rule) => rule.id === id)?.why ??
      'A kubelet reads its node and reports its state by the clock.';
    expect(found(log(known), [id]).reason).not.toBe(why);
  });
});

describe('the rules', () => {
  it('have names of their own', () => {
    expect(new Set(RULE_IDS).size).toBe(RULE_IDS.length);
  });

  it('are believed of lines of the control plane with bodies; what programs do of their own is not theirs to tell', () => {
    const request = { level: 2, kind: 'system' };
    const asked = { request, registry: { whole: true } } as unknown as Asked;
    const taken = (rules: 'take' | 'weigh', id: string) =>
      askingOf({ rules, rulesOff: [] }).take({ id, cause: null }, asked);
    expect(RULE_IDS.filter((id) => taken('take', id))).toEqual(RULE_IDS);
    expect(RULE_IDS.filter((id) => taken('weigh', id))).toEqual(['background']);
    Object.assign(request, { kind: 'robot' });
    expect(taken('take', 'object')).toBe(false);
  });
});
