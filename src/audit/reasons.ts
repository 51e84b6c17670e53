/** Kinds of reasons that are counted apart. */
const MOST_KINDS = 1000;
/** Kinds of reasons that are named. */
const MOST_NAMED = 6;
const OTHER = 'for other reasons';

/**
 * Counts why lines were skipped, without what was found instead. Bounded, whatever the lines are.
 *
 * @example
 * const reasons = new Reasons();
 * reasons.add('expected a JSON object, got null');
 * reasons.toString(); // '1 expected a JSON object'
 */
export class Reasons {
  total = 0;
  readonly #counts = new Map<string, number>();

  add(reason: string): void {
    this.total++;
    const kind = reason.replace(/, got .*$/s, '');
    const known = this.#counts.size < MOST_KINDS || this.#counts.has(kind) ? kind : OTHER;
    this.#counts.set(known, (this.#counts.get(known) ?? 0) + 1);
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /** The most frequent first. */
  toString(): string {
    const kinds = [...this.#counts].filter(([kind]) => kind !== OTHER).sort(([, a], [, b]) => b - a);
    const named = kinds.slice(0, MOST_NAMED);
    const rest = this.total - named.reduce((sum, [, count]) => sum + count, 0);
    const told = named.map(([kind, count]) => `${count} ${kind}`);
    return [...told, ...(rest > 0 ? [`${rest} ${OTHER}`] : [])].join('; ');
  }
}
