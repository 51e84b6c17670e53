import { describe, expect, it } from 'vitest';
import { COLUMNS } from '../../src/features/columns.js';
import { OrdinalEncoder } from '../../src/features/encoder.js';
import { holdingsOf } from '../../src/features/holdings.js';

describe('holdingsOf', () => {
  it('counts values by what they are, and names none', () => {
    const names = [
      'verb',
      'user.username',
      'sourceIPs[0]',
      'objectRef.namespace',
      'objectRef.name',
      'user.uid',
    ];
    const encoder = OrdinalEncoder.fit(
      [
        ['get', 'ann', '192.0.2.1', '1', 'web', null],
        ['get', 'ben', '192.0.2.1', '0', 'api', null],
      ],
      names,
    );
    const holdings = holdingsOf(encoder.toJSON());
    expect(holdings).toEqual([
      {
        what: 'people, service accounts and their groups',
        columns: ['user.username', 'user.uid'],
        values: 2,
      },
      { what: 'addresses of clients', columns: ['sourceIPs[0]'], values: 1 },
      { what: 'names, namespaces and ids of objects', columns: ['objectRef.name'], values: 2 },
      {
        what: 'words of the API: verbs, kinds, groups of kinds, codes, reasons',
        columns: ['verb'],
        values: 1,
      },
    ]);
    expect(JSON.stringify(holdings)).not.toMatch(/ann|192|web/);
  });

  it('takes no column that names somebody for a word of the API', () => {
    const columns = COLUMNS.map(({ name }) => ({ name, values: ['x'] }));
    const words = holdingsOf({ kind: 'ordinal', columns }).at(-1)!.columns;
    const telling = words.filter((name) =>
      /username|groups|IPs|(\.|^)(name|namespace|uid|generateName)$/.test(name),
    );
    expect(telling).toEqual([]);
    expect(words).toContain('verb');
  });
});
