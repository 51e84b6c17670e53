import { expect, it } from 'vitest';
import { actorOf } from '../../src/audit/actor.js';

const PROXY = 'system:serviceaccount:cattle-system:proxy';

it.each([
  ['dana', undefined, 'dana'],
  [PROXY, undefined, PROXY],
  [PROXY, 'dana', 'dana'],
  ['ops-a', 'eve', 'eve'],
  ['ops-a', 'system:serviceaccount:shop:default', 'ops-a'],
  [PROXY, 'system:serviceaccount:shop:default', 'system:serviceaccount:shop:default'],
  [undefined, 'dana', 'dana'],
  [undefined, undefined, ''],
  ['dana', '', 'dana'],
])('of %s for %s is %s', (user, impersonated, actor) => {
  const named = (username: string | undefined) => (username === undefined ? {} : { username });
  expect(actorOf({ user: named(user) })).toBe(user ?? '');
  expect(
    actorOf({
      user: named(user),
      ...(impersonated === undefined ? {} : { impersonatedUser: { username: impersonated } }),
    }),
  ).toBe(actor);
});
