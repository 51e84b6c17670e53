import { AuditweaveError, printable } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { type Context, OUTCOMES } from './context.js';

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

const UNITS: Record<string, number> = { s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 };

/**
 * Whether a context is asked for.
 *
 * @param now Milliseconds since 1970.
 * @throws {AuditweaveError} A time or an outcome cannot be read.
 * @example contextFilter({ actor: 'dev-*' }, Date.now())(context)
 */
export function contextFilter(filter: ContextFilter, now: number): (context: Context) => boolean {
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
  return (context) => {
    const { trigger } = context;
    if (context.background && !filter.background) return false;
    if (actor && !actor(context.actor)) return false;
    if (namespace && !namespace(trigger.objectRef?.namespace ?? '')) return false;
    if (verb && !verb(trigger.verb)) return false;
    if (outcome !== undefined && context.outcome !== outcome) return false;
    if (since !== null && Date.parse(context.to) < since) return false;
    return until === null || Date.parse(context.from) <= until;
  };
}

/**
 * A time as a person types it, in milliseconds since 1970. A date alone, or a time without a zone, is UTC.
 *
 * @throws {AuditweaveError} It is none.
 * @example readTime('now-1h', 7_200_000) // 3600000
 */
export function readTime(text: string, now: number): number {
  if (text === 'now') return now;
  const [, amount, unit] = /^now-(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * UNITS[unit!]!;
  const zoned =
    /^\d{4}-\d{2}-\d{2}[T ]/.test(text) && !/(Z|[+-]\d{2}:\d{2})$/i.test(text) ? `${text}Z` : text;
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new AuditweaveError(`contexts: expected a time, got “${text}”.`, {
    hint: 'As in 2026-01-31, 2026-01-31T08:00:00Z or now-1h.',
  });
}

/** A test for a text in which `*` stands for any letters; linear in the text for each `*`. */
function wildcard(pattern: string): (text: string) => boolean {
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
