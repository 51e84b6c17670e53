import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { actionKind, actionText } from '../../src/contexts/action-text.js';
import { actorOf, endMicros, microsText, outcomeOf, triggerOf } from '../../src/contexts/context.js';

const event = (
  verb: string,
  objectRef: AuditEvent['objectRef'],
  more: Partial<AuditEvent> = {},
): AuditEvent => ({
  auditID: 'a',
  stage: 'ResponseComplete',
  verb,
  user: { username: 'dev-a' },
  requestReceivedTimestamp: '2026-01-01T00:00:00.000001Z',
  ...(objectRef ? { objectRef } : {}),
  ...more,
});

describe('an action in words', () => {
  it.each([
    ['create', { resource: 'deployments', namespace: 'shop', name: 'web' }, 'create deployment web in shop'],
    ['create', { resource: 'namespaces', namespace: 'shop', name: 'shop' }, 'create namespace shop'],
    ['list', { resource: 'pods' }, 'list pods'],
    ['list', { resource: 'pods', namespace: 'shop' }, 'list pods in shop'],
    ['deletecollection', { resource: 'pods', namespace: 'shop' }, 'delete all pods in shop'],
    [
      'patch',
      { resource: 'deployments', subresource: 'scale', namespace: 'shop', name: 'web' },
      'scale deployment web in shop',
    ],
    [
      'get',
      { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web-0' },
      'exec into pod web-0 in shop',
    ],
    [
      'create',
      { resource: 'pods', subresource: 'eviction', namespace: 'shop', name: 'web-0' },
      'evict pod web-0 in shop',
    ],
    [
      'update',
      { resource: 'pods', subresource: 'status', namespace: 'shop', name: 'web-0' },
      'update status of pod web-0 in shop',
    ],
  ])('%s %o', (verb, objectRef, text) => {
    expect(actionText(event(verb, objectRef))).toBe(text);
  });

  it('takes the name that the server gave', () => {
    const made = { metadata: { name: 'web-x7' } };
    expect(
      actionText(event('create', { resource: 'pods', namespace: 'shop' }, { responseObject: made })),
    ).toBe('create pod web-x7 in shop');
  });

  it('tells a path of what is no resource', () => {
    expect(actionText(event('get', undefined, { requestURI: '/healthz?verbose' }))).toBe('get /healthz');
  });

  it('looks up no word of a log in what every object has', () => {
    const hostile = { resource: 'pods', name: 'web', subresource: 'constructor' };
    expect(actionText(event('name', hostile))).toBe('name constructor of pod web');
    expect(actionText(event('toString', { ...hostile, subresource: 'scale' }))).toBe('read scale of pod web');
  });

  it('is one kind for alike objects', () => {
    const of = (name: string) => actionKind(event('delete', { resource: 'pods', namespace: name, name }));
    expect(of('a')).toBe('delete pod');
    expect(of('b')).toBe(of('a'));
  });
});

describe('a context', () => {
  it('is the impersonated user’s', () => {
    expect(actorOf({ user: { username: 'rancher' }, impersonatedUser: { username: 'ann' } })).toBe('ann');
  });

  it('ends as its request did', () => {
    const of = (code?: number, stage = 'ResponseComplete') =>
      outcomeOf({ stage, ...(code ? { responseStatus: { code } } : {}) });
    expect([of(201), of(401), of(403), of(404), of(500), of(), of(200, 'Panic')]).toEqual([
      'done',
      'refused',
      'refused',
      'failed',
      'failed',
      'unknown',
      'failed',
    ]);
  });

  it('keeps no bodies and no credentials of its triggering event', () => {
    const extra = { 'authentication.kubernetes.io/credential-id': ['x'] };
    const trigger = triggerOf(
      event(
        'create',
        { resource: 'secrets' },
        { requestObject: { data: 'x' }, user: { username: 'a', extra } },
      ),
      3,
    );
    expect(trigger).toMatchObject({ line: 3, verb: 'create', user: { username: 'a' } });
    expect(JSON.stringify(trigger)).not.toMatch(/credential|requestObject/);
  });

  it('never ends before it begins', () => {
    expect(endMicros({ stageTimestamp: '1970-01-01T00:00:00Z' }, 5)).toBe(5);
    expect(endMicros({ stageTimestamp: '1970-01-01T00:00:01.000002Z' }, 5)).toBe(1_000_002);
    expect(microsText(1_000_002)).toBe('1970-01-01T00:00:01.000002Z');
  });
});
