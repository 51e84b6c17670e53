import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuery } from '../../../src/contexts/query/check.js';
import { evaluator, type Row } from '../../../src/contexts/query/evaluate.js';
import { FIELDS, type Field, type FieldValue } from '../../../src/contexts/query/fields.js';
import { sqlOf } from '../../../src/contexts/query/sql.js';
import { wellFormed } from '../../../src/contexts/query/well-formed.js';
import { Database } from '../../../src/contexts/store/database.js';

const TYPES = { text: 'VARCHAR', texts: 'VARCHAR[]', number: 'DOUBLE', time: 'BIGINT', flag: 'BOOLEAN' };
const LINE = FIELDS.filter(({ of }) => of === 'line');
/** Few texts, so that some are equal; of every kind that breaks something somewhere. */
const TEXTS = [
  ...[
    '',
    'create',
    'delete',
    'a',
    'A',
    'é',
    'e\u0301',
    'ß',
    '😀',
    '\uffff',
    '\ud800',
    'x\u0000y',
    'a\nb',
    '\\',
    '%',
    '_',
  ],
  ...'\'; DROP TABLE contexts; --|" OR 1=1 --|$1|=cmd()|\u202eabc|system:serviceaccount:kube-system:namespace-controller'.split(
    '|',
  ),
];
const PATTERNS = [
  '.*controller.*',
  '^a',
  'a.b',
  '(?i)A',
  '(?s)a.b',
  '\\\\d+',
  '\\\\pL',
  '[^\\\\p{Lu}\\\\pN_]',
  '\\\\PL{2}',
  '^\\\\p{^Greek}+$',
  '(?i)x\\\\p{Nd}?',
  '^$',
  '[^a-z]',
  'é|ß',
  '(a|b)*c',
  '\\\\x00',
  '$1',
  '.{2,3}',
  '',
];
const NUMBERS = [0, 1, -1, 0.5, 200, 404, 2 ** 53, 1e300, -1e300, 5e-324];
const TIMES = [0, 1, -1, 1_767_225_600_000_000, 1_767_225_600_000_001, 9_000_000_000_000_000];
const NOW = Date.parse('2026-01-01T00:00:00Z');

const valuesOf = ({ type }: Field): fc.Arbitrary<FieldValue> => {
  const text = fc
    .oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 4 }))
    .map(wellFormed);
  const known: Record<Field['type'], fc.Arbitrary<FieldValue>> = {
    text,
    texts: fc.array(text, { minLength: 1, maxLength: 3 }),
    number: fc.oneof(fc.constantFrom(...NUMBERS), fc.double({ noNaN: true, noDefaultInfinity: true })),
    time: fc.constantFrom(...TIMES),
    flag: fc.boolean(),
  };
  return fc.option(known[type], { freq: 3 });
};
const rowOf = (fields: readonly Field[]): fc.Arbitrary<Row> =>
  fc.record(Object.fromEntries(fields.map((field) => [field.column, valuesOf(field)])));
const line = rowOf(LINE);
const contexts = fc.array(fc.record({ row: rowOf(FIELDS), caused: fc.array(line, { maxLength: 3 }) }), {
  minLength: 1,
  maxLength: 6,
});

/** Expressions as a person may write them. */
const quote = (text: string): string =>
  `"${text.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`;
const literal = ({ type }: Field): fc.Arbitrary<string> => {
  const text = fc.constantFrom(...TEXTS.map(quote));
  const time = fc.constantFrom(
    '1970-01-01',
    '2026-01-01',
    '2026-01-01T00:00:00.000001Z',
    'now',
    'now-1h',
    '1969-12-31T23:59:59.999999Z',
  );
  const number = fc.constantFrom(...NUMBERS.map((value) => String(value).replace('+', '')));
  return { text, texts: text, number, time, flag: fc.constantFrom('true', 'false') }[type];
};
const EQUAL = ['==', '!=', '≠'];
const ORDER = [...EQUAL, '<', '<=', '>', '>=', '≤', '≥'];
const testOf = (fields: readonly Field[]): fc.Arbitrary<string> =>
  fc.constantFrom(...fields).chain((field) => {
    const { name, type } = field;
    const value = literal(field);
    const sign = fc.constantFrom(...(type === 'flag' || type === 'texts' ? EQUAL : ORDER));
    const alike = fields.filter((other) => other.type === type);
    const forms: fc.Arbitrary<string>[] = [
      fc.constant(`exists(${name})`),
      fc.tuple(sign, value).map(([s, v]) => `${name} ${s} ${v}`),
      fc.tuple(value, sign).map(([v, s]) => `${v} ${s} ${name}`),
      fc
        .tuple(fc.constantFrom('in', 'not in'), fc.array(value, { maxLength: 3 }))
        .map(([w, v]) => `${name} ${w} {${v.join(', ')}}`),
    ];
    if (type === 'flag') forms.push(fc.constant(name));
    if (type !== 'texts')
      forms.push(fc.tuple(sign, fc.constantFrom(...alike)).map(([s, other]) => `${name} ${s} ${other.name}`));
    if (type === 'number' || type === 'time' || type === 'text')
      forms.push(
        fc
          .tuple(value, fc.constantFrom('<', '<='), fc.constantFrom('<', '<='), value)
          .map(([a, s, t, b]) => `${a} ${s} ${name} ${t} ${b}`),
      );
    if (type === 'text' || type === 'texts')
      forms.push(
        fc.constantFrom(...PATTERNS).map((pattern) => `regexp(${name}, "${pattern}")`),
        fc
          .tuple(fc.constantFrom(...EQUAL), fc.constantFrom(...PATTERNS))
          .map(([s, pattern]) => `${name} ${s} regexp("${pattern}")`),
      );
    return fc.oneof(...forms);
  });
