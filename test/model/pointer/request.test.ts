import { expect, it } from 'vitest';
import { readRequest } from '../../../src/model/pointer/request.js';
import { tell } from './events.js';

const PROXY = 'system:serviceaccount:portal:proxy';

it.each([
  ['dana', undefined, 'person', 'person'],
  [PROXY, undefined, 'robot', 'robot'],
  [PROXY, 'dana', 'person', 'person'],
  ['dana', PROXY, 'person', 'person'],
  ['system:node:worker-1', undefined, 'system', 'node'],
])('a request of %s for %s is that of a %s (%s)', (user, as, kind, role) => {
  const event = tell({ at: 0, user, verb: 'delete', on: 'pods', ...(as ? { as } : {}) });
  expect(readRequest(event)).toMatchObject({ kind, role, actor: as ? `${user} as ${as}` : user });
});
