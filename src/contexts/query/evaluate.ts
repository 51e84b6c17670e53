import { RE2JS } from 're2js';
import type { FieldValue } from './fields.js';
import type { Literal, Operator, Query } from './tree.js';

/** Values by column; what is absent is null or left out. */
export type Row = Readonly<Record<string, FieldValue | undefined>>;

/** What an expression is asked of: a context with the fields of its triggering event, and its lines. */
export interface Subject {
  row: Row;
  /** All lines of the context, the triggering one too. */
  lines: () => Iterable<{ row: Row; trigger: boolean }>;
}

type Test = (row: Row, lines: Subject['lines']) => boolean;

/**
 * Makes a function of an expression, without a database: what the page asks with, and the oracle of the SQL.
 *
 * A test of an absent field is false, and `not` turns that round; `!=` is `not` of `==`. Texts compare by code points.
 *
 * @example evaluator(readQuery('verb == "create"', { now }))({ row: { verb: 'create' }, lines: () => [] }) // true
 */
export function evaluator(query: Query): (subject: Subject) => boolean {
  const test = testOf(query);
  return ({ row, lines }) => test(row, lines);
}

function testOf(query: Query): Test {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const parts = query.parts.map(testOf);
      return (row, lines) => parts.every((part) => part(row, lines));
    }
    case 'or': {
      const parts = query.parts.map(testOf);
      return (row, lines) => parts.some((part) => part(row, lines));
    }
    case 'not': {
      const part = testOf(query.part);
      return (row, lines) => !part(row, lines);
    }
    case 'any':
    case 'caused': {
      const part = testOf(query.part);
      const all = query.kind === 'any';
      return (_, lines) => {
        for (const line of lines()) if ((all || !line.trigger) && part(line.row, lines)) return true;
        return false;
      };
    }
    case 'exists':
      return value(query.field.column, (known) => !Array.isArray(known) || known.length > 0);
    case 'matches': {
      const pattern = RE2JS.compile(query.pattern);
      return some(query.field.column, (text) => typeof text === 'string' && pattern.matcher(text).find());
    }
    case 'in': {
      const values = new Set<FieldValue>(query.values);
      return some(query.field.column, (known) => values.has(known));
    }
    case 'compare': {
      const { field, operator, value: wanted } = query;
      if (operator === '!=') return inverse(some(field.column, (known) => holds(known, '==', wanted)));
      return some(field.column, (known) => holds(known, operator, wanted));
    }
    case 'fields': {
      const { operator } = query;
      const [a, b] = [query.field.column, query.other.column];
      const both =
        (sign: Operator): Test =>
        (row) =>
          (row[a] ?? null) !== null && (row[b] ?? null) !== null && holds(row[a]!, sign, row[b] as Literal);
      return operator === '!=' ? inverse(both('==')) : both(operator);
    }
  }
}

const inverse =
  (test: Test): Test =>
  (row, lines) =>
    !test(row, lines);

/** A test of a value that is there. */
const value =
  (column: string, test: (known: Exclude<FieldValue, null>) => boolean): Test =>
  (row) => {
    const known = row[column] ?? null;
    return known !== null && test(known);
  };

/** A test of a value that is there, or of some element of a list. */
const some = (column: string, test: (known: FieldValue) => boolean): Test =>
  value(column, (known) => (Array.isArray(known) ? known.some(test) : test(known)));

function holds(a: FieldValue, operator: Operator, b: Literal): boolean {
  if (operator === '==') return a === b;
  if (typeof a !== typeof b) return false;
  const order =
    typeof a === 'string' ? compareTexts(a, b as string) : Math.sign((a as number) - (b as number));
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

/** By code points, which is the order of UTF-8; that of UTF-16 has surrogates before U+E000. */
export function compareTexts(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

const rank = (unit: number): number =>
  unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
