import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { type AuditEvent, receivedMicros } from '../../../src/audit/event.js';
import { goJson } from '../../../src/audit/go-json.js';
import { loadResourceTable } from '../../../src/audit/labels.js';
import { type LogLine, readAuditLog } from '../../../src/audit/read.js';
import { contextsOfLog } from '../../../src/contexts/of-log.js';
import { Rules } from '../../../src/contexts/rules/rules.js';
import type { Keep } from '../../../src/contexts/store/keep.js';
import { Links } from '../../../src/contexts/store/links.js';
import { Store } from '../../../src/contexts/store/store.js';
import { Tail } from '../../../src/contexts/store/tail.js';
import { writeStore } from '../../../src/contexts/store/write-store.js';
import { ContextStream } from '../../../src/contexts/stream.js';
import { account, request } from '../log.js';

const root = mkdtempSync(join(tmpdir(), 'tail-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const HOUR = 3600e6;

const linesOf = (events: readonly AuditEvent[]): AsyncGenerator<LogLine> =>
  readAuditLog(Readable.from(events.map((event) => Buffer.from(`${goJson(event)}\n`))));

async function put(name: string, events: readonly AuditEvent[], keep: Keep = 'raw'): Promise<Store> {
  const links = new Links();
  const stream = new ContextStream({ attributor: new Rules(), table: await loadResourceTable() });
  for await (const context of contextsOfLog(linesOf(events), stream)) links.add(context);
  await writeStore(join(root, name), linesOf(events), links, { keep, level: 1, partLines: 3 });
  return await Store.open(join(root, name));
}

/** Seconds at which the lines were received that are taken. */
async function secondsOf(store: Store, at: number): Promise<number[]> {
  const zero = receivedMicros(request(0, 'ann', 'get', 'pods/shop/a'));
  const tail = await Tail.of(store, { first: zero + at * 1e6, idle: HOUR });
  expect(tail?.lines.map(({ line }) => line)).toEqual(tail?.lines.map((_, i) => i));
  return (tail?.lines ?? []).map(({ event }) => (receivedMicros(event!) - zero) / 1e6);
}

const EVENTS = [
  request(0, 'ann', 'get', 'pods/shop/old'),
  request(100, 'ann', 'create', 'deployments/shop/web', { uid: 'd' }),
  request(3000, account('deployment-controller'), 'create', 'replicasets/shop/web-1', {
    uid: 'r',
    owners: ['d'],
  }),
  request(3500, 'system:kube-scheduler', 'update', 'leases/kube-system/kube-scheduler'),
  request(5000, 'bob', 'get', 'pods/shop/a'),
];

describe('what a store holds from before a log', () => {
  it('is an hour, and more where a context that began before may go on', async () => {
    const store = await put('raw', EVENTS);
    expect(await secondsOf(store, 5001)).toEqual([100, 3000, 3500, 5000]);
    expect(await secondsOf(store, 6599)).toEqual([100, 3000, 3500, 5000]);
    expect(await secondsOf(store, 6601)).toEqual([3500, 5000]);
    expect(await secondsOf(store, 5000)).toEqual([100, 3000, 3500]);
    expect(await secondsOf(store, 8601)).toEqual([]);
    expect(await secondsOf(store, 0)).toEqual([]);
    await store.close();
    const foreground = await put('foreground', EVENTS, 'foreground');
    expect(await secondsOf(foreground, 5001)).toEqual([100, 3000, 5000]);
    await foreground.close();
  });

  it('knows its own lines in a log that overlaps with it, with and without secrets', async () => {
    const token = [`eyJ${'h'.repeat(16)}`, `eyJ${'b'.repeat(16)}`, 's'.repeat(20)].join('.');
    const secret = request(4000, 'ann', 'create', 'configmaps/shop/c', { body: { data: { note: token } } });
    const store = await put('overlap', [...EVENTS.slice(0, 4), secret, EVENTS[4]!]);
    const tail = await Tail.of(store, { first: receivedMicros(EVENTS[4]!), idle: HOUR });
    await store.close();
    const held: boolean[] = [];
    const other = request(4000, 'ann', 'get', 'configmaps/shop/c');
    for await (const line of linesOf([EVENTS[0]!, secret, other, EVENTS[4]!])) held.push(tail!.holds(line));
    expect(held).toEqual([false, true, false, false]);
  });
});