const joined = (test: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.letrec<{ all: string }>((tie) => ({
    all: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      test,
      fc
        .tuple(tie('all'), fc.constantFrom('and', 'or', '∧', '||'), tie('all'))
        .map(([a, w, b]) => `(${a} ${w} ${b})`),
      fc.tuple(tie('all'), fc.constantFrom('and', 'or'), tie('all')).map(([a, w, b]) => `${a} ${w} ${b}`),
      tie('all').map((one) => `not (${one})`),
      tie('all').map((one) => `¬ ${one}`),
    ),
  })).all;
const below = joined(testOf(LINE));
const expression = joined(
  fc.oneof(
    { weight: 4, arbitrary: testOf(FIELDS) },
    { weight: 1, arbitrary: below.map((one) => `any(${one})`) },
    { weight: 1, arbitrary: below.map((one) => `caused(${one})`) },
  ),
);

describe('an expression', () => {
  let database: Database;
  beforeAll(async () => {
    database = await Database.open({ threads: 1 });
    const columns = (fields: readonly Field[]) =>
      fields.map(({ column, type }) => `"${column}" ${TYPES[type]}`).join(', ');
    await database.run(`CREATE TABLE contexts ("context" INTEGER, ${columns(FIELDS)})`);
    await database.run(`CREATE TABLE lines ("context" INTEGER, "trigger" BOOLEAN, ${columns(LINE)})`);
  });
  afterAll(() => database.close());

  const insert = async (
    table: string,
    fields: readonly Field[],
    head: readonly (number | boolean | null)[],
    row: Row,
  ): Promise<void> => {
    const sql = fields.map(({ column, type }) =>
      row[column] == null
        ? 'NULL'
        : type === 'texts'
          ? `[${(row[column] as string[]).map(text).join(',')}]`
          : type === 'text'
            ? text(row[column] as string)
            : `${row[column]}`,
    );
    await database.run(`INSERT INTO ${table} VALUES (${[...head.map(String), ...sql].join(', ')})`);
  };
  // The test's own data, as SQL; chr(0) has no literal.
  const text = (value: string): string =>
    `replace('${value.replaceAll("'", "''").replaceAll('\u0000', '\uf8ff')}', '\uf8ff', chr(0))`;

  it('means the same in DuckDB as in the plain evaluator', async () => {
    await fc.assert(
      fc.asyncProperty(
        contexts,
        fc.array(expression, { minLength: 12, maxLength: 12 }),
        async (all, sources) => {
          await database.run('DELETE FROM contexts; DELETE FROM lines');
          for (const [i, { row, caused }] of all.entries()) {
            await insert('contexts', FIELDS, [i], row);
            await insert('lines', LINE, [i, true], row);
            for (const one of caused) await insert('lines', LINE, [i, false], one);
          }
          await insert('lines', LINE, [null, false], { verb: 'create' });
          for (const source of sources) {
            const query = readQuery(source, { now: NOW });
            const { sql, bindings } = sqlOf(query);
            const found = await database.rows<{ context: number }>(
              `SELECT "context" FROM contexts WHERE ${sql} ORDER BY 1`,
              bindings,
            );
            const holds = evaluator(query);
            const expected = [...all.keys()].filter((i) => {
              const { row, caused } = all[i]!;
              return holds({
                row,
                lines: () => [{ row, trigger: true }, ...caused.map((one) => ({ row: one, trigger: false }))],
              });
            });
            expect(
              found.map(({ context }) => context),
              source,
            ).toEqual(expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('means the same characters by a class, whichever Unicode each engine has', async () => {
    await database.run(
      'CREATE TABLE letters AS SELECT i::INTEGER AS "at", chr(i::INTEGER) AS letter FROM range(1114112) AS r(i) WHERE i < 55296 OR i > 57343',
    );
    for (const pattern of [
      '^\\pL$',
      '^\\P{Lu}$',
      '^[^\\pN\\p{Han}]$',
      '^\\p{^Greek}$',
      '^[[:alpha:]\\pM]$',
    ]) {
      const query = readQuery(`regexp(name, ${quote(pattern)})`, { now: NOW });
      const { pattern: explicit } = query as { pattern: string };
      const rows = await database.rows<{ at: number }>(
        'SELECT "at" FROM letters WHERE regexp_matches(letter, $1)',
        [{ type: 'text', value: explicit }],
      );
      const theirs = new Set(rows.map(({ at }) => at));
      const holds = evaluator(query);
      const different = [...Array(0x110000).keys()].filter(
        (at) =>
          (at < 0xd800 || at > 0xdfff) &&
          holds({ row: { name: String.fromCodePoint(at) }, lines: () => [] }) !== theirs.has(at),
      );
      expect(different, pattern).toEqual([]);
    }
  });

  it('puts nothing that was written into the statement', () => {
    fc.assert(
      fc.property(expression, (source) => {
        const { sql } = sqlOf(readQuery(source, { now: NOW }));
        expect(sql.replace(/\b(contexts|lines)\."[a-z_]+"|\$\d+/g, '')).toMatch(
          /^(?:coalesce|regexp_matches|list_contains|list_filter|list_has_any|lambda one: regexp_matches\(one|len|SELECT|FROM lines|WHERE|IS NOT NULL|IS NULL|NOT IN|IN|NOT|AND|OR|true|false|[ (),<>=[\]0])*$/,
        );
      }),
    );
  });
});
