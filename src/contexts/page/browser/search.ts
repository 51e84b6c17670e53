import { type Search, wordSearch } from './select.js';
import type { Store } from './store.js';

/** What a text finds, or what is wrong with it and where. */
export type Found =
  | { search: Search; isExpression: boolean }
  | { fault: { says: string; from: number; to: number } };

/** Finds contexts by words. */
export function searchFor(store: Store, text: string): Found {
  return { search: wordSearch(store, text), isExpression: false };
}
