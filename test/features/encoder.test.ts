import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { selectColumns } from '../../src/features/columns.js';
import { extractFields, OrdinalEncoder, UNKNOWN_ID } from '../../src/features/encoder.js';
import { ENCODINGS } from '../../src/features/encoder-record.js';
import { randomStream } from '../../src/random.js';

const names = ['verb', 'kind'];
const training = [
  ['get', null],
  ['list', 'Pod'],
  ['get', 'Node'],
];

const value = fc.oneof(
  fc.constant(null),
  fc.constantFrom('__proto__', 'constructor', '', '0', 'null'),
  fc.string(),
);
const rows = fc.array(fc.tuple(value, value), { maxLength: 30 });

describe('extractFields', () => {
  it('reads a line’s values in the order of the columns', () => {
    const event: AuditEvent = {
      auditID: 'a',
      stage: 'ResponseComplete',
      verb: 'get',
      user: {},
      requestReceivedTimestamp: '2026-01-01T00:00:00Z',
    };
    const columns = selectColumns({ include: ['objectRef.resource', 'verb'] });
    expect(extractFields(event, columns)).toEqual([null, 'get']);
  });
});

describe('OrdinalEncoder', () => {
  it('numbers values from 1 in the order they appear, null too', () => {
    const encoder = OrdinalEncoder.fit(training, names);
    expect([...encoder.encodeRows(training)]).toEqual([1, 1, 2, 2, 1, 3]);
  });

  it('gives 0 to a value that was not there in fitting, never to null that was', () => {
    const encoder = OrdinalEncoder.fit(training, names);
    expect([...encoder.encode(['watch', null])]).toEqual([UNKNOWN_ID, 1]);
    expect([...encoder.encode([null, 'Secret'])]).toEqual([UNKNOWN_ID, UNKNOWN_ID]);
  });

  it('divides ids by the greatest of their column when it is asked to scale', () => {
    const encoder = OrdinalEncoder.fit(training, names).as('scaled');
    const third = Math.fround(1 / 3);
    expect([...encoder.encodeRows(training)]).toEqual([0.5, third, 1, Math.fround(2 / 3), 0.5, 1]);
    expect([...encoder.encode(['watch', 'Secret'])]).toEqual([0, 0]);
    expect(OrdinalEncoder.fit([], ['verb']).as('scaled').encode(['get'])).toEqual(Float32Array.of(0));
  });

  it('takes mean and deviation of the training rows when it is asked to standardize', () => {
    const rows = ['a', 'b', 'c', 'a'].map((value) => [value, 'same']);
    const encoder = OrdinalEncoder.fit(rows, names).as('standardized');
    const sd = Math.sqrt((2 * 0.75 ** 2 + 0.25 ** 2 + 1.25 ** 2) / 4);
    const expected = [-0.75 / sd, 0, 0.25 / sd, 0, 1.25 / sd, 0, -0.75 / sd, 0];
    encoder.encodeRows(rows).forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i]!, 6);
    });
    expect(encoder.encode(['new', 'same'])[0]).toBeCloseTo(-1.75 / sd, 6);
    expect(OrdinalEncoder.fit([], ['verb']).as('standardized').encode(['get'])[0]).toBe(0);
  });

  it('gives every column mean 0 and deviation 1, rare values aside', () => {
    const random = randomStream(7, 'rows');
    const rows = Array.from({ length: 500 }, () => [`${random.integer(9)}`, `${random.integer(80)}`]);
    const matrix = OrdinalEncoder.fit(rows, names).as('standardized').encodeRows(rows);
    for (const f of [0, 1]) {
      const column = matrix.filter((_, i) => i % 2 === f);
      const mean = column.reduce((a, b) => a + b, 0) / 500;
      expect(mean).toBeCloseTo(0, 5);
      expect(column.reduce((a, b) => a + (b - mean) ** 2, 0) / 500).toBeCloseTo(1, 5);
    }
  });

  it('cannot standardize what it read from a file of another kind', () => {
    const read = OrdinalEncoder.fromJSON(OrdinalEncoder.fit(training, names).toJSON());
    expect(() => read.as('standardized')).toThrow(
      'features: expected an encoder that was fitted, got one of kind “ordinal” from a file, or cut to its frequent values.',
    );
  });

  it('gives the 63 most frequent values of a column a number each, and the others one', () => {
    const rare = Array.from({ length: 80 }, (_, i) => [`name ${i}`, i < 30 ? 'Pod' : 'Node']);
    const often = Array.from({ length: 9 }, () => ['name 79', 'Pod']);
    const encoder = OrdinalEncoder.fit([...rare, ...often], names).as('one-hot');
    expect(encoder.width).toBe(64 + 3);
    const ones = (row: (string | null)[]): number[] =>
      Array.from(encoder.encode(row), (x, i) => (x === 1 ? i : x === 0 ? -1 : Number.NaN)).filter(
        (i) => i !== -1,
      );
    // The most frequent is the first of its column, then what came first; Node is there 50 times, Pod 39.
    expect(ones(['name 79', 'Pod'])).toEqual([1, 64 + 2]);
    expect(ones(['name 0', 'Node'])).toEqual([2, 64 + 1]);
    expect(ones(['name 61', 'Secret'])).toEqual([63, 64]);
    expect(ones(['name 62', null])).toEqual([0, 64]);
    const again = OrdinalEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(again.width).toBe(encoder.width);
    expect(again.encodeRows(rare)).toEqual(encoder.encodeRows(rare));
    expect(() => OrdinalEncoder.fromJSON(OrdinalEncoder.fit(rare, names).toJSON()).as('one-hot')).toThrow(
      'features: expected an encoder that was fitted, got one of kind “ordinal”',
    );
  });

  it('becomes one-hot however it was encoded before, hashed too, and nothing else afterwards', () => {
    const encoder = OrdinalEncoder.fit(training, names);
    const oneHot = encoder.as('one-hot');
    for (const encoding of ENCODINGS)
      expect(encoder.as(encoding).as('one-hot').encodeRows(training)).toEqual(oneHot.encodeRows(training));
    expect(encoder.hashed('salt').as('one-hot').encodeRows(training)).toEqual(oneHot.encodeRows(training));
    expect(oneHot.hashed('salt').encodeRows(training)).toEqual(oneHot.encodeRows(training));
    for (const encoding of ENCODINGS.filter((one) => one !== 'one-hot'))
      expect(() => oneHot.as(encoding)).toThrow('got one of kind “one-hot”');
  });

  it('refuses to become more numbers than fit into memory', () => {
    const encoder = OrdinalEncoder.fit(training, names);
    const many = { length: 2 ** 29 } as unknown as (string | null)[][];
    expect(() => encoder.encodeRows(many)).toThrow('features: expected at most 536870912 numbers, got');
  });

  it('learns nothing from the rows it encodes', () => {
    const encoder = OrdinalEncoder.fit(training, names);
    const before = JSON.stringify(encoder);
    encoder.encodeRows([['watch', 'Secret']]);
    expect([...encoder.encode(['watch', 'Secret'])]).toEqual([0, 0]);
    expect(JSON.stringify(encoder)).toBe(before);
  });

  it('tells the values of a column apart, and only those', () => {
    fc.assert(
      fc.property(rows, rows, (training, others) => {
        const encoder = OrdinalEncoder.fit(training, names);
        for (const row of [...training, ...others])
          encoder.encode(row).forEach((id, f) => {
            const first = training.findIndex((known) => known[f] === row[f]);
            const earlier = new Set(training.slice(0, Math.max(0, first)).map((known) => known[f]));
            expect(id).toBe(first < 0 ? 0 : earlier.size + 1);
          });
      }),
    );
  });

  it('comes back from JSON as it was, hostile values and all', () => {
    fc.assert(
      fc.property(rows, rows, fc.constantFrom(...ENCODINGS), (training, others, encoding) => {
        const encoder = OrdinalEncoder.fit(training, ['__proto__', 'kind']).as(encoding);
        const again = OrdinalEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
        expect(again.columns).toEqual(['__proto__', 'kind']);
        expect(again.encodeRows([...training, ...others])).toEqual(
          encoder.encodeRows([...training, ...others]),
        );
        expect(again.toJSON()).toEqual(encoder.toJSON());
      }),
    );
  });

  it('refuses rows that are not as wide as its columns', () => {
    const message = 'features: expected rows of 2 values, got one of 1.';
    expect(() => OrdinalEncoder.fit([['get']], names)).toThrow(message);
    expect(() => OrdinalEncoder.fit(training, names).encode(['get'])).toThrow(message);
    expect(() => OrdinalEncoder.fit(training, names).encodeRows([['get']])).toThrow(message);
  });

  it('refuses a column twice', () => {
    expect(() => OrdinalEncoder.fit([], ['verb', 'verb'])).toThrow(
      'features: expected each column once, got verb, verb.',
    );
  });

  it.each<[unknown, string]>([
    [null, 'features: expected an encoder of kind ordinal or scaled or standardized or one-hot, got none.'],
    [
      'ordinal',
      'features: expected an encoder of kind ordinal or scaled or standardized or one-hot, got none.',
    ],
    [
      { kind: 'hashing' },
      'features: expected an encoder of kind ordinal or scaled or standardized or one-hot, got "hashing".',
    ],
    [{ kind: 'ordinal' }, 'features: expected an encoder to list its columns, got none.'],
    [
      { kind: 'ordinal', columns: [null] },
      'features: expected column 0 of an encoder to list texts or null, each once.',
    ],
    [
      { kind: 'ordinal', columns: [{ name: 'verb', values: ['get', 'get'] }] },
      'features: expected column verb of an encoder to list texts or null, each once.',
    ],
    [
      { kind: 'ordinal', columns: [{ name: 'verb', values: [7] }] },
      'features: expected column verb of an encoder to list texts or null, each once.',
    ],
    [
      { kind: 'standardized', columns: [{ name: 'verb', values: ['get'], mean: 1, scale: 0 }] },
      'features: expected column verb of a standardized encoder to have a mean and a scale above 0, got 1 and 0.',
    ],
    [
      {
        kind: 'ordinal',
        columns: [
          { name: 'verb', values: [] },
          { name: 'verb', values: [] },
        ],
      },
      'features: expected each column once, got verb, verb.',
    ],
  ])('refuses %o', (json, message) => {
    expect(() => OrdinalEncoder.fromJSON(json)).toThrow(
      expect.objectContaining({
        message,
        hint: 'Take encoder.json from the folder of a model, as it was written.',
      }),
    );
  });

  it('gives the same numbers with hashes in the place of values, and tells no value', () => {
    fc.assert(
      fc.property(rows, rows, fc.constantFrom(...ENCODINGS), (known, asked, encoding) => {
        const plain = OrdinalEncoder.fit(known, names).as(encoding);
        const hashed = OrdinalEncoder.fromJSON(JSON.parse(JSON.stringify(plain.hashed('salt').toJSON())));
        expect(hashed.encodeRows(asked)).toEqual(plain.encodeRows(asked));
        expect(hashed.encodeRows(known)).toEqual(plain.encodeRows(known));
      }),
    );
    const kept = JSON.stringify(
      OrdinalEncoder.fit([['ann', 'ann']], names)
        .hashed('a')
        .toJSON(),
    );
    expect(kept).not.toContain('ann');
    const [first, second] = (JSON.parse(kept) as { columns: { values: string[] }[] }).columns;
    expect(first!.values).not.toEqual(second!.values);
    expect(kept).not.toBe(
      JSON.stringify(
        OrdinalEncoder.fit([['ann', 'ann']], names)
          .hashed('b')
          .toJSON(),
      ),
    );
  });

  it('hashes no hashes', () => {
    const hashed = OrdinalEncoder.fit(training, names).hashed('a');
    expect(hashed.hashed('a')).toBe(hashed);
    expect(() => hashed.hashed('b')).toThrow('expected an encoder with values, got one with hashes of them.');
    expect(() => OrdinalEncoder.fromJSON({ ...hashed.toJSON(), salt: 7 })).toThrow('expected the salt');
  });
});
