import { verify, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { certificateRequest } from '../../../src/collect/capture/certificate-request.js';

it('makes a PEM request that names user and group, and a new key each time', () => {
  const first = certificateRequest('dev-a', 'developers');
  const second = certificateRequest('dev-a', 'developers');
  expect(first.key).not.toBe(second.key);
  expect(first.request).toMatch(
    /^-----BEGIN CERTIFICATE REQUEST-----\n[\s\S]+\n-----END CERTIFICATE REQUEST-----\n$/,
  );
  const der = Buffer.from(first.request.replace(/-----[^-]+-----|\n/g, ''), 'base64');
  expect(der.includes('dev-a')).toBe(true);
  expect(der.includes('developers')).toBe(true);
  expect(() => new X509Certificate(der)).toThrow();
});

it('signs what it asks for', () => {
  const { request, key } = certificateRequest('dev-a', 'developers');
  const der = Buffer.from(request.replace(/-----[^-]+-----|\n/g, ''), 'base64');
  // SEQUENCE { info, algorithm, BIT STRING signature }: both outer lengths take two or three bytes.
  const [outer, start] = element(der, 0);
  const [info] = element(der, start);
  const [algorithm] = element(der, info);
  const signature = der.subarray(algorithm + 3 + (der[algorithm + 1]! > 127 ? 1 : 0));
  expect(outer).toBe(der.length);
  expect(verify('sha256', der.subarray(start, info), key, signature)).toBe(true);
});

/** @returns Where an element ends, and where its content begins. */
function element(der: Buffer, at: number): [end: number, content: number] {
  const first = der[at + 1]!;
  const size = first < 128 ? 0 : first & 127;
  let length = first;
  if (size > 0) length = der.readUIntBE(at + 2, size);
  const content = at + 2 + size;
  return [content + length, content];
}
