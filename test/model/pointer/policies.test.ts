import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../src/model/pointer/parts.js';
import { drawPolicy } from '../../../src/model/pointer/policies.js';
import type { Request } from '../../../src/model/pointer/request.js';

const request = (over: Partial<Request>): Request =>
  ({
    ...{ kind: 'system', role: 'deployment-controller', verb: 'update', auditID: 'one' },
    ...{ resource: 'deployments', subresource: '', micros: 1000, until: 2000 },
    ...over,
  }) as Request;
const ids = Array.from({ length: 200 }, (_, k) => `a1/${k}`);

describe('a drawn audit policy', () => {
  it('gives one kind of request one level, the same for the same seed', () => {
    const policy = drawPolicy(7, 'a1/0');
    const level = policy(request({}));
    expect(policy(request({ role: 'replicaset-controller', auditID: 'two' }))).toBe(level);
    expect(drawPolicy(7, 'a1/0')(request({}))).toBe(level);
    expect(new Set(ids.map((id) => drawPolicy(7, id)(request({}))))).toEqual(
      new Set(['metadata', 'request', 'requestResponse']),
    );
  });

  it('keeps reads at the level of changes or below, and secrets short mostly', () => {
    const levels = ['metadata', 'request', 'requestResponse'];
    for (const id of ids) {
      const policy = drawPolicy(7, id);
      const at = (over: Partial<Request>): number => levels.indexOf(policy(request(over))!);
      expect(at({ verb: 'get' })).toBeLessThanOrEqual(at({}));
      expect(at({ role: 'node', resource: 'pods', subresource: 'status' })).toBeGreaterThanOrEqual(0);
    }
    const secrets = ids.map((id) => drawPolicy(7, id)(request({ resource: 'secrets' })));
    const short = secrets.filter((level) => level === 'metadata').length;
    expect(short).toBeGreaterThan(ids.length * 0.7);
    expect(short).toBeLessThan(ids.length);
  });

  it('leaves Events out at times, and never what a person asks for', () => {
    const events = ids.map((id) => drawPolicy(7, id)(request({ resource: 'events' })));
    expect(events.filter((level) => level === null).length).toBeGreaterThan(ids.length / 4);
    expect(events.filter((level) => level !== null).length).toBeGreaterThan(ids.length / 4);
    for (const id of ids)
      expect(
        drawPolicy(7, id)(request({ kind: 'person', role: 'person', resource: 'events' })),
      ).not.toBeNull();
  });
});

describe('partsOf', () => {
  const lines = ['events', 'pods'].map((resource, i) => ({
    at: (level: string) => request({ resource, auditID: `${resource} ${level}` }),
    trigger: i === 0 ? null : 'x',
    taught: i === 0,
  }));

  it('reads a capture at each level, and under each policy', () => {
    const parts = partsOf('a1', lines, { levels: ['metadata', 'requestResponse'], policies: 8, seed: 7 });
    expect(parts).toHaveLength(10);
    expect(parts[0]!.lines.map(({ request: { auditID } }) => auditID)).toEqual([
      'events metadata',
      'pods metadata',
    ]);
    expect(parts[1]!.lines.map(({ taught }) => taught)).toEqual([true, false]);
    const times = parts.flatMap(({ lines: own }) =>
      own.map(({ request: { micros, until } }) => until - micros),
    );
    expect(times.slice(0, 4)).toEqual([1000, 1000, 1000, 1000]);
    for (const time of times.slice(4)) expect(time / 1000).toBeGreaterThanOrEqual(1);
    expect(Math.max(...times) / 1000).toBeGreaterThan(2);
    expect(Math.max(...times) / 1000).toBeLessThanOrEqual(4);
    expect(new Set(parts.slice(2).map(({ lines: { length } }) => length))).toEqual(new Set([1, 2]));
  });

  it('draws no policies where bodies are not to be read', () => {
    expect(partsOf('a1', lines, { levels: ['metadata'], policies: 8, seed: 7 })).toHaveLength(1);
  });
});
