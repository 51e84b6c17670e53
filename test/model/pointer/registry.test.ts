import { describe, expect, it } from 'vitest';
import { causeOf } from '../../../src/model/pointer/notes.js';
import { Registry } from '../../../src/model/pointer/registry.js';
import { readRequest } from '../../../src/model/pointer/request.js';
import { type Told, tell } from './events.js';

/** Enters a change by somebody, and gives its cause. */
function enter(registry: Registry, told: Partial<Told> & Pick<Told, 'at'>) {
  const request = readRequest(
    tell({ user: 'ann', verb: 'create', on: 'pods', in: 'shop', name: 'web', ...told }),
  );
  const cause = causeOf(request, { line: 0, rank: told.at });
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

  it('keeps an object that was made again after its removal', () => {
    const registry = new Registry();
    enter(registry, { at: 0 });
    enter(registry, { at: 5, verb: 'delete' });
    enter(registry, { at: 9 });
    enter(registry, { at: 700_000, name: 'other' });
    expect(web(registry)).toBeDefined();
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
