import { OUTCOMES } from '../contexts/context.js';
import { type ContextFilter, type Filtered, namespaceOf, wildcard } from '../contexts/filter.js';
import { printable } from '../errors.js';
import { likenessOf, nearestName, similarNames } from '../nearest-name.js';

/** Values of a filter that are remembered, and that are named. */
const [MOST, NAMED] = [10_000, 6] as const;
/** Share of letter pairs above which two names are alike. */
const ALIKE = 0.5;

type Name = 'actor' | 'namespace' | 'verb' | 'outcome';
const VALUE: Record<Name, (context: Filtered) => string> = {
  actor: ({ actor }) => actor,
  namespace: ({ trigger }) => namespaceOf(trigger.objectRef),
  verb: ({ trigger }) => trigger.verb,
  outcome: ({ outcome }) => outcome,
};

/** What a log has of what is filtered by, so that a filter that lets nothing through can be told from one that is mistyped. */
export class FilterHints {
  readonly #filter: ContextFilter;
  /** Each value, and whether something else than background has it. */
  readonly #seen: Record<Name, Map<string, boolean>> = {
    actor: new Map(),
    namespace: new Map(),
    verb: new Map(),
    outcome: new Map(),
  };
  #first = '';
  #last = '';

  constructor(filter: ContextFilter) {
    this.#filter = filter;
  }

  /** Takes a context, shown or not. */
  add(context: Filtered): void {
    for (const name of Object.keys(VALUE) as Name[]) {
      if (this.#filter[name] === undefined) continue;
      const [seen, value] = [this.#seen[name], VALUE[name](context)];
      if (seen.size < MOST || seen.has(value)) seen.set(value, seen.get(value) || !context.background);
    }
    if (this.#first === '' || context.from < this.#first) this.#first = context.from;
    if (context.to > this.#last) this.#last = context.to;
  }

  /** Sentences on why nothing is shown; none where each value is there, and only together they are not. */
  *hints(): Generator<string> {
    for (const name of Object.keys(VALUE) as Name[]) {
      const wanted = this.#filter[name];
      if (wanted === undefined) continue;
      const seen = this.#seen[name];
      const matches = wildcard(wanted);
      const found = [...seen].filter(([value]) => matches(value));
      if (found.some(([, isForeground]) => isForeground)) continue;
      if (found.length > 0 && !this.#filter.background)
        yield `Only background has the ${name} ${printable(wanted)}: --background shows it.`;
      else if (found.length === 0) yield this.#unknown(name, wanted, seen);
    }
    const { since, until } = this.#filter;
    if ((since !== undefined || until !== undefined) && this.#first !== '')
      yield `The log goes from ${this.#first} to ${this.#last}.`;
  }

  #unknown(name: Name, wanted: string, seen: ReadonlyMap<string, boolean>): string {
    const known = inOrder(seen);
    if (name === 'outcome' && (OUTCOMES as readonly string[]).includes(wanted))
      return `No context has the outcome ${wanted}.`;
    const several = wanted.split(',').map((value) => value.trim());
    if (name !== 'outcome' && several.length > 1 && several.some((value) => seen.has(value)))
      return `No context has the ${name} ${printable(wanted)}. Several are asked for by query '${name} in {${several.map((value) => JSON.stringify(value)).join(', ')}}'.`;
    const near = likeliest(wanted, known);
    if (near !== null)
      return `No context has the ${name} ${printable(wanted)}. Did you mean ${printable(near)}?`;
    const some = known.slice(0, NAMED).map((value) => printable(value));
    const more = known.length > NAMED ? ', …' : '';
    return `No context has the ${name} ${printable(wanted)}${some.length > 0 ? `; there are ${some.join(', ')}${more}` : ''}.`;
  }
}

/** Values as they are named: what somebody did before background, people before programs. */
function inOrder(seen: ReadonlyMap<string, boolean>): string[] {
  const rank = (value: string): number => (seen.get(value) ? 0 : 2) + (isProgram(value) ? 1 : 0);
  return [...seen.keys()].filter((value) => value !== '').sort((a, b) => rank(a) - rank(b));
}

const isProgram = (value: string): boolean => value.startsWith('system:');

/**
 * The value that is meant: one with a letter or two otherwise; else one that holds what was written, or has most of its letters, people
 * before programs; of those alike the first.
 *
 * @example likeliest('kube-admin', ['system:node:a', 'kubernetes-admin']) // 'kubernetes-admin'
 */
export function likeliest(wanted: string, known: readonly string[]): string | null {
  if (wanted === '') return null;
  const letters = wanted.toLowerCase();
  const among = (values: readonly string[]): string | undefined =>
    values.find((value) => value.toLowerCase().includes(letters)) ??
    similarNames(wanted, values, 1).find((value) => likenessOf(wanted, value) > ALIKE);
  return (
    nearestName(wanted, known) ??
    among(known.filter((value) => !isProgram(value))) ??
    among(known.filter(isProgram)) ??
    null
  );
}
