import type { Row } from '../contexts/query/evaluate.js';
import type { Field } from '../contexts/query/fields.js';
import type { Query } from '../contexts/query/tree.js';
import { printable } from '../errors.js';
import { likeliest } from './filter-hints.js';

/** Texts of an expression that are looked for, and values of a field that are remembered. */
const [TESTS, MOST] = [20, 10_000] as const;

/** A text that an expression compares a field of the context with. */
export interface TextTest {
  readonly field: Field;
  readonly value: string;
  /** What has it: nothing, background alone, or something else too. */
  there: 'nothing' | 'background' | 'something';
}

/** What contexts have of the fields that an expression compares with texts, so that one that is mistyped can be told. */
export class QueryHints {
  readonly tests: readonly TextTest[];
  readonly #seen = new Map<string, Set<string>>();

  constructor(query: Query) {
    this.tests = [...testsOf(query)].slice(0, TESTS);
    for (const { field } of this.tests) this.#seen.set(field.column, new Set());
  }

  /** Takes a context, found or not. */
  add(row: Row): void {
    for (const test of this.tests) {
      const { column } = test.field;
      const seen = this.#seen.get(column)!;
      for (const value of valuesOf(row, column)) {
        if (value === test.value && test.there !== 'something')
          test.there = row.background === true ? 'background' : 'something';
        if (seen.size < MOST) seen.add(value);
      }
    }
  }

  /**
   * A sentence for each text that no context has where a near one is there, or that only background has.
   *
   * @param all Whether background is asked for.
   */
  *hints(all: boolean): Generator<string> {
    for (const { field, value, there } of this.tests) {
      if (there === 'background' && !all)
        yield `Only background has the ${field.name} ${printable(value)}: --background asks it too.`;
      if (there !== 'nothing') continue;
      const near = likeliest(value, [...this.#seen.get(field.column)!]);
      if (near !== null)
        yield `No context has the ${field.name} ${printable(value)}. Did you mean ${printable(near)}?`;
    }
  }
}

/** Texts that are compared with fields of the context itself, for being the same. */
function* testsOf(query: Query): Generator<TextTest> {
  if (query.kind === 'and' || query.kind === 'or') for (const part of query.parts) yield* testsOf(part);
  const values =
    query.kind === 'in'
      ? query.values
      : query.kind === 'compare' && query.operator === '=='
        ? [query.value]
        : [];
  for (const value of values)
    if ('field' in query && typeof value === 'string') yield { field: query.field, value, there: 'nothing' };
}

function valuesOf(row: Row, column: string): readonly string[] {
  const value = row[column];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value : [];
}
