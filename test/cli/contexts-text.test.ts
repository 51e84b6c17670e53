import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import {
  contextList,
  contextRow,
  contextTree,
  listRow,
  type TextOptions,
} from '../../src/cli/contexts-text.js';
import { columns, fold } from '../../src/cli/fold.js';
import { account, contextsBy, request } from '../contexts/log.js';

const log = [
  request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' }),
  request(0.25, account('deployment-controller'), 'create', 'replicasets/shop/web-1', {
    uid: 'r',
    owners: ['d'],
  }),
  request(90000, 'eve\u001b[2J', 'delete', 'secrets/shop/a\u202eb', { code: 403 }),
];
const contexts = await contextsBy(log);
/** The rows of a list, made as they come. */
const listOf = (all: typeof contexts, options: TextOptions): string[] =>
  contextList(
    all.map((context) => listRow(context, options)),
    options,
  );
const PLAIN = { width: Number.POSITIVE_INFINITY, colour: false };

describe('the list of contexts', () => {
  it('says who did what, how many lines came of it, and how it ended', () => {
    expect(listOf(contexts, PLAIN)).toEqual(
      [
        'id  time (UTC)                who             action                           lines  outcome        took',
        'c0  2026-01-01T00:00:00.000Z  ann             create deployment web in shop        2  done         251 ms',
        'c2  2026-01-02T01:00:00.000Z  eve\\u001b[2J  delete secret a\\u202eb in shop      1  refused (403)    1 ms',
      ].map((line) =>
        expect.stringMatching(new RegExp(`^${line.replace(/[\\[\]()]/g, '\\$&').replace(/ +/g, ' +')}$`)),
      ),
    );
  });

  it('says of a part that came too late what it goes on from', () => {
    const late = { ...contexts[0]!, context: 'c7', continues: 'c0' };
    expect(listOf([late], PLAIN)[1]).toContain('create deployment web in shop — continues c0');
    expect(contextRow(late, PLAIN).join('')).toContain('create deployment web in shop — continues c0');
  });

  it('is a line a context for a pipe, however long, and shorter on a narrow terminal', () => {
    const long = { ...contexts[0]!, actor: 'a'.repeat(60), text: `create pod ${'b'.repeat(200)} in shop` };
    expect(listOf([long, contexts[1]!], PLAIN)).toHaveLength(3);
    expect(listOf(contexts, { width: 80, colour: false })).toEqual([
      'id  time (UTC)  who           action                      lines  outcome',
      '2026-01-01',
      'c0  00:00:00    ann           create deployment web in        2  done',
      '                              shop',
      '2026-01-02',
      'c2  01:00:00    eve\\u001b[2J  delete secret a\\u202eb in       1  refused (403)',
      '                              shop',
    ]);
  });

  it('fits the terminal, and shows nothing that a terminal acts on', () => {
    const lines = listOf(contexts, { width: 100, colour: false });
    expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(100);
    for (const character of ['\u001b', '\u202e']) expect(lines.join('')).not.toContain(character);
  });

  it('colours what failed', () => {
    const lines = listOf(contexts, { width: 120, colour: true });
    expect(lines.filter((line) => line.startsWith('\u001b[31m'))).toHaveLength(1);
  });
});

describe('an open context', () => {
  it('shows its lines, effect under cause, with times since the first', () => {
    const told = new Map<number, AuditEvent>(log.map((event, line) => [line, event]));
    const lines = contextTree(contexts[0]!, told, PLAIN);
    expect(lines[0]).toBe('c0  create deployment web in shop');
    expect(lines.slice(3)).toEqual([
      '    0.000 s        0  create deployment web in shop  ann  201',
      '    0.250 s        1  └ create replicaset web-1 in shop  deployment-controller  201  (owner)',
    ]);
  });
});

describe('folding', () => {
  it('breaks between words, and in a word that is too long', () => {
    expect(fold('create pod abcdefghij', 8)).toEqual(['create', 'pod', 'abcdefgh', 'ij']);
    expect(fold('', 8)).toEqual(['']);
  });

  it('knows wide letters', () => {
    expect(columns('ab漢字')).toBe(6);
    expect(fold('漢字漢字', 4)).toEqual(['漢字', '漢字']);
  });
});
