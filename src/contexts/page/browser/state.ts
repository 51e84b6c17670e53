/** What a person has chosen to see; all of it is in the address. */
export interface State {
  query: string;
  /** Values chosen of each facet. */
  facets: Record<string, string[]>;
  /** Microseconds since 1970, or null. */
  from: number | null;
  to: number | null;
  /** The part of the time line that is looked at, or null for all. */
  viewFrom: number | null;
  viewTo: number | null;
  background: boolean;
  zone: 'UTC' | 'local';
  /** Id of the open context, or null. */
  open: string | null;
  /** The object whose history is shown, as `resource/namespace/name`, or null. */
  object: string | null;
  sort: string;
  down: boolean;
}

export const FACETS = [
  'actor',
  'namespace',
  'resource',
  'verb',
  'outcome',
  'confidence',
  'incident',
] as const;
export const SORTS = ['time', 'actor', 'text', 'lines', 'outcome', 'took'] as const;

export const FRESH: State = {
  query: '',
  facets: {},
  from: null,
  to: null,
  viewFrom: null,
  viewTo: null,
  background: false,
  zone: 'UTC',
  open: null,
  object: null,
  sort: 'time',
  down: false,
};

/** @example writeHash({ ...FRESH, query: 'web' }) // '#q=web' */
export function writeHash(state: State): string {
  const out = new URLSearchParams();
  if (state.query) out.set('q', state.query);
  for (const name of FACETS) for (const value of state.facets[name] ?? []) out.append(name, value);
  if (state.from !== null && state.to !== null) out.set('during', `${state.from}-${state.to}`);
  if (state.viewFrom !== null && state.viewTo !== null) out.set('view', `${state.viewFrom}-${state.viewTo}`);
  if (state.background) out.set('background', '1');
  if (state.zone !== 'UTC') out.set('zone', state.zone);
  if (state.sort !== 'time' || state.down) out.set('sort', `${state.down ? '-' : ''}${state.sort}`);
  if (state.open) out.set('open', state.open);
  if (state.object !== null) out.set('object', state.object);
  const text = out.toString();
  return text ? `#${text}` : '#';
}

/** Reads an address; what it does not know it leaves out. */
export function readHash(hash: string): State {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const span = (name: string): [number, number] | [null, null] => {
    const [, from, to] = /^(\d{1,17})-(\d{1,17})$/.exec(given.get(name) ?? '') ?? [];
    return from === undefined || to === undefined ? [null, null] : [Number(from), Number(to)];
  };
  const [from, to] = span('during');
  const [viewFrom, viewTo] = span('view');
  const sort = given.get('sort') ?? 'time';
  const name = sort.replace(/^-/, '');
  return {
    query: given.get('q') ?? '',
    facets: Object.fromEntries(
      FACETS.map((facet) => [facet, given.getAll(facet)]).filter(([, values]) => values!.length > 0),
    ) as Record<string, string[]>,
    from,
    to,
    viewFrom,
    viewTo,
    background: given.get('background') === '1',
    zone: given.get('zone') === 'local' ? 'local' : 'UTC',
    open: /^c\d{1,15}$/.test(given.get('open') ?? '') ? given.get('open') : null,
    object: /^[^/]+\/[^/]*\/./.test(given.get('object') ?? '') ? given.get('object') : null,
    sort: (SORTS as readonly string[]).includes(name) ? name : 'time',
    down: sort.startsWith('-'),
  };
}

/**
 * What is chosen as an expression of the query language.
 *
 * @param only What alone is on the page, as an expression. Default: all.
 * @example queryOf({ ...FRESH, facets: { verb: ['create', 'patch'] } }) // 'verb in {"create", "patch"}'
 */
export function queryOf(
  { query, facets, from, to, background }: State,
  isExpression: boolean,
  only = '',
): string {
  const parts: string[] = only === '' ? [] : [only];
  const quote = (text: string): string => JSON.stringify(text);
  const words = query.trim();
  if (words) parts.push(isExpression ? `(${words})` : words.split(/\s+/).map(wordQuery).join(' and '));
  for (const [name, values] of Object.entries(facets)) {
    const tests = values.map((value) => {
      if (name === 'confidence') return CONFIDENCES[value] ?? '';
      const field = name === 'namespace' || name === 'resource' ? `objectRef.${name}` : name;
      const [resource = '', subresource] = value.split('/');
      if (value === '') return `not exists(${field})`;
      if (name === 'resource' && subresource !== undefined)
        return `(${field} == ${quote(resource)} and objectRef.subresource == ${quote(subresource)})`;
      if (name === 'resource')
        return `(${field} == ${quote(resource)} and not exists(objectRef.subresource))`;
      return `${field} == ${quote(value)}`;
    });
    parts.push(tests.length > 1 ? `(${tests.join(' or ')})` : tests[0]!);
  }
  if (from !== null && to !== null) parts.push(`to >= ${stamp(from)} and from <= ${stamp(to)}`);
  if (!background) parts.push('background == false');
  return parts.join(' and ');
}

/** A word, wherever the page looks for it. */
function wordQuery(word: string): string {
  if (/^c\d{1,15}$/.test(word)) return `context == "${word}"`;
  const pattern = JSON.stringify(`(?i)${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
  const places = ['text', 'actor', 'username', 'sourceIPs', 'incident'];
  return `(${places.map((field) => `regexp(${field}, ${pattern})`).join(' or ')})`;
}

/** Groups of confidence, and what they mean. */
export const CONFIDENCES: Record<string, string> = {
  'not predicted': 'not exists(confidence)',
  'below 0.5': 'confidence < 0.5',
  '0.5 to 0.9': '(confidence >= 0.5 and confidence < 0.9)',
  '0.9 and above': 'confidence >= 0.9',
};

const stamp = (micros: number): string => new Date(micros / 1000).toISOString();
