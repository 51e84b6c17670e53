import { printable } from '../errors.js';
import { type ContextFilter, readTime } from './filter.js';

/**
 * What a filter lets through, background apart, as an expression of the query language; empty where it lets all through.
 *
 * @param now Milliseconds since 1970, for times such as `now-1h`, which the expression has as they are now.
 * @throws {AuditweaveError} A time cannot be read.
 * @example filterQuery({ actor: 'dev-*', verb: 'delete' }, 0) // 'regexp(actor, "^(?s:dev-.*)$") and verb == "delete"'
 */
export function filterQuery(filter: ContextFilter, now: number): string {
  const { actor, namespace, verb, outcome, since, until } = filter;
  const parts: string[] = [];
  if (actor !== undefined) parts.push(matching('actor', actor));
  if (namespace !== undefined) parts.push(ofNamespace(namespace));
  if (verb !== undefined) parts.push(matching('verb', verb));
  if (outcome !== undefined) parts.push(matching('outcome', outcome));
  if (since !== undefined) parts.push(`to >= ${stamp(readTime(since, now))}`);
  if (until !== undefined) parts.push(`from <= ${stamp(readTime(until, now))}`);
  return parts.join(' and ');
}

/**
 * The same in words.
 *
 * @example filterWords({ actor: 'dev-*', since: '2026-01-31' }, 0) // 'actor dev-*, since 2026-01-31T00:00:00.000Z'
 */
export function filterWords(filter: ContextFilter, now: number): string {
  const named = (['actor', 'namespace', 'verb', 'outcome'] as const).map((name) => [name, filter[name]]);
  const timed = (['since', 'until'] as const).map((name) => {
    const time = filter[name];
    return [name, time === undefined ? time : stamp(readTime(time, now))];
  });
  return [...named, ...timed]
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${printable(value || 'none')}`]))
    .join(', ');
}

/** As `wildcard` has it. */
function matching(field: string, pattern: string): string {
  if (!pattern.includes('*')) return `${field} == ${quote(pattern)}`;
  const letters = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return `regexp(${field}, ${quote(`^(?s:${letters})$`)})`;
}

/** As `namespaceOf` has it: a namespace that is created is only its name. */
function ofNamespace(pattern: string): string {
  const created = 'not exists(objectRef.namespace) and objectRef.resource == "namespaces"';
  const own = `${matching('objectRef.namespace', pattern)} or (${created} and ${matching('objectRef.name', pattern)})`;
  // Of what is in no namespace, nothing is known but that; only stars, or nothing, are true of it.
  if (pattern.replaceAll('*', '') !== '') return `(${own})`;
  const none = `not exists(objectRef.namespace) and not (objectRef.resource == "namespaces" and exists(objectRef.name))`;
  return `(${own} or (${none}))`;
}

/** A text in quotes, with what is not seen as its number. */
function quote(text: string): string {
  const seen = text
    .replace(/["\\]/g, '\\$&')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return `"${seen}"`;
}

/** A time to the microsecond. */
function stamp(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const rest = micros - milliseconds * 1000;
  const text = new Date(milliseconds).toISOString();
  return rest === 0 ? text : text.replace('Z', `${String(rest).padStart(3, '0')}Z`);
}
