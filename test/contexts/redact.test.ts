import { describe, expect, it } from 'vitest';
import type { AuditEvent, JsonValue } from '../../src/audit/event.js';
import { redactEvent } from '../../src/contexts/redact.js';
import { request } from './log.js';

const JWT = [`eyJ${'h'.repeat(16)}`, `eyJ${'b'.repeat(16)}`, 's'.repeat(20)].join('.');
const KEY = ['BEGIN', 'END'].map((word) => `-----${word} RSA PRIVATE ${'KEY'}-----`).join('\nMIIE\n');
const bodies = (object: string, requestObject: JsonValue, responseObject: JsonValue): AuditEvent =>
  redactEvent({ ...request(0, 'ann', 'create', object), requestObject, responseObject });

describe('redaction', () => {
  it('takes the content of a Secret, not its keys', () => {
    const secret = {
      kind: 'Secret',
      metadata: { name: 'a' },
      data: { password: 'aHVudGVy' },
      stringData: { user: 'hunter' },
    };
    const { requestObject, responseObject } = bodies('secrets/shop/a', secret, {
      kind: 'SecretList',
      items: [secret],
    });
    expect(requestObject).toMatchObject({
      metadata: { name: 'a' },
      data: { password: 'REDACTED' },
      stringData: { user: 'REDACTED' },
    });
    expect(JSON.stringify(responseObject)).not.toMatch(/aHVudGVy|hunter/);
  });

  it('takes what a patch says of a Secret', () => {
    const merge = bodies('secrets/shop/a', { data: { password: 'aHVudGVy' } }, [
      { op: 'replace', path: '/data/password', value: 'aHVudGVy' },
    ]);
    expect(JSON.stringify(merge)).not.toContain('aHVudGVy');
    const annotated = {
      kind: 'Secret',
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":1}' } },
    };
    expect(JSON.stringify(bodies('secrets/shop/a', annotated, null))).not.toContain('{\\"data');
  });

  it('takes tokens and private keys wherever they are', () => {
    const event = bodies(
      'serviceaccounts.token/shop/a',
      { spec: { token: 'opaque' } },
      { status: { token: JWT } },
    );
    const other = bodies(
      'configmaps/shop/a',
      { data: { note: `say ${JWT}`, key: KEY } },
      { data: { x: Buffer.from(KEY).toString('base64') } },
    );
    expect(JSON.stringify([event, other])).not.toMatch(/opaque|eyJ|PRIVATE|LS0t/);
    expect(other.requestObject).toMatchObject({ data: { note: 'say REDACTED' } });
  });

  it('takes tokens of paths, and leaves the event itself', () => {
    const event = request(0, 'ann', 'get', 'pods.exec/shop/a', { uri: '/x?access_token=abc&tty=1' });
    expect(redactEvent(event).requestURI).toBe('/x?access_token=REDACTED&tty=1');
    expect(event.requestURI).toBe('/x?access_token=abc&tty=1');
    expect({ ...redactEvent(event), requestURI: '' }).toEqual({ ...event, requestURI: '' });
  });
});
