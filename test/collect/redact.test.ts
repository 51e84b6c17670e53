import { expect, it } from 'vitest';
import { checkClean, redact } from '../../src/collect/redact.js';

const token = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(40)}.${'c'.repeat(60)}`;

it('takes out tokens, also those that a Secret holds in base64', () => {
  const encoded = Buffer.from(token).toString('base64');
  expect(redact(`{"token":"${token}","data":{"token":"${encoded}"}}`)).toBe(
    '{"token":"REDACTED-TOKEN","data":{"token":"REDACTED-TOKEN"}}',
  );
});

it('changes nothing else', () => {
  const text = '{"verb":"create","name":"eyJ-is-a-name"}';
  expect(redact(text)).toBe(text);
});

it.each([
  [['"-----BEGIN RSA ', 'PRIVATE KEY-----"'].join(''), ['-----BEGIN RSA ', 'PRIVATE KEY'].join('')],
  [['"/ho', 'me/ann/cluster/log"'].join(''), ['"/ho', 'me/ann/cluster/log"'].join('')],
])('refuses a line with %s', (text, found) => {
  expect(() => checkClean(text, 'audit.jsonl', 3)).toThrow(
    `collect: audit.jsonl:3: expected no secret and no machine path, got ${found}.`,
  );
});

it('lets paths inside of containers pass', () => {
  expect(() => checkClean('"/var/lib/kubelet/pods" "/etc/hostname" "nginx:1.27"', 'a', 1)).not.toThrow();
});
