import { describe, expect, it } from 'vitest';
import { type AuditEvent, parseEvent } from '../../src/audit/event.js';
import { SharedTexts } from '../../src/audit/shared-texts.js';

const event = (name: string) => ({
  level: 'Metadata',
  auditID: `id-${name}`,
  stage: 'ResponseComplete',
  requestURI: `/api/v1/namespaces/shop/pods/${name}`,
  verb: 'get',
  user: { username: 'system:node:worker-1', uid: 'u', groups: ['system:nodes', 'system:authenticated'] },
  sourceIPs: ['10.0.0.7'],
  userAgent: 'kubelet/v1.34.4 (linux/amd64)',
  objectRef: { resource: 'pods', namespace: 'shop', name, apiVersion: 'v1' },
  requestReceivedTimestamp: '2026-01-02T12:00:00.000000Z',
  annotations: { 'authorization.k8s.io/decision': 'allow', 'a.b/c': 'x'.repeat(500) },
});

describe('texts that events share', () => {
  it('say what they said, whatever an event lacks', () => {
    const texts = new SharedTexts();
    const bare = {
      auditID: 'a',
      stage: 'Panic',
      verb: '',
      user: {},
      requestReceivedTimestamp: event('a').requestReceivedTimestamp,
    };
    for (const one of [event('web-0'), event('web-0'), event('web-1'), bare]) {
      const read = parseEvent(JSON.stringify(one), { file: 'audit.log', line: 1 });
      texts.share(read);
      expect(read).toEqual(one);
    }
  });

  it('stay right when more are met than are kept', () => {
    const texts = new SharedTexts();
    for (let i = 0; i < 10_000; i++) {
      const read = { ...event('web-0'), userAgent: `agent ${i}` };
      texts.share(read);
      expect(read.userAgent).toBe(`agent ${i}`);
    }
  });

  it('are of one user, while he says the same', () => {
    const texts = new SharedTexts();
    const of = (user: object) => {
      const text = JSON.stringify({ ...event('web-0'), user });
      const read = parseEvent(text, { file: 'audit.log', line: 1 });
      texts.share(read);
      expect(read.user).toEqual(user);
      expect(JSON.stringify(read.user)).toBe(JSON.stringify(user));
      return read.user;
    };
    const user = { username: 'dana', groups: ['dev'], extra: { id: ['1'] } };
    const first = of(user);
    expect(of({ ...user, extra: { id: ['1'] } })).toBe(first);
    const others = [
      { ...user, groups: ['dev', 'ops'] },
      { ...user, extra: { id: ['2'] } },
      { groups: ['dev'], username: 'dana', extra: { id: ['2'] } },
      { ...user, extra: { id: [['2']] } },
      { ...user, extra: null },
      { ...user, more: 1 },
      { username: 'dana' },
    ];
    for (const other of others) expect(of(other)).not.toBe(first);
  });

  it('are of one list and one record, while a user says the same, and in the same order', () => {
    const texts = new SharedTexts();
    const of = (more: object) => {
      const one = { ...event('web-0'), ...more };
      const read = parseEvent(JSON.stringify(one), { file: 'audit.log', line: 1 });
      texts.share(read);
      expect(JSON.stringify(read)).toBe(JSON.stringify(one));
      return read;
    };
    const said = { sourceIPs: ['10.0.0.7', '10.0.0.8'], annotations: { a: '1', b: '2' } };
    const first = of(said);
    expect(of(said).sourceIPs).toBe(first.sourceIPs);
    expect(of(said).annotations).toBe(first.annotations);
    for (const annotations of [
      { a: '1' },
      { b: '2', a: '1' },
      { a: '1', b: '3' },
      { a: '1', b: '2', c: '3' },
    ]) {
      expect(of({ annotations }).annotations).not.toBe(first.annotations);
      of(said);
    }
    expect(of({ user: { username: 'dana' }, ...said }).sourceIPs).not.toBe(first.sourceIPs);
  });

  it('are not kept where they are long or many', () => {
    const texts = new SharedTexts();
    const twice = (more: object, of: (read: AuditEvent) => unknown) => {
      const [a, b] = [1, 2].map((line) => {
        const text = JSON.stringify({ ...event('web-0'), ...more });
        const read = parseEvent(text, { file: 'audit.log', line });
        texts.share(read);
        return of(read);
      });
      return a === b;
    };
    const long = 'x'.repeat(5000);
    expect(twice({ annotations: { a: 'b' } }, ({ annotations }) => annotations)).toBe(true);
    expect(twice({ annotations: { a: long } }, ({ annotations }) => annotations)).toBe(false);
    expect(twice({ sourceIPs: Array(100).fill('1') }, ({ sourceIPs }) => sourceIPs)).toBe(false);
    expect(twice({ annotations: { [long]: 'b' } }, ({ annotations }) => annotations)).toBe(false);
    for (const user of [
      { username: long },
      { username: 'dana', uid: long },
      { username: 'dana', extra: { a: [long] } },
      { username: 'dana', extra: { [long]: ['a'] } },
      { username: 'dana', groups: Array.from({ length: 65 }, (_, i) => `g${i}`) },
    ])
      expect(twice({ user }, (read) => read.user)).toBe(false);
  });
});
