import { describe, expect, it } from 'vitest';
import { type ContextFilter, contextFilter } from '../../src/contexts/filter.js';
import { filterQuery, filterWords } from '../../src/contexts/filter-query.js';
import { readQuery } from '../../src/contexts/query/check.js';
import { evaluator } from '../../src/contexts/query/evaluate.js';
import { contextRow } from '../../src/contexts/query/row.js';
import { contextsBy, request } from './log.js';

const now = Date.UTC(2026, 0, 1, 12);
const HOSTILE = 'o"\\u.*\u202e\n\b';
const contexts = await contextsBy([
  request(0, 'ann', 'create', 'pods/shop/a'),
  request(3600, 'dev-b', 'delete', 'pods/shop/a', { code: 403 }),
  request(3601, 'dev-ba', 'create', 'namespaces//shop'),
  request(7200, 'dev.b', 'list', 'nodes//'),
  request(7300.123, HOSTILE, 'patch', 'configmaps/bank/c'),
  request(7400, 'ann', 'create', 'namespaces//bank'),
]);

/** What a filter and its expression let through. */
function shown(filter: ContextFilter): [ofFilter: string[], ofQuery: string[]] {
  const holds = evaluator(readQuery(filterQuery(filter, now), { now }));
  return [
    contexts.filter(contextFilter(filter, now)).map(({ context }) => context),
    contexts.filter((one) => holds({ row: contextRow(one), lines: () => [] })).map(({ context }) => context),
  ];
}

describe('a filter as an expression', () => {
  it.each<[ContextFilter, number]>([
    [{}, 6],
    [{ actor: 'ann' }, 2],
    [{ actor: 'dev-b' }, 1],
    [{ actor: 'dev*b' }, 2],
    [{ actor: 'dev.*' }, 1],
    [{ actor: HOSTILE }, 1],
    [{ actor: 'o"*\b' }, 1],
    [{ actor: '' }, 0],
    [{ namespace: 'shop' }, 3],
    [{ namespace: 'b*' }, 2],
    [{ namespace: '*' }, 6],
    [{ namespace: '' }, 1],
    [{ verb: 'create', outcome: 'done' }, 3],
    [{ outcome: 'refused' }, 1],
    [{ since: '2026-01-01T02:01:40.123Z', until: '2026-01-01T02:01:40.123456Z' }, 1],
    [{ since: 'now-11h' }, 5],
    [{ until: '2026-01-01' }, 1],
  ])('lets through what it does: %o', (filter, count) => {
    const [ofFilter, ofQuery] = shown(filter);
    expect(ofQuery).toEqual(ofFilter);
    expect(ofFilter).toHaveLength(count);
  });

  it('is told in words, with nothing that turns them round', () => {
    expect(filterWords({ actor: '\u202ek*', namespace: '', until: '2026-01-31' }, now)).toBe(
      'actor \\u202ek*, namespace none, until 2026-01-31T00:00:00.000Z',
    );
    expect(filterWords({}, now)).toBe('');
  });

  it('is as a person would write it, and says times as they are now', () => {
    expect(filterQuery({ actor: 'dev-b', verb: 'delete', since: 'now-1h' }, now)).toBe(
      'actor == "dev-b" and verb == "delete" and to >= 2026-01-01T11:00:00.000Z',
    );
  });
});
