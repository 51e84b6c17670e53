import { describe, expect, it } from 'vitest';
import { causes, type Told, tell } from './events.js';

/** A request by ann in the namespace shop. */
const ann = (at: number, verb: string, on: string, more: Partial<Told> = {}) =>
  tell({ at, verb, on, user: 'ann', in: 'shop', ...more });

/** All pauses are longer than those that end a command otherwise. */
describe('what belongs to a command though it comes late', () => {
  it('all that a list without a limit was for', () => {
    const change = ann(600, 'delete', 'pods', { name: 'web-1' });
    expect(causes([ann(0, 'list', 'pods'), change])).toEqual([1, 1]);
    expect(causes([ann(0, 'list', 'pods', { query: 'limit=500' }), change])).toEqual([0, 1]);
    expect(causes([ann(0, 'list', 'services'), change])).toEqual([0, 1]);
  });

  it('the pods of a workload that was read', () => {
    const pods = ann(500, 'list', 'pods');
    expect(causes([ann(0, 'get', 'apps/deployments', { name: 'web' }), pods])).toEqual([0, 0]);
    expect(causes([ann(0, 'get', 'apps/deployments', { name: 'web', code: 404 }), pods])).toEqual([0, 1]);
  });

  it('evictions from a node, and the reads of the owners before them', () => {
    const drain = [
      tell({ at: 0, user: 'ann', verb: 'patch', on: 'nodes', name: 'n1' }),
      tell({ at: 20, user: 'ann', verb: 'list', on: 'pods', query: 'fieldSelector=spec.nodeName%3Dn1' }),
      ann(500, 'get', 'apps/daemonsets', { name: 'agent' }),
      ann(1000, 'create', 'pods/eviction', { name: 'web-1' }),
    ];
    expect(causes(drain)).toEqual([0, 3, 3, 3]);
    drain[1] = tell({ at: 20, user: 'ann', verb: 'list', on: 'pods', query: 'limit=500' });
    expect(causes(drain)).toEqual([0, 1, 2, 3]);
  });

  it('the Events of an object that is described, also in pieces', () => {
    const events = (name: string) =>
      ann(600, 'list', 'events', { query: `limit=500&fieldSelector=involvedObject.name%3D${name}` });
    const read = ann(0, 'get', 'pods', { name: 'web-1' });
    expect(causes([read, events('web-1')])).toEqual([0, 0]);
    expect(causes([read, events('api-7')])).toEqual([0, 1]);
  });

  it('the wait for what was changed', () => {
    const change = ann(0, 'patch', 'apps/deployments', { name: 'web' });
    const waits = (name: string) =>
      ann(700, 'watch', 'apps/deployments', { query: `fieldSelector=metadata.name%3D${name}` });
    expect(causes([change, waits('web')])).toEqual([0, 0]);
    expect(causes([change, waits('api')])).toEqual([0, 1]);
  });

  it('the next object of a bundle that is applied, when it is called alike', () => {
    const apply = ann(0, 'patch', 'apps/deployments', {
      name: 'shop-web',
      query: 'fieldManager=kubectl-client-side-apply',
    });
    expect(causes([apply, ann(500, 'get', 'services', { name: 'shop-web' })])).toEqual([0, 0]);
    expect(causes([apply, ann(500, 'get', 'services', { name: 'api' })])).toEqual([0, 1]);
  });

  it('but nothing that comes after the longest wait', () => {
    expect(causes([ann(0, 'list', 'pods'), ann(1500, 'delete', 'pods', { name: 'web-1' })])).toEqual([0, 1]);
  });
});
