import { describe, expect, it } from 'vitest';
import type { AuditEvent, JsonValue } from '../../src/audit/event.js';
import { goJson } from '../../src/audit/go-json.js';
import { redactEvent, redactLine } from '../../src/contexts/redact.js';
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

  it('takes the content of bodies that an exporter wrote as JSON text, and of what is left of one', () => {
    const secret = { kind: 'Secret', metadata: { name: 'a' }, data: { password: 'aHVudGVy' } };
    const { requestObject, responseObject } = bodies(
      'secrets/shop/a',
      JSON.stringify(secret),
      'skipped-too-big',
    );
    expect(JSON.parse(String(requestObject))).toMatchObject({
      metadata: { name: 'a' },
      data: { password: 'REDACTED' },
    });
    expect(responseObject).toBe('skipped-too-big');
    expect(bodies('secrets/shop/a', '{"kind":"Secret","data":{"password":"aHVud', null).requestObject).toBe(
      'REDACTED',
    );
    const list = JSON.stringify({ kind: 'List', items: [secret] });
    const event = { ...request(0, 'ann', 'create', 'things/shop/a'), responseObject: list };
    expect(redactLine(goJson(event), event)).not.toContain('aHVudGVy');
    const plain = { ...event, responseObject: JSON.stringify({ kind: 'ConfigMap', data: { a: 'b' } }) };
    expect(redactLine(goJson(plain), plain)).toBe(goJson(plain));
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

  it('takes from a text what it takes from the event, also where letters are written as numbers', () => {
    const shown = (text: string): string => redactLine(text, JSON.parse(text) as AuditEvent);
    const line = (part: object): string =>
      JSON.stringify({ ...request(0, 'ann', 'update', 'foos/shop/a'), ...part });
    const plain = line({ requestObject: { kind: 'SecretStore', spec: { secretRef: 'x', note: '<&>' } } });
    expect(shown(plain)).toBe(plain);
    const secret = line({ requestObject: { kind: 'Secret', data: { a: 'aHVudGVy' } } });
    expect(shown(secret)).toContain('"data":{"a":"REDACTED"}');
    expect(shown(secret.replace('"Secret"', '"\\u0053ecret"'))).toContain('"data":{"a":"REDACTED"}');
    const uri = line({ requestURI: '/x?tty=1&ACCESS_TOKEN=abc' });
    expect(shown(uri)).toContain('ACCESS_TOKEN=REDACTED');
    expect(shown(uri.replace('&', '\\u0026'))).toContain('ACCESS_TOKEN=REDACTED');
  });
});
