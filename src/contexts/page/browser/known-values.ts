import type { CompleteOptions, KnownValue } from '../../query/complete.js';
import type { Field } from '../../query/fields.js';
import { type QueryColumn, readerOf } from './column-query.js';
import { queryTables } from './query-tables.js';
import type { Store } from './store.js';

/** Fields of which values are offered by themselves. */
const BEGIN_WITH = ['actor', 'namespace', 'resource', 'verb', 'name', 'outcome', 'subresource'];
/** Fields whose numbers are few. */
const FEW = new Set(['code']);

/** What completions know of the page: its fields, and the values that there are. */
export function completeOptions(store: Store): CompleteOptions {
  const known = new Map<string, readonly KnownValue[]>();
  const columnOf = ({ column }: Field, below: boolean): QueryColumn | undefined => {
    const tables = queryTables(store);
    return below ? tables.line(column) : tables.context(column);
  };
  const values = (field: Field, below: boolean): readonly KnownValue[] => {
    const key = `${below} ${field.column} ${store.lines !== null}`;
    const found = known.get(key) ?? valuesOf(store, field, columnOf(field, below), below);
    known.set(key, found);
    return found;
  };
  return { values, holds: (field, below) => columnOf(field, below) !== undefined, beginWith: BEGIN_WITH };
}

function valuesOf(
  store: Store,
  { type, column: name }: Field,
  column: QueryColumn | undefined,
  below: boolean,
): KnownValue[] {
  if (!column) return [];
  if (type === 'time') return timesOf(store);
  const rows = below ? store.lines!.numbers.line!.length : store.size;
  if ('ids' in column) {
    const counts = new Uint32Array(column.values.length);
    // Background counts only among lines: it is folded away in the list.
    for (let row = 0; row < rows; row++)
      if (below || store.numbers.background![row] === 0) counts[column.ids[row]!]!++;
    return column.values
      .map((value, id) => ({ value, count: counts[id]! }))
      .filter(({ value }) => value !== '')
      .sort((a, b) => b.count - a.count);
  }
  if (!FEW.has(name)) return [];
  const read = readerOf(column);
  const counts = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const value = read(row);
    if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}

/** When the log begins and ends, to the minute. */
function timesOf({ numbers, size }: Store): KnownValue[] {
  const from = numbers.from!;
  const ends = size === 0 ? [] : [from[0]!, from[size - 1]!];
  return [...new Set(ends.map((micros) => `${new Date(micros / 1000).toISOString().slice(0, 16)}Z`))].map(
    (value) => ({ value, count: 0 }),
  );
}
