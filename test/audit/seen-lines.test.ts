import { expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { SeenLines } from '../../src/audit/seen-lines.js';
import { event } from '../fixtures/audit/lines.js';

const line = (fields: Record<string, unknown> = {}): AuditEvent =>
  event({ stageTimestamp: '2026-01-01T00:00:00.000002Z', ...fields }) as unknown as AuditEvent;

it('knows a line that comes again, and no other of the same request', () => {
  const seen = new SeenLines();
  expect(seen.has(line(), 100)).toBe(false);
  expect(seen.has(line(), 100)).toBe(true);
  // Its id is the client's choice.
  expect(seen.has(line(), 101)).toBe(false);
  expect(seen.has(line({ stageTimestamp: '2026-01-01T00:00:00.000003Z' }), 100)).toBe(false);
  expect(seen.has(line({ auditID: 'other' }), 100)).toBe(false);
  expect(seen.has(line(), 100)).toBe(true);
});

it('lets no request hide behind another of the same id, moment and length', () => {
  const seen = new SeenLines();
  expect(seen.has(line({ verb: 'get' }), 100)).toBe(false);
  for (const other of [
    { verb: 'put' },
    { requestURI: '/other' },
    { user: { username: 'eve' } },
    { impersonatedUser: { username: 'eve' } },
    { objectRef: { name: 'other' } },
    { responseStatus: { code: 403 } },
  ])
    expect(seen.has(line({ verb: 'get', ...other }), 100)).toBe(false);
});

it('tells nothing of requests that were only received, and takes their time for want of another', () => {
  const seen = new SeenLines();
  const received = line({ stage: 'RequestReceived' });
  expect([seen.has(received, 9), seen.has(received, 9)]).toEqual([false, false]);
  const bare = line({ stageTimestamp: undefined });
  expect([seen.has(bare, 9), seen.has(bare, 9)]).toEqual([false, true]);
});

it('forgets what came long ago, and remembers what came lately', () => {
  const seen = new SeenLines();
  const ids = Array.from({ length: 140_000 }, (_, i) => line({ auditID: `id-${i}` }));
  for (const one of ids) expect(seen.has(one, 9)).toBe(false);
  expect(seen.has(ids.at(-40_000)!, 9)).toBe(true);
  expect(seen.has(ids[0]!, 9)).toBe(false);
});
