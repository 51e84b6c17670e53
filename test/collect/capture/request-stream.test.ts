import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RequestStream } from '../../../src/collect/capture/request-stream.js';

function send(text: string, cuts: readonly number[] = []): { out: string; seen: string[] } {
  const seen: string[] = [];
  const stream = new RequestStream({
    headers: ({ method, uri }) => {
      seen.push(`${method} ${uri}`);
      return { 'Audit-ID': `id-${seen.length}`, Host: 'api' };
    },
  });
  const edges = [0, ...[...cuts].sort((a, b) => a - b), text.length];
  let out = '';
  for (let i = 1; i < edges.length; i++)
    out += stream.push(Buffer.from(text.slice(edges[i - 1]!, edges[i]!), 'latin1')).toString('latin1');
  return { out, seen };
}

const get = 'GET /api/v1/pods HTTP/1.1\r\nHost: localhost\r\naudit-id: mine\r\nAccept: */*\r\n\r\n';
const post = 'POST /api/v1/pods HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"a":"b"}';
const chunked =
  'POST /c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nGET \r\n0\r\nTrailer: 1\r\n\r\n';
const upgrade = 'GET /exec HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

it('sets an Audit-ID and a host on each request, in place of the client’s', () => {
  expect(send(get + get).out).toBe(
    [1, 2]
      .map((i) => `GET /api/v1/pods HTTP/1.1\r\nAudit-ID: id-${i}\r\nHost: api\r\nAccept: */*\r\n\r\n`)
      .join(''),
  );
});

it('leaves bodies alone, whatever they look like', () => {
  const { out, seen } = send(post + chunked + get);
  expect(seen).toEqual(['POST /api/v1/pods', 'POST /c', 'GET /api/v1/pods']);
  expect(out).toContain('{"a":"b"}');
  expect(out).toContain('4;x=y\r\nGET \r\n0\r\nTrailer: 1\r\n\r\n');
});

it('leaves a stream alone after an upgrade', () => {
  const { out, seen } = send(`${upgrade}GET /not-a-request HTTP/1.1\r\n\r\n`);
  expect(seen).toEqual(['GET /exec']);
  expect(out.endsWith('GET /not-a-request HTTP/1.1\r\n\r\n')).toBe(true);
});

it('gives the same bytes however the stream is cut', () => {
  const text = get + post + chunked + get + upgrade;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 40 }), (cuts) => {
      expect(send(text, cuts)).toEqual(send(text));
    }),
  );
});
