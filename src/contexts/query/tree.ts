import type { Field } from './fields.js';

/** How two values are compared. */
export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A value that a person wrote; a time in microseconds since 1970. */
export type Literal = string | number | boolean;

/**
 * An expression whose fields are known and whose types fit: what is evaluated, and made SQL of. Each is true or false of a context, or of a
 * line below `any` and `caused`; there is no third value.
 */
export type Query =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly kind: 'not'; readonly part: Query }
  /** A field beside a value. */
  | { readonly kind: 'compare'; readonly field: Field; readonly operator: Operator; readonly value: Literal }
  /** Two fields of a type. */
  | { readonly kind: 'fields'; readonly field: Field; readonly operator: Operator; readonly other: Field }
  | { readonly kind: 'in'; readonly field: Field; readonly values: readonly Literal[] }
  | { readonly kind: 'exists'; readonly field: Field }
  | { readonly kind: 'matches'; readonly field: Field; readonly pattern: string }
  /** Some line of the context; with `caused` some line but the triggering one. */
  | { readonly kind: 'any' | 'caused'; readonly part: Query }
  /** Of every context: the empty expression. */
  | { readonly kind: 'all' };

/** All parts of an expression, itself first. */
export function* partsOf(query: Query): Generator<Query> {
  yield query;
  if (query.kind === 'and' || query.kind === 'or') for (const part of query.parts) yield* partsOf(part);
  else if ('part' in query) yield* partsOf(query.part);
}
