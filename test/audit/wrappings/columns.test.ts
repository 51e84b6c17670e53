import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Columns, type Taken } from '../../../src/audit/wrappings/columns.js';

const rowsOf = (lines: readonly string[], most = 1e6): Taken[] => {
  const columns = new Columns(most);
  return lines.map((line) => columns.take(line));
};

it('gives any cells back, on one line or on many', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', '"', ',', ';', '\n', ' ', '{', 'é', '\\'),
    maxLength: 12,
  });
  const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rows, fc.constantFrom(',', ';', '\t'), (cells, separator) => {
      const text = [['host', 'message', 'last'], ...cells]
        .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(separator))
        .join('\n');
      const found = rowsOf(text.split('\n')).filter((taken) => taken !== 'taken');
      expect(found).toEqual(
        cells.map(([host, message, last]) => ({
          row: Object.fromEntries(
            Object.entries({ host, message, last }).filter(([, value]) => value !== ''),
          ),
        })),
      );
    }),
  );
});

it('takes bare cells as they are', () => {
  expect(rowsOf(['a,log', '5" disk,x', ',"x" y'])).toEqual([
    'taken',
    { row: { a: '5" disk', log: 'x' } },
    { row: { log: 'x' } },
  ]);
});

it('takes no line for a table before its head, and no object for a row', () => {
  expect(rowsOf(['a,b', '1,2', 'I0101 00:00:00 main.go:1] message, log', '"message"'])).toEqual(
    Array(4).fill(null),
  );
  expect(rowsOf(['a,log', '{"a":1}', ' [1]'])).toEqual(['taken', null, null]);
  expect(rowsOf(['_raw', '"x"'])).toEqual(['taken', { row: { _raw: 'x' } }]);
});

it('holds no row that is too long', () => {
  const lines = ['a,log', '"', ...Array<string>(100).fill('x'.repeat(20)), '1,2'];
  const taken = rowsOf(lines, 1000);
  expect(taken).toContainEqual({ expected: 'a row of at most 1000 characters', got: 'a longer one' });
  expect(taken.at(-1)).toEqual({ row: { a: '1', log: '2' } });
});
