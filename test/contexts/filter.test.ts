import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/contexts/context.js';
import { contextFilter, readTime } from '../../src/contexts/filter.js';
import { contextsBy, request } from './log.js';

const NOW = Date.UTC(2026, 0, 1, 12);
const log = [
  request(0, 'ann', 'create', 'pods/shop/a'),
  request(3600, 'bob', 'delete', 'pods/shop/a', { code: 403 }),
  request(7200, 'ann', 'list', 'nodes//'),
];
const all: Context[] = await contextsBy(log);
const shown = (filter: Parameters<typeof contextFilter>[0]): string[] =>
  all.filter(contextFilter(filter, NOW)).map(({ context }) => context);

const problemOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('a filter', () => {
  it.each([
    [{}, ['c0', 'c1', 'c2']],
    [{ actor: 'ann' }, ['c0', 'c2']],
    [{ actor: 'a*' }, ['c0', 'c2']],
    [{ actor: '*n*n' }, ['c0', 'c2']],
    [{ actor: 'a' }, []],
    [{ namespace: 'shop' }, ['c0', 'c1']],
    [{ verb: 'delete' }, ['c1']],
    [{ outcome: 'refused' }, ['c1']],
    [{ since: '2026-01-01T00:30:00Z' }, ['c1', 'c2']],
    [{ since: 'now-11h' }, ['c1', 'c2']],
    [{ since: '2026-01-01T03:00:00+02:00' }, ['c1', 'c2']],
    [{ until: 'now-690m' }, ['c0']],
    [{ until: '2026-01-01 00:30' }, ['c0']],
  ])('%o', (filter, expected) => {
    expect(shown(filter)).toEqual(expected);
  });

  it('takes what is done to a namespace for done in it, as far as it is told', async () => {
    const own = await contextsBy([
      request(0, 'ann', 'create', 'namespaces//shop'),
      request(1, 'ann', 'delete', 'namespaces/shop/shop'),
      request(2, 'ann', 'create', 'nodes//shop'),
    ]);
    expect(own.filter(contextFilter({ namespace: 'shop' }, NOW)).map(({ text }) => text)).toEqual([
      'create namespace shop',
      'delete namespace shop',
    ]);
  });

  it('hides background unless it is asked for', () => {
    const [first] = all;
    const background = { ...first!, background: true };
    expect(contextFilter({}, NOW)(background)).toBe(false);
    expect(contextFilter({ background: true }, NOW)(background)).toBe(true);
  });

  it('refuses what it cannot read', () => {
    expect(() => contextFilter({ outcome: 'ok' }, NOW)).toThrow(
      'expected --outcome to be one of done, refused',
    );
    expect(() => readTime('yesterday', NOW)).toThrow('contexts: expected a time, got “yesterday”.');
    expect(readTime('2026-01-01', NOW)).toBe(1000 * Date.UTC(2026, 0, 1));
    expect(() => readTime('2h', NOW)).toThrow(/“2h”/);
    expect(String(problemOf(() => readTime('2h', NOW)))).toContain('Hint: So long ago is now-2h.');
    for (const text of ['2026-02-30', '2026-01-01T25:00', '2026-01-01 and more', ''])
      expect(() => readTime(text, NOW)).toThrow('expected a time');
    expect(() => contextFilter({ since: '2026-01-02', until: '2026-01-01' }, NOW)).toThrow(
      'contexts: expected --since before --until, got 2026-01-02 and 2026-01-01.',
    );
  });
});
