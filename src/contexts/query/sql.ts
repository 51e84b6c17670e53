import type { FieldType } from './fields.js';
import type { Literal, Operator, Query } from './tree.js';

/** A value of a statement, bound by its number. */
export interface Binding {
  type: 'text' | 'number' | 'time' | 'flag';
  value: Literal;
}

/** A condition over the rows of `contexts`, with `lines` for `any` and `caused`. Nothing of the expression's text is in it. */
export interface Condition {
  sql: string;
  /** `$1` is the first. */
  bindings: Binding[];
}

/** Operators whose opposite holds of a value that is there. */
const OPPOSITE: Record<Operator, Operator> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};
const SIGN: Record<Operator, string> = { '==': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };

/**
 * The SQL of an expression, for DuckDB.
 *
 * `not` is carried inwards to the single tests: a row counts where the condition is true, so a test needs to say something of NULL only below
 * a `not`, and all others can be answered from a Parquet file's statistics.
 *
 * @example sqlOf(readQuery('verb == "create"', { now })).sql // 'contexts.verb = $1'
 */
export function sqlOf(query: Query): Condition {
  const bindings: Binding[] = [];
  const bind = (type: FieldType, value: Literal): string => {
    bindings.push({ type: type === 'texts' ? 'text' : type, value });
    return `$${bindings.length}`;
  };
  return { sql: conditionOf(query, { table: 'contexts', not: false, bind }), bindings };
}

interface Place {
  table: 'contexts' | 'lines';
  /** Whether the opposite is wanted. */
  not: boolean;
  bind: (type: FieldType, value: Literal) => string;
}

function conditionOf(query: Query, place: Place): string {
  const { table, not, bind } = place;
  switch (query.kind) {
    case 'all':
      return not ? 'false' : 'true';
    case 'and':
    case 'or': {
      const joint = (query.kind === 'and') === not ? ' OR ' : ' AND ';
      return `(${query.parts.map((part) => conditionOf(part, place)).join(joint)})`;
    }
    case 'not':
      return conditionOf(query.part, { ...place, not: !not });
    case 'any':
    case 'caused': {
      const part = conditionOf(query.part, { table: 'lines', not: false, bind });
      const which = query.kind === 'caused' ? 'NOT lines."trigger" AND ' : '';
      const found = `SELECT lines."context" FROM lines WHERE lines."context" IS NOT NULL AND ${which}${part}`;
      return `contexts."context" ${not ? 'NOT IN' : 'IN'} (${found})`;
    }
  }
  const { field } = query;
  const column = `${table}."${field.column}"`;
  const list = field.type === 'texts';
  const known = (test: string): string => (not ? `NOT coalesce(${test}, false)` : test);
  switch (query.kind) {
    case 'exists':
      if (list) return known(`len(${column}) > 0`);
      return not ? `${column} IS NULL` : `${column} IS NOT NULL`;
    case 'matches': {
      const pattern = bind('text', query.pattern);
      return known(
        list
          ? `len(list_filter(${column}, lambda one: regexp_matches(one, ${pattern}))) > 0`
          : `regexp_matches(${column}, ${pattern})`,
      );
    }
    case 'in': {
      if (query.values.length === 0) return not ? 'true' : 'false';
      const values = query.values.map((value) => bind(field.type, value)).join(', ');
      return known(list ? `list_has_any(${column}, [${values}])` : `${column} IN (${values})`);
    }
    case 'fields':
      return opposing(column, query.operator, `${table}."${query.other.column}"`, not);
    case 'compare': {
      const value = bind(field.type, query.value);
      if (!list) return opposing(column, query.operator, value, not);
      const has = `list_contains(${column}, ${value})`;
      return (query.operator === '!=') === not ? has : `NOT coalesce(${has}, false)`;
    }
  }
}

/** A comparison or its opposite, which holds of what is absent too; `!=` itself is the opposite of `==`. */
function opposing(column: string, operator: Operator, other: string, not: boolean): string {
  const turned = not !== (operator === '!=');
  const base = operator === '!=' ? '==' : operator;
  const sign = SIGN[turned ? OPPOSITE[base] : base];
  const test = `${column} ${sign} ${other}`;
  return turned ? `coalesce(${test}, true)` : test;
}
