import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { sendRequests } from '../../../src/collect/capture/send-requests.js';

const seen: string[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    seen.push(`${request.method} ${request.url} ${request.headers['content-type'] ?? '-'} ${body}`);
    response.statusCode = request.url === '/refused' ? 403 : 200;
    response.end('{}');
  });
});
afterAll(() => server.close());

it('sends one after another as a client library does, and says when one was refused', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pod = { method: 'POST', path: '/pods', body: { a: 1 } } as const;
  const scale = { method: 'PATCH', path: '/pods/x', body: { b: 2 } } as const;
  expect(await sendRequests([pod, scale, { method: 'GET', path: '/pods' }], { url, pause: 0 })).toEqual({
    exit: 0,
  });
  expect(await sendRequests([{ method: 'DELETE', path: '/refused' }], { url, pause: 0 })).toEqual({
    exit: 1,
  });
  expect(seen).toEqual([
    'POST /pods application/json {"a":1}',
    'PATCH /pods/x application/strategic-merge-patch+json {"b":2}',
    'GET /pods - ',
    'DELETE /refused - ',
  ]);
});
