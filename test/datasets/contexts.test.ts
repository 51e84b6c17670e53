import { describe, expect, it } from 'vitest';
import { type CapturedRequest, contextsOf } from '../../scripts/datasets/contexts.js';
import type { AuditEvent, JsonValue } from '../../src/audit/event.js';
import { event } from '../fixtures/audit/lines.js';

type Reference = { resource: string; namespace?: string; name?: string; subresource?: string };
const [pod, secret, namespace]: Record<'resource' | 'namespace', string>[] = [
  { resource: 'pods', namespace: 'shop' },
  { resource: 'secrets', namespace: 'shop' },
  { resource: 'configmaps', namespace: 'shop' },
];

let count = 0;
function request(
  how: string,
  verb: string,
  objectRef: Reference | undefined,
  {
    action = 'act',
    code = 200,
    request,
    response,
  }: { action?: string | null; code?: number; request?: JsonValue; response?: JsonValue } = {},
): CapturedRequest {
  const body = {
    ...(request === undefined ? {} : { requestObject: request }),
    ...(response === undefined ? {} : { responseObject: response }),
  };
  const auditID = `id-${count++}`;
  return {
    event: event({ auditID, verb, objectRef, responseStatus: { code }, ...body }) as unknown as AuditEvent,
    action,
    how,
    last: count,
  };
}
const direct = (verb: string, objectRef?: Reference, more = {}) => request('direct', verb, objectRef, more);
const caused = (verb: string, objectRef?: Reference, more = {}) => request('uid', verb, objectRef, more);
const object = (uid: string, name: string, owner?: string): JsonValue => ({
  metadata: {
    uid,
    name,
    namespace: 'shop',
    ...(owner === undefined ? {} : { ownerReferences: [{ kind: 'ReplicaSet', uid: owner }] }),
  },
});
/** For each request the position of its triggering event. */
const triggersOf = (requests: CapturedRequest[]): number[] => {
  const found = requests.map(({ event: { auditID } }) => contextsOf(requests, 'c').get(auditID)!);
  return found.map(({ context }) => found.findIndex((one) => one.context === context && one.trigger));
};

describe('contextsOf', () => {
  it('starts a context with the change, and gives it the reads before and after, and what it caused', () => {
    const requests = [
      direct('get', { ...pod!, name: 'a' }),
      direct('patch', { ...pod!, name: 'a' }),
      caused('create', { resource: 'events', namespace: 'shop', name: 'e' }),
      direct('watch', { ...pod!, name: 'a' }),
    ];
    expect(triggersOf(requests)).toEqual([1, 1, 1, 1]);
  });

  it('numbers contexts in order of their triggering events, background among them', () => {
    const requests = [
      direct('get', { ...pod!, name: 'a' }, { action: 'one' }),
      request('background', 'update', { resource: 'leases', name: 'l' }, { action: null }),
      direct('patch', { ...pod!, name: 'a' }, { action: 'one' }),
      direct('list', pod!, { action: 'two' }),
    ];
    expect([...contextsOf(requests, 'c').values()].map(({ context, trigger }) => [context, trigger])).toEqual(
      [
        ['c-000002', false],
        ['c-000001', true],
        ['c-000002', true],
        ['c-000003', true],
      ],
    );
  });

  it('starts one context for each change of a command', () => {
    const requests = [
      direct('list', secret!),
      direct('delete', { ...secret!, name: 'a' }),
      direct('delete', { ...secret!, name: 'b' }),
      direct('get', { ...secret!, name: 'a' }, { code: 404 }),
      direct('get', { ...secret!, name: 'b' }, { code: 404 }),
    ];
    expect(triggersOf(requests)).toEqual([1, 1, 2, 1, 2]);
  });

  it('lets a read wait for a delete, but prepare the change after a refused one', () => {
    const replace = (code: number): CapturedRequest[] => [
      direct('delete', { ...pod!, name: 'a' }, { code }),
      direct('get', { ...pod!, name: 'a' }),
      direct('get', { ...namespace!, name: 'shop' }),
      direct('create', { ...pod!, name: 'a' }),
    ];
    expect(triggersOf(replace(200))).toEqual([0, 0, 3, 3]);
    expect(triggersOf(replace(409))).toEqual([0, 3, 3, 3]);
  });

  it('follows uids when the same name is deleted and made again', () => {
    const requests = [
      direct('delete', { ...pod!, name: 'a' }, { response: object('old', 'a') }),
      caused('patch', { ...pod!, name: 'a', subresource: 'status' }, { response: object('old', 'a') }),
      direct('create', { ...pod!, name: 'a' }, { response: object('new', 'a') }),
      caused(
        'create',
        { ...pod!, name: 'a', subresource: 'binding' },
        { request: { metadata: { uid: 'new' } } },
      ),
      caused('delete', { ...pod!, name: 'a' }, { response: object('old', 'a') }),
      caused(
        'create',
        { resource: 'events', namespace: 'shop', name: 'e' },
        { request: { involvedObject: { uid: 'old' } } },
      ),
    ];
    expect(triggersOf(requests)).toEqual([0, 0, 2, 2, 0, 0]);
  });

  it('takes owners for what reacts to the loss of their pods', () => {
    const requests = [
      direct('list', pod!, { response: { items: [object('p1', 'a', 'r1'), object('p2', 'b', 'r2')] } }),
      direct('create', { ...pod!, name: 'a', subresource: 'eviction' }),
      direct('create', { ...pod!, name: 'b', subresource: 'eviction' }),
      caused('create', { ...pod!, name: 'c' }, { response: object('p3', 'c', 'r1') }),
      caused('create', { ...pod!, name: 'd' }, { response: object('p4', 'd', 'r2') }),
      caused(
        'update',
        { resource: 'replicasets', namespace: 'shop', name: 'r', subresource: 'status' },
        { response: object('r1', 'r') },
      ),
      caused('patch', { ...pod!, name: 'c', subresource: 'status' }, { response: object('p3', 'c', 'r1') }),
      direct('get', { ...pod!, name: 'a' }, { code: 404 }),
    ];
    expect(triggersOf(requests)).toEqual([1, 1, 2, 1, 2, 1, 1, 1]);
  });

  it('takes the last change before in the same namespace where no identity leads anywhere', () => {
    const requests = [
      direct('delete', { ...pod!, name: 'a' }),
      direct('delete', { resource: 'pods', namespace: 'kube-system', name: 'b' }),
      caused('list', { resource: 'limitranges', namespace: 'shop' }),
      caused('list', { resource: 'nodes' }),
    ];
    expect(triggersOf(requests)).toEqual([0, 1, 0, 1]);
  });

  it('makes one context of a command that only asks', () => {
    const reads = [
      direct('get'),
      direct('get', { ...pod!, name: 'a' }),
      direct('list', { resource: 'events' }),
    ];
    expect(triggersOf(reads)).toEqual([1, 1, 1]);
    const logs = [
      direct('get', { ...pod!, name: 'a' }),
      direct('get', { ...pod!, name: 'a', subresource: 'log' }),
    ];
    expect(triggersOf(logs)).toEqual([1, 1]);
    expect(triggersOf([direct('get'), direct('get')])).toEqual([0, 0]);
  });
});
