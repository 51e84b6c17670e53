import { describe, expect, it } from 'vitest';
import { Follower } from '../../../src/model/pointer/follower.js';
import { Cause } from '../../../src/model/pointer/notes.js';
import { Registry } from '../../../src/model/pointer/registry.js';
import { readRequest } from '../../../src/model/pointer/request.js';
import { WordCount } from '../../../src/model/pointer/words.js';
import { busyCluster } from './busy-cluster.js';
import { type Told, tell } from './events.js';

/** Enters a change by somebody, and gives its cause. */
function enter(registry: Registry, told: Partial<Told> & Pick<Told, 'at'>) {
  const request = readRequest(
    tell({ user: 'ann', verb: 'create', on: 'pods', in: 'shop', name: 'web', ...told }),
  );
  const cause = new Cause(request, { line: 0, rank: told.at });
  registry.record(request, registry.objectOf(request), cause);
  return cause;
}
const web = (registry: Registry) => registry.find('pods/shop/web');

describe('the registry', () => {
  it('knows who touched, made and removed an object last, by name and by uid', () => {
    const registry = new Registry();
    const body = { kind: 'Pod', metadata: { uid: 'u-1', name: 'web' }, spec: { a: 1 } };
    const made = enter(registry, { at: 0, body });
    const removed = enter(registry, { at: 50, verb: 'delete' });
    expect(registry.find('u-1')).toBe(web(registry));
    expect(web(registry)?.made?.cause).toBe(made);
    expect(web(registry)?.removed?.cause).toBe(removed);
    expect(web(registry)?.touched?.micros).toBe(removed.micros);
  });

  it('takes a report of a controller for no change, and a label for no new shape', () => {
    const registry = new Registry();
    const body = (labels: object) => ({ kind: 'Pod', metadata: { uid: 'u-1', labels }, spec: { a: 1 } });
    const made = enter(registry, { at: 0, body: body({}) });
    const status = enter(registry, { at: 1, user: 'system:node:n', verb: 'patch', on: 'pods/status' });
    const labelled = enter(registry, { at: 2, verb: 'patch', body: body({ a: 'b' }) });
    expect(web(registry)?.moved?.cause).toBe(labelled);
    expect(web(registry)?.shaped?.cause).toBe(made);
    expect(web(registry)?.touched?.cause).toBe(labelled);
    expect(web(registry)?.history.map(({ cause }) => cause)).not.toContain(status);
  });

  it('takes what has the longest beginning of a name for its owner, where bodies are not logged', () => {
    const registry = new Registry();
    enter(registry, { at: 0, on: 'apps/deployments' });
    const set = enter(registry, { at: 1, on: 'apps/replicasets', name: 'web-7d9' });
    enter(registry, { at: 2, name: 'web-7d9-x2' });
    const above = registry.objects.above(registry.find('pods/shop/web-7d9-x2')!);
    expect(above.map(({ touched }) => touched?.cause)).toEqual([set]);
  });

  it('takes the service that is being served for the owner of an address, where bodies are not logged', () => {
    const registry = new Registry();
    const address = (at: number, name: string) =>
      enter(registry, { at, user: 'system:apiserver', on: 'ipaddresses', in: '', name });
    enter(registry, { at: 0, on: 'services', name: 'web', took: 30 });
    address(10, '10.0.0.7');
    address(50, '10.0.0.8');
    const owners = (name: string) =>
      registry.find(`ipaddresses//${name}`)?.owners.map(({ name: own }) => own);
    expect(owners('10.0.0.7')).toEqual(['web']);
    expect(owners('10.0.0.8')).toEqual([]);
  });

  it('tells a log that has nearly all bodies from one that leaves them out', () => {
    const registry = new Registry();
    const body = { kind: 'Pod', metadata: { uid: 'u-1', name: 'web' } };
    expect(registry.whole).toBe(false);
    enter(registry, { at: 0, body });
    expect(registry.whole).toBe(true);
    // Secrets and Events are kept short where all else is not, and what failed changed nothing.
    for (const on of ['secrets', 'configmaps', 'events']) enter(registry, { at: 1, on });
    enter(registry, { at: 2, code: 409 });
    expect(registry.whole).toBe(true);
    enter(registry, { at: 3 });
    expect(registry.whole).toBe(false);
  });

  it('forgets an object of which no line spoke for six hours, and a removed one after ten minutes', () => {
    const registry = new Registry();
    const minutes = (n: number): number => n * 60_000;
    enter(registry, { at: 0, name: 'old' });
    enter(registry, { at: 0 });
    enter(registry, { at: 5, verb: 'delete' });
    enter(registry, { at: minutes(11), name: 'new' });
    expect(web(registry)).toBeUndefined();
    expect(registry.named('shop', 'web')).toEqual([]);
    expect(registry.find('pods/shop/old')).toBeDefined();
    enter(registry, { at: minutes(370), name: 'new' });
    expect(registry.find('pods/shop/old')).toBeUndefined();
    expect(registry.size).toMatchObject({ objects: 1, names: 1 });
  });

  it('forgets a namespace of which no line spoke for six hours', () => {
    const registry = new Registry();
    const hours = (count: number): number => count * 3_600_000;
    enter(registry, { at: 0, in: 'old' });
    enter(registry, { at: 1, in: 'busy' });
    enter(registry, { at: hours(4), in: 'busy' });
    enter(registry, { at: hours(5.9), in: 'new' });
    expect(registry.namespace('old')).toBeDefined();
    enter(registry, { at: hours(6.1), in: 'newer' });
    expect(registry.namespace('old')).toBeUndefined();
    expect(registry.namespace('busy')).toBeDefined();
    expect(registry.size.namespaces).toBe(3);
  });

  it('keeps an object that was made again after its removal', () => {
    const registry = new Registry();
    enter(registry, { at: 0 });
    enter(registry, { at: 5, verb: 'delete' });
    enter(registry, { at: 9 });
    enter(registry, { at: 700_000, name: 'other' });
    expect(web(registry)).toBeDefined();
  });

  it('stays as small as its limits on a busy cluster, whatever goes on', () => {
    const limits = { objects: 300, namespaces: 20, actors: 50 };
    const follower = new Follower({
      ...{ words: new WordCount().words(), limits },
      choose: ({ candidates }) => ({ cause: candidates.causes[0] ?? null, confidence: 1, reason: '' }),
    });
    let given = 0;
    let most = { objects: 0, names: 0, namespaces: 0, people: 0, reads: 0 };
    let line = 0;
    for (const event of busyCluster(6_000)) {
      follower.push(readRequest(event), line++);
      given += follower.take().length;
      const { size } = follower;
      most = Object.fromEntries(
        Object.entries(size).map(([key, value]) => [key, Math.max(value, most[key as keyof typeof most])]),
      ) as typeof most;
    }
    follower.end();
    expect(given + follower.take().length).toBe(line);
    expect(most.objects).toBe(300);
    expect(most.names).toBeLessThanOrEqual(300);
    expect(most.namespaces).toBe(20);
    // 50 lines a second: reads wait for 3 s, and who was silent for a minute is forgotten.
    expect(most.reads).toBeLessThanOrEqual(150);
    expect(most.people).toBeLessThan(500);
  });

  it('holds no more objects and namespaces than it may, the latest of them', () => {
    const registry = new Registry({ objects: 50, namespaces: 5, actors: 5 });
    for (let i = 0; i < 400; i++)
      enter(registry, { at: i, name: `web-${i}`, in: `space-${i % 20}`, user: `${'system:node:'}n${i}` });
    expect(registry.size).toEqual({ objects: 50, namespaces: 5, names: 50 });
    expect(registry.find('pods/space-19/web-399')).toBeDefined();
    expect(registry.find('pods/space-9/web-349')).toBeUndefined();
    expect(registry.actors.size).toBe(5);
  });
});
