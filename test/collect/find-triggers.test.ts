import { expect, it } from 'vitest';
import { findTriggers } from '../../src/collect/attribution/contexts.js';
import { gatherRequests } from '../../src/collect/attribution/request.js';
import { event } from './events.js';

const triggers = (...whats: string[]): number[] =>
  findTriggers(gatherRequests(whats.map((what, i) => event({ what: `ops-a ${what}`, at: i }))));

it('lets the reads before and after a change belong to it', () => {
  expect(
    triggers('get deployments shop/web', 'patch deployments shop/web', 'watch deployments shop/web'),
  ).toEqual([1, 1, 1]);
});

it('starts a context for each changing request', () => {
  expect(
    triggers(
      'get configmaps shop/a',
      'create configmaps shop/a',
      'get services shop/b',
      'create services shop/b',
    ),
  ).toEqual([1, 1, 3, 3]);
});

it('lets a read after two changes belong to the change of its object', () => {
  expect(triggers('delete pods shop/a', 'delete pods shop/b', 'watch pods shop/a')).toEqual([0, 1, 0]);
});

it('asks for what it connects to', () => {
  expect(triggers('get pods shop/web', 'get pods/exec shop/web')).toEqual([1, 1]);
  expect(triggers('get deployments shop/web', 'list pods shop/', 'get pods/log shop/web-x')).toEqual([
    2, 2, 2,
  ]);
});

it('takes each list as a question of its own, and a description as one', () => {
  expect(triggers('list pods shop/', 'list services shop/')).toEqual([0, 1]);
  expect(triggers('get pods shop/web', 'list events shop/')).toEqual([0, 0]);
});

it('skips discovery when it looks for the question', () => {
  expect(triggers('get - ', 'list pods shop/')).toEqual([1, 1]);
  expect(triggers('get - ')).toEqual([0]);
});
