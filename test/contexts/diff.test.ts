import { describe, expect, it } from 'vitest';
import { compareActions, compareSets, differentLogs } from '../../src/contexts/diff.js';
import { account, contextsBy, request } from './log.js';

const make = (second: number, name: string) =>
  request(second, 'ann', 'create', `deployments/shop/${name}`, { uid: name });
const part = (second: number, of: string, i: number) =>
  request(second, account('deployment-controller'), 'create', `replicasets/shop/${of}-${i}`, {
    uid: `${of}${i}`,
    owners: [of],
  });

describe('two logs', () => {
  it('differ by what is new, gone, larger, and by how often', async () => {
    const first = await contextsBy([
      make(0, 'a'),
      request(9, 'bob', 'list', 'pods/shop/'),
      request(20, 'ann', 'delete', 'pods/shop/x'),
    ]);
    const second = await contextsBy([
      make(0, 'b'),
      part(1, 'b', 1),
      part(2, 'b', 2),
      request(9, 'bob', 'list', 'pods/other/'),
      request(19, 'bob', 'list', 'pods/shop/'),
      request(30, 'ann', 'delete', 'pods/shop/x', { code: 403 }),
    ]);
    expect(
      compareActions(first, second).map(({ action, change, contexts, lines }) => [
        action,
        change,
        contexts,
        lines,
      ]),
    ).toEqual([
      ['delete pod (refused)', 'new', [0, 1], [0, 1]],
      ['delete pod', 'gone', [1, 0], [1, 0]],
      ['create deployment', 'larger', [1, 1], [1, 3]],
      ['list pods', 'more', [1, 2], [1, 1]],
    ]);
    expect(compareActions(first, first).every(({ change }) => change === 'same')).toBe(true);
  });
});

describe('two ways to find contexts in one log', () => {
  it('are told from two logs, by an event that both have at a line, or by their times', async () => {
    const log = [make(0, 'a'), part(1, 'a', 1), request(9, 'bob', 'list', 'pods/shop/')];
    const whole = await contextsBy(log);
    const broken = await contextsBy(log.map((event) => ({ ...event, responseObject: {} })));
    expect(differentLogs(whole, broken)).toBeNull();
    expect(differentLogs(whole, [])).toBeNull();
    const [first, last] = [whole.slice(0, 1), whole.slice(1)];
    expect(differentLogs(first, broken.slice(1, 2))).toBeNull();
    const next = await contextsBy([make(0, 'a'), make(4000, 'b')].slice(1).concat(log.slice(2)));
    expect(differentLogs(whole, next)).toMatch(/^line 0 is “create deployment a in shop” at .+ and “create/);
    expect(differentLogs(first, last)).toBe('one ends before the other begins');
    const same = log.map((event) => ({ ...event, stage: 'Panic' }));
    expect(differentLogs(whole, await contextsBy(same))).not.toBeNull();
  });

  it('are compared as sets of lines', async () => {
    const log = [make(0, 'a'), part(1, 'a', 1), request(9, 'bob', 'list', 'pods/shop/')];
    const whole = await contextsBy(log);
    const apart = await contextsBy(
      log.map((event, i) => (i === 1 ? { ...event, responseObject: {} } : event)),
    );
    const none = { different: [], onlyFirst: [], onlySecond: [], jaccard: 1 };
    expect(compareSets(whole, whole)).toEqual({ same: 2, ...none });
    expect(compareSets([], [])).toEqual({ same: 0, ...none });
    const web = { context: 'c0', text: 'create deployment a in shop', actor: 'ann', both: 1 };
    const replica = { context: apart[1], elsewhere: [{ context: 'c0', lines: 1 }] };
    const compared = { same: 1, different: [], onlyFirst: [], onlySecond: [], jaccard: 0.25 };
    expect(compareSets(whole, apart)).toEqual({
      ...{ ...compared, different: [{ ...web, onlyFirst: [1], onlySecond: [] }], onlySecond: [replica] },
    });
    expect(compareSets(apart, whole)).toEqual({
      ...{ ...compared, different: [{ ...web, onlyFirst: [], onlySecond: [1] }], onlyFirst: [replica] },
    });
  });

  it('say where lines are that one of them has nowhere else, the most first', async () => {
    const log = [make(0, 'a'), part(1, 'a', 1), make(2, 'b'), part(3, 'b', 1), part(4, 'b', 2)];
    const [a, b] = await contextsBy(log);
    const joined = { ...a!, context: 'c9', lines: [0, 1, 2, 3, 4, 7] };
    const { same, onlyFirst, onlySecond, different } = compareSets([a!, b!], [joined]);
    expect([same, different]).toEqual([0, []]);
    expect(onlyFirst.map(({ elsewhere }) => elsewhere)).toEqual([
      [{ context: 'c9', lines: 2 }],
      [{ context: 'c9', lines: 3 }],
    ]);
    expect(onlySecond).toEqual([
      {
        context: joined,
        elsewhere: [
          { context: 'c2', lines: 3 },
          { context: 'c0', lines: 2 },
        ],
      },
    ]);
  });
});
