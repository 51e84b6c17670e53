import { readQuery } from '../../query/check.js';
import { findField } from '../../query/fields.js';
import { QueryError } from '../../query/query-error.js';
import { partsOf, type Query } from '../../query/tree.js';
import { columnTest, missingField } from './column-query.js';
import { queryTables } from './query-tables.js';
import { type Search, wordSearch } from './select.js';
import type { Store } from './store.js';

/** What is wrong with a text, and where. */
export interface Fault {
  says: string;
  hint: string;
  from: number;
  to: number;
}

/**
 * What a text finds, or what is wrong with it; `later` where it must wait for what is not unpacked yet. Background is not folded away
 * where the expression speaks of it.
 */
export type Found =
  | { search: Search; isExpression: boolean; speaksOfBackground: boolean }
  | { fault: Fault }
  | { later: true };

/** Signs and words that no plain search has. */
const EXPRESSION = /[=<>≤≥≠¬]|\b(exists|regexp|any|caused)\s*\(|^\s*(not|!)\s*\(|\b(not\s+)?in\s*\{/;

/** The field that may stand alone, as it is or denied. */
const FLAG = /^\s*(not\s+|!\s*)*background\s*$/i;

/** A field and a space behind it: an expression begins. */
const BEGINS = /^\s*([A-Za-z_][\w.]*)\s+$/;

/** Whether a text is an expression of the query language, and not words. */
export function isExpression(text: string): boolean {
  const [, name = ''] = BEGINS.exec(text) ?? [];
  return EXPRESSION.test(text) || FLAG.test(text) || findField(name) !== undefined;
}

/** Finds contexts by words or, where the text compares something, by an expression of the query language. */
export function searchFor(store: Store, text: string): Found {
  if (!isExpression(text))
    return { search: wordSearch(store, text), isExpression: false, speaksOfBackground: false };
  let query: Query;
  try {
    query = readQuery(text, { now: Date.now() });
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { fault: { says: `${error.says}.`, hint: error.hint ?? '', from: error.from, to: error.to } };
  }
  if (!store.lines) return { later: true };
  const tables = queryTables(store);
  const missing = missingField(query, tables);
  const speaksOfBackground = [...partsOf(query)].some(
    (part) => 'field' in part && part.field.name === 'background',
  );
  if (missing === null) return { search: columnTest(query, tables), isExpression: true, speaksOfBackground };
  const from = Math.max(0, text.toLowerCase().indexOf(missing.toLowerCase()));
  return {
    fault: {
      says: `The page does not hold ${missing} here.`,
      hint: `Ask for it with auditweave query.`,
      from,
      to: from + missing.length,
    },
  };
}
