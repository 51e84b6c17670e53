import { CONFIDENCES, FACETS, type State } from './state.js';
import { linesOf, type Store, type Texts } from './store.js';

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
  const { actor, namespace, resource, subresource, verb, outcome, incident } = store.texts;
  const groups = Object.keys(CONFIDENCES);
  const confidence = store.numbers.confidence!;
  const ids = Uint8Array.from(confidence, (value) =>
    Number.isNaN(value) ? 0 : value < 0.5 ? 1 : value < 0.9 ? 2 : 3,
  );
  return {
    actor: actor!,
    namespace: namespace!,
    resource: joined(resource!, subresource!),
    verb: verb!,
    outcome: outcome!,
    confidence: { values: groups, ids },
    incident: incident!,
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
    const values = state.facets[name];
    const { values: all, ids } = facets[name]!;
    const wanted = values && Uint8Array.from(all, (value) => (values.includes(value) ? 1 : 0));
    return { name, ids, counts: new Uint32Array(all.length), wanted };
  });
  const asked = chosen.filter(({ wanted }) => wanted);
  const { from, took, background } = store.numbers as {
    from: Float64Array;
    took: Float64Array;
    background: Uint8Array;
  };
  const order = orderOf(store, state.sort);
  const rows = new Uint32Array(store.size);
  const anytime = new Uint32Array(store.size);
  let shown = 0;
  let ever = 0;
  for (let i = 0; i < store.size; i++) {
    const row = order ? order[i]! : i;
    if (background[row] === 1 && !state.background) continue;
    if (search && !search(row)) continue;
    let fails = 0;
    let failing = asked[0];
    for (const one of asked)
      if (one.wanted![one.ids[row]!] === 0) {
        fails++;
        failing = one;
      }
    if (fails > 1) continue;
    if (fails === 0) anytime[ever++] = row;
    const inTime =
      state.from === null ||
      state.to === null ||
      (from[row]! <= state.to && from[row]! + took[row]! * 1000 >= state.from);
    if (!inTime) continue;
    if (fails === 1) failing!.counts[failing!.ids[row]!]!++;
    else {
      rows[shown++] = row;
      for (const { counts, ids } of chosen) counts[ids[row]!]!++;
    }
  }
  const found = rows.slice(0, shown);
  return {
    rows: state.down ? found.reverse() : found,
    counts: Object.fromEntries(chosen.map(({ name, counts }) => [name, counts])),
    anytime: anytime.slice(0, ever),
  };
}

const orders = new Map<string, Uint32Array>();

/** All rows in the order of a column; null for that in which they stand, which is of time. */
function orderOf(store: Store, sort: string): Uint32Array | null {
  const known = orders.get(sort);
  if (known) return known;
  const key = sortKey(store, sort);
  if (!key) return null;
  // Whole numbers with their row behind: sorted without a call for each comparison, and equal ones by time.
  const { size } = store;
  const keyed = Float64Array.from({ length: size }, (_, row) => key(row) * size + row).sort();
  const order = Uint32Array.from(keyed, (one) => one % size);
  orders.set(sort, order);
  return order;
}

function sortKey(store: Store, sort: string): ((row: number) => number) | null {
  if (sort === 'took') return (row) => Math.max(0, Math.floor(store.numbers.took![row]!));
  if (sort === 'lines') return (row) => linesOf(store, row);
  if (sort !== 'actor' && sort !== 'text' && sort !== 'outcome') return null;
  const { ids } = store.texts[sort]!;
  return (row) => ids[row]!;
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
  const columns = ['text', 'actor', 'user', 'address', 'incident'].map((name) => {
    const values = lowered(store, name);
    return {
      ids: store.texts[name]!.ids,
      hits: words.map((word) => Uint8Array.from(values, (value) => (value.includes(word) ? 1 : 0))),
    };
  });
  const { id } = store.numbers;
  const ids = words.map((word) => (/^c\d{1,15}$/.test(word) ? Number(word.slice(1)) : -1));
  return (row) => {
    for (let w = 0; w < words.length; w++) {
      let found = ids[w] === id![row];
      for (let c = 0; c < columns.length && !found; c++)
        found = columns[c]!.hits[w]![columns[c]!.ids[row]!] === 1;
      if (!found) return false;
    }
    return true;
  };
}
