import { describe, expect, it } from 'vitest';
import { causes, type Told, tell } from './events.js';

const by = (told: Partial<Told> & Pick<Told, 'at' | 'verb'>) =>
  tell({ user: 'ann', on: 'apps/deployments', in: 'shop', name: 'web', ...told });

describe('requests of people', () => {
  it('a change is its own cause, and the get before it prepares it', () => {
    expect(causes([by({ at: 0, verb: 'get' }), by({ at: 20, verb: 'patch' })])).toEqual([1, 1]);
  });

  it('a get waits for a change that comes a second later, when it is of the same object', () => {
    expect(causes([by({ at: 0, verb: 'get' }), by({ at: 900, verb: 'patch' })])).toEqual([1, 1]);
    expect(causes([by({ at: 0, verb: 'get' }), by({ at: 900, verb: 'patch', name: 'api' })])).toEqual([0, 1]);
  });

  it('polling for the end of what was deleted belongs to the deletion', () => {
    const polls = [0, 30, 1100, 2200].map((at, i) => by({ at, verb: i === 0 ? 'delete' : 'get' }));
    expect(causes(polls)).toEqual([0, 0, 0, 0]);
  });

  it('each list is a question of its own; a get takes the reads after it along', () => {
    const lists = ['pods', 'services'].map((on, i) =>
      tell({ at: 10 * i, user: 'ann', verb: 'list', on, in: 'shop' }),
    );
    expect(causes(lists)).toEqual([0, 1]);
    const describes = [
      by({ at: 0, verb: 'get' }),
      tell({ at: 10, user: 'ann', verb: 'list', on: 'events', in: 'shop' }),
    ];
    expect(causes(describes)).toEqual([0, 0]);
  });

  it('another field manager and a list in pieces begin a command anew', () => {
    const two = [
      by({ at: 0, verb: 'patch', query: 'fieldManager=kubectl-edit' }),
      by({ at: 50, verb: 'get', name: 'api' }),
      tell({ at: 200, user: 'ann', verb: 'list', on: 'pods', in: 'shop', query: 'limit=500' }),
    ];
    expect(causes(two)).toEqual([0, 0, 2]);
  });

  it('where commands follow one another at once, a read is for the change that its field manager makes', () => {
    const made = { verb: 'create', on: 'configmaps', query: 'fieldManager=kubectl-create' };
    const set = { verb: 'patch', query: 'fieldManager=kubectl-set' };
    const script = [
      by({ at: 0, ...made }),
      by({ at: 40, verb: 'get', on: 'configmaps' }),
      by({ at: 45, verb: 'get' }),
      by({ at: 50, ...set }),
      tell({ at: 90, user: 'ann', verb: 'list', on: 'pods', in: 'shop', query: 'limit=500' }),
      by({ at: 130, verb: 'delete', on: 'configmaps' }),
      by({ at: 135, verb: 'get', on: 'configmaps' }),
    ];
    expect(causes(script)).toEqual([0, 3, 3, 3, 4, 5, 5]);
    const alone = [by({ at: 0, ...made }), by({ at: 40, verb: 'get', on: 'configmaps' })];
    expect(causes(alone)).toEqual([0, 0]);
  });

  it('people and tools are told apart, and so is who acts in whose name', () => {
    const mixed = [
      by({ at: 0, verb: 'get' }),
      by({ at: 5, verb: 'patch', user: 'bob' }),
      by({ at: 6, verb: 'patch', agent: 'helm/3' }),
      by({ at: 7, verb: 'patch', as: 'root' }),
      by({ at: 8, verb: 'patch' }),
    ];
    expect(causes(mixed)).toEqual([4, 1, 2, 3, 4]);
  });

  it('an exec takes the get before it along', () => {
    const talk = [
      by({ at: 0, verb: 'get', on: 'pods' }),
      by({ at: 9, verb: 'create', on: 'pods/exec', stage: 'ResponseStarted', id: 'talk' }),
      by({ at: 9, verb: 'create', on: 'pods/exec', id: 'talk', took: 60_000 }),
    ];
    expect(causes(talk)).toEqual([1, 1, 1]);
  });

  it('a service account of the users that nobody set off acts for itself', () => {
    const robot = 'system:serviceaccount:argocd:controller';
    const log = [
      by({ at: 0, verb: 'patch', user: robot, agent: 'argocd/v2' }),
      tell({
        at: 9,
        user: 'system:kube-scheduler',
        verb: 'patch',
        on: 'apps/deployments/status',
        in: 'shop',
        name: 'web',
      }),
    ];
    expect(causes(log)).toEqual([0, 0]);
  });
});
