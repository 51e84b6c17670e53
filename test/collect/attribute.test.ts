import { expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { attribute } from '../../src/collect/attribution/attribute.js';
import { event, object } from './events.js';

const create = event({ what: 'ops-a create pods shop/web', body: object('p1'), at: 0 });
const label = event({ what: 'ops-a patch pods shop/other', body: object('p2'), at: 1000 });
const late = event({ what: 'system:node:worker-1 patch pods/status shop/web', body: object('p1'), at: 1100 });
const sentBy = new Map([
  [create.auditID, 'c1'],
  [label.auditID, 'c2'],
]);

it('disputes a line on which identity and time differ', () => {
  const commands = [
    { id: 'c1', firstLine: 0 },
    { id: 'c2', firstLine: 1 },
  ];
  const rows = attribute([create, label, late], { capture: 'a1', commands, sentBy });
  expect(rows[2]).toEqual({
    context: 'a1-000001',
    trigger: 0,
    background: false,
    how: 'status',
    disputed: true,
    command: 'c1',
    byTime: 'c2',
  });
});

it('has no opinion by time where people work at once', () => {
  const commands = [
    { id: 'c1', firstLine: null },
    { id: 'c2', firstLine: null },
  ];
  const rows = attribute([create, label, late], { capture: 'a1', commands, sentBy });
  expect(rows[2]).toMatchObject({ context: 'a1-000001', disputed: false });
  expect(rows[2]).not.toHaveProperty('byTime');
});

it('goes by time where identity says nothing', () => {
  const odd = event({ what: 'sa:odd-controller get things shop/unknown', at: 1200 });
  const commands = [
    { id: 'c1', firstLine: 0 },
    { id: 'c2', firstLine: 1 },
  ];
  const rows = attribute([create, label, odd], { capture: 'a1', commands, sentBy });
  expect(rows[2]).toMatchObject({ how: 'time', command: 'c2', context: 'a1-000002' });
});

it('puts all stages of a request into one context, the completed one being the trigger', () => {
  const received = { ...create, stage: 'RequestReceived' };
  const rows = attribute([received, create], { capture: 'a1', commands: [], sentBy });
  expect(rows.map(({ context, trigger }) => [context, trigger])).toEqual([
    ['a1-000001', 1],
    ['a1-000001', 1],
  ]);
});

it('disputes a line that identity gives to one of several alike', () => {
  const scaler = (name: string, at: number) =>
    event({
      what: `ops-a create horizontalpodautoscalers shop/${name}`,
      body: object(name, { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } } }),
      at,
    });
  const poll = event({ what: 'sa:horizontal-pod-autoscaler get deployments/scale shop/web', at: 20 });
  const told = (events: readonly AuditEvent[]) =>
    attribute([...events, poll], {
      capture: 'b1',
      commands: [],
      sentBy: new Map(events.map(({ auditID }) => [auditID, auditID])),
    }).at(-1);
  expect(told([scaler('one', 0)])).toMatchObject({ how: 'autoscaler', disputed: false });
  expect(told([scaler('one', 0), scaler('two', 10)])).toMatchObject({ trigger: 1, disputed: true });
});
