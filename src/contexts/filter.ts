import type { ObjectReference } from '../audit/event.js';
import { microsOf } from '../audit/time.js';
import { AuditweaveError, printable } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { type Context, OUTCOMES } from './context.js';
import { readTime as timeOf } from './query/literals.js';

/** Which contexts are shown. Texts are compared whole; `*` stands for any letters. */
export interface ContextFilter {
  actor?: string;
  namespace?: string;
  verb?: string;
  outcome?: string;
  /** RFC 3339, a date, or how long ago: `now-1h`. */
  since?: string;
  until?: string;
  /** Background too. Default false. */
  background?: boolean;
}

/** What a filter asks of a context. */
export type Filtered = Pick<Context, 'actor' | 'trigger' | 'outcome' | 'from' | 'to' | 'background'>;

/**
 * Whether a context is asked for.
 *
 * @param now Milliseconds since 1970.
 * @throws {AuditweaveError} A time or an outcome cannot be read, or nothing can lie between the times.
 * @example contextFilter({ actor: 'dev-*' }, Date.now())(context)
 */
export function contextFilter(filter: ContextFilter, now: number): (context: Filtered) => boolean {
  const { outcome } = filter;
  if (outcome !== undefined && !(OUTCOMES as readonly string[]).includes(outcome)) {
    const near = nearestName(outcome, OUTCOMES);
    throw new AuditweaveError(
      `contexts: expected --outcome to be one of ${OUTCOMES.join(', ')}, got ${printable(outcome)}.`,
      near === null ? {} : { hint: `Did you mean ${near}?` },
    );
  }
  const matches = (pattern: string | undefined) => (pattern === undefined ? null : wildcard(pattern));
  const [actor, namespace, verb] = [filter.actor, filter.namespace, filter.verb].map(matches);
  const since = filter.since === undefined ? null : readTime(filter.since, now);
  const until = filter.until === undefined ? null : readTime(filter.until, now);
  if (since !== null && until !== null && since > until)
    throw new AuditweaveError(
      `contexts: expected --since before --until, got ${printable(filter.since!)} and ${printable(filter.until!)}.`,
      { hint: 'A date alone is its beginning, 00:00 UTC.' },
    );
  return (context) => {
    const { trigger } = context;
    if (context.background && !filter.background) return false;
    if (actor && !actor(context.actor)) return false;
    if (namespace && !namespace(namespaceOf(trigger.objectRef))) return false;
    if (verb && !verb(trigger.verb)) return false;
    if (outcome !== undefined && context.outcome !== outcome) return false;
    if (since !== null && microsOf(context.to) < since) return false;
    return until === null || microsOf(context.from) <= until;
  };
}

/**
 * The namespace that a request is about: that in which its object is, or which it is. The API server says it of a namespace that is read or
 * deleted, and not of one that is created.
 *
 * @example namespaceOf({ resource: 'namespaces', name: 'shop' }) // 'shop'
 */
export function namespaceOf(object: ObjectReference | undefined): string {
  const { namespace, resource, name } = object ?? {};
  return namespace ?? (resource === 'namespaces' ? name : undefined) ?? '';
}

/**
 * A time as a person types it, in microseconds since 1970: as in queries. A date alone, or a time without a zone, is UTC.
 *
 * @throws {AuditweaveError} It is none.
 * @example readTime('now-1h', 7_200_000) // 3600000000
 */
export function readTime(text: string, now: number): number {
  const time = timeOf(text.trim(), now);
  if (time !== null) return time;
  const ago = /^\d{1,9}[smhdw]$/.test(text) ? timeOf(`now-${text}`, now) : null;
  throw new AuditweaveError(`contexts: expected a time, got “${printable(text)}”.`, {
    hint: ago === null ? 'As in 2026-01-31, 2026-01-31T08:00:00Z or now-1h.' : `So long ago is now-${text}.`,
  });
}

/**
 * A test for a text in which `*` stands for any letters; linear in the text for each `*`.
 *
 * @example wildcard('dev-*')('dev-a') // true
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  return (text) => {
    if (parts.length === 1) return text === pattern;
    const [first, last] = [parts[0]!, parts.at(-1)!];
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
      return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}
