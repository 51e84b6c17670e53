import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadResourceTable, type ResourceTable } from '../../src/audit/table.js';

const dir = mkdtempSync(join(tmpdir(), 'table-'));
afterAll(() => rmSync(dir, { recursive: true }));
const HEADER = 'apiGroup,resource,subresource,r,s,publicR,publicS';
const write = (name: string, ...rows: string[]): string => {
  const file = join(dir, name);
  writeFileSync(file, rows.map((row) => `${row}\n`).join(''));
  return file;
};
const failure = (work: Promise<ResourceTable>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );

describe('the table of the project', () => {
  it('has the verbs of the paper, and four ids of its own', async () => {
    expect(Object.fromEntries((await loadResourceTable()).verbs)).toEqual({
      deletecollection: 0,
      create: 1,
      delete: 2,
      get: 3,
      update: 4,
      patch: 5,
      list: 6,
      watch: 7,
    });
  });

  it('keeps the published ids but where two resources share one', async () => {
    const { entries } = await loadResourceTable();
    const own = entries.filter(
      ({ published, r, s }) => published && (published.r !== r || published.s !== s),
    );
    expect(own.map(({ resource, subresource, r, s }) => [resource, subresource, r, s])).toEqual([
      ['daemonsets', null, 44, 0],
      ['daemonsets', 'status', 44, 1],
      ['pods', 'eviction', 1, 9],
      ['replicationcontrollers', 'scale', 904, 2],
    ]);
    expect(entries.filter(({ published }) => published)).toHaveLength(96);
  });

  it('gives each resource a pair of ids of its own', async () => {
    const { entries, find, byId } = await loadResourceTable();
    for (const entry of entries) {
      expect(find(entry.group, entry.resource, entry.subresource)).toBe(entry);
      expect(byId(entry.r, entry.s)).toBe(entry);
    }
  });
});

describe('a table from files', () => {
  it('replaces the resources and the verbs', async () => {
    const { entries, verbs } = await loadResourceTable({
      resources: write('small.csv', HEADER, ',pods,,7,0,,', ',pods,log,7,3,1,5'),
      verbs: write('verbs.csv', 'verb,v,published', 'get,6,no'),
    });
    expect(
      entries.map(({ resource, subresource, r, s, published }) => [resource, subresource, r, s, published]),
    ).toEqual([
      ['pods', null, 7, 0, null],
      ['pods', 'log', 7, 3, { r: 1, s: 5 }],
    ]);
    expect([...verbs]).toEqual([['get', 6]]);
  });

  it.each([
    ['a cell is missing', [',pods,,7,0,'], 2, '7 cells, got 6'],
    ['an id is no number', [',pods,,x,0,,'], 2, 'an id from 0 to 1022, got “x”'],
    ['an id is the one of unknown resources', [',pods,,1023,0,,'], 2, 'an id from 0 to 1022, got “1023”'],
    ['an id is the one of unknown subresources', [',pods,log,1,15,,'], 2, 'an id from 0 to 14, got “15”'],
    ['a public id is no number', [',pods,,1,0,-1,0'], 2, 'an id from 0 to 1023, got “-1”'],
    [
      'a name comes twice',
      [',pods,,1,0,,', ',pods,,2,0,,'],
      3,
      'each name and each id once, got /pods/ again',
    ],
    ['ids come twice', [',pods,,1,0,,', ',nodes,,1,0,,'], 3, 'each name and each id once, got (1, 0) again'],
  ])('is refused when %s', async (_, rows, line, message) => {
    const file = write('bad.csv', HEADER, ...rows);
    expect(await failure(loadResourceTable({ resources: file }))).toBe(
      `audit: ${file}:${line}: expected ${message}.`,
    );
  });

  it.each([
    ['a verb comes twice', ['get,1,no', 'get,2,no'], 3, 'each name and each id once, got get again'],
    ['an id comes twice', ['get,1,no', 'put,1,no'], 3, 'each name and each id once, got verb id 1 again'],
    ['an id needs four bits', ['get,8,no'], 2, 'an id from 0 to 7, got “8”'],
  ])('is refused when %s', async (_, rows, line, message) => {
    const file = write('bad-verbs.csv', 'verb,v,published', ...rows);
    expect(await failure(loadResourceTable({ verbs: file }))).toBe(
      `audit: ${file}:${line}: expected ${message}.`,
    );
  });

  it('is refused when it is not there', async () => {
    const file = join(dir, 'absent.csv');
    expect(await failure(loadResourceTable({ resources: file }))).toBe(
      `audit: ${file}: expected a readable file, got ENOENT.`,
    );
  });
});
