import { CONFIDENCES, FACETS, type State } from './state.js';
import type { Store, Texts } from './store.js';

/** Rows that are shown, and how many there are of each value of a facet. */
export interface Selection {
  rows: Uint32Array;
  /** For each facet counts by the value’s place. */
  counts: Record<string, Uint32Array>;
  /** Shown but for the time that is chosen: what the time line draws. */
  anytime: Uint32Array;
}

/** Whether a row is found; null when everything is. */
export type Search = ((row: number) => boolean) | null;

/** Columns of the facets, resources with their subresources and confidence in groups. */
export function facetColumns(store: Store): Record<string, Texts> {
  const { actor, namespace, resource, subresource, verb, outcome } = store.texts;
  const groups = Object.keys(CONFIDENCES);
  const confidence = store.numbers.confidence!;
  const ids = Uint32Array.from(confidence, (value) =>
    Number.isNaN(value) ? 0 : value < 0.5 ? 1 : value < 0.9 ? 2 : 3,
  );
  return {
    actor: actor!,
    namespace: namespace!,
    resource: joined(resource!, subresource!),
    verb: verb!,
    outcome: outcome!,
    confidence: { values: groups, ids },
  };
}

function joined(first: Texts, second: Texts): Texts {
  const values: string[] = [];
  const known = new Map<number, number>();
  const ids = new Uint32Array(first.ids.length);
  for (let row = 0; row < ids.length; row++) {
    const key = first.ids[row]! * second.values.length + second.ids[row]!;
    let id = known.get(key);
    if (id === undefined) {
      id = values.length;
      known.set(key, id);
      const below = second.values[second.ids[row]!]!;
      values.push(`${first.values[first.ids[row]!]}${below ? `/${below}` : ''}`);
    }
    ids[row] = id;
  }
  return { values, ids };
}

/** Chooses rows in one pass: a value is counted when all but its own facet let the row through. */
export function select(store: Store, facets: Record<string, Texts>, state: State, search: Search): Selection {
  const chosen = FACETS.map((name) => {
    const wanted = state.facets[name];
    const { values, ids } = facets[name]!;
    return {
      name,
      ids,
      counts: new Uint32Array(values.length),
      wanted: wanted ? new Set(wanted.map((value) => values.indexOf(value))) : null,
    };
  });
  const { from, took, background } = store.numbers as {
    from: Float64Array;
    took: Float64Array;
    background: Uint8Array;
  };
  const rows = new Uint32Array(store.size);
  const anytime = new Uint32Array(store.size);
  let shown = 0;
  let ever = 0;
  for (let row = 0; row < store.size; row++) {
    if (background[row] === 1 && !state.background) continue;
    if (search && !search(row)) continue;
    let fails = 0;
    let failing = -1;
    for (let f = 0; f < chosen.length && fails < 2; f++) {
      const { wanted, ids } = chosen[f]!;
      if (wanted && !wanted.has(ids[row]!)) {
        fails++;
        failing = f;
      }
    }
    if (fails === 0) anytime[ever++] = row;
    const inTime =
      state.from === null ||
      state.to === null ||
      (from[row]! <= state.to && from[row]! + took[row]! * 1000 >= state.from);
    if (!inTime || fails > 1) continue;
    if (fails === 1) chosen[failing]!.counts[chosen[failing]!.ids[row]!]!++;
    else {
      rows[shown++] = row;
      for (const { counts, ids } of chosen) counts[ids[row]!]!++;
    }
  }
  return {
    rows: sorted(store, rows.slice(0, shown), state),
    counts: Object.fromEntries(chosen.map(({ name, counts }) => [name, counts])),
    anytime: anytime.slice(0, ever),
  };
}

function sorted(store: Store, rows: Uint32Array, { sort, down }: State): Uint32Array {
  const key = sortKey(store, sort);
  // Contexts stand in order of time already.
  if (key) rows.sort((a, b) => key[a]! - key[b]! || a - b);
  return down ? rows.reverse() : rows;
}

const keys = new Map<string, ArrayLike<number> | null>();

function sortKey(store: Store, sort: string): ArrayLike<number> | null {
  const known = keys.get(sort);
  if (known !== undefined) return known;
  const key = makeSortKey(store, sort);
  keys.set(sort, key);
  return key;
}

function makeSortKey(store: Store, sort: string): ArrayLike<number> | null {
  if (sort === 'took') return store.numbers.took!;
  if (sort === 'lines') {
    const start = store.numbers.start!;
    return Uint32Array.from(
      { length: store.size },
      (_, i) => start[i + 1]! - start[i]! + (store.data.more[i] ?? 0),
    );
  }
  if (sort === 'actor' || sort === 'text' || sort === 'outcome') {
    const { values, ids } = store.texts[sort]!;
    const order = values
      .map((_, i) => i)
      .sort((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : 0));
    const rank = new Uint32Array(values.length);
    order.forEach((value, place) => {
      rank[value] = place;
    });
    return ids.map((id) => rank[id]!);
  }
  return null;
}

const lowerCase = new Map<string, string[]>();

function lowered(store: Store, name: string): string[] {
  let values = lowerCase.get(name);
  if (!values) {
    values = store.texts[name]!.values.map((value) => value.toLowerCase());
    lowerCase.set(name, values);
  }
  return values;
}

/** Finds rows by words: each is somewhere in the action, the actor, the incident or the id, whatever its letters’ case. */
export function wordSearch(store: Store, query: string): Search {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  const found = (name: string): Uint8Array[] => {
    const values = lowered(store, name);
    return words.map((word) => Uint8Array.from(values, (value) => (value.includes(word) ? 1 : 0)));
  };
  const columns = ['text', 'actor', 'user', 'address'].map((name) => ({
    ids: store.texts[name]!.ids,
    hits: found(name),
  }));
  const { id } = store.numbers;
  return (row) =>
    words.every(
      (word, w) =>
        columns.some(({ ids, hits }) => hits[w]![ids[row]!] === 1) ||
        word === `c${id![row]}` ||
        store.data.incidents[row]?.toLowerCase().includes(word) === true,
    );
}
