import { type AuditEvent, isRecord } from '../audit/event.js';
import { singularOf } from '../audit/kind-names.js';

/** A table that is asked with words of a log, of which `constructor` may be one. */
function nestedMap(table: Record<string, Record<string, string>>): Map<string, Map<string, string>> {
  return new Map(Object.entries(table).map(([key, words]) => [key, new Map(Object.entries(words))]));
}

/** What a request on a subresource does, where the verb alone does not say it. */
const SUBRESOURCES = nestedMap({
  exec: { '*': 'exec into' },
  attach: { '*': 'attach to' },
  portforward: { '*': 'forward ports of' },
  proxy: { '*': 'proxy to' },
  log: { '*': 'read log of' },
  scale: { update: 'scale', patch: 'scale', '*': 'read scale of' },
  eviction: { create: 'evict' },
  binding: { create: 'bind' },
  token: { create: 'create token of' },
  approval: { update: 'approve', patch: 'approve' },
  ephemeralcontainers: { update: 'debug', patch: 'debug' },
  finalize: { update: 'finalize' },
});

/**
 * An action in words.
 *
 * @example actionText(event) // 'create deployment web in shop'
 */
export function actionText(event: AuditEvent): string {
  const { objectRef, verb } = event;
  if (!objectRef?.resource) return `${verb} ${(event.requestURI ?? '').split('?')[0] || 'nothing'}`;
  const { resource, subresource } = objectRef;
  const name = objectRef.name || nameInBody(event);
  const namespace = resource === 'namespaces' ? '' : (objectRef.namespace ?? '');
  const one = name !== '' || verb === 'create';
  const kind = one ? singularOf(resource) : resource;
  const place = namespace ? ` in ${namespace}` : '';
  const object = name ? `${kind} ${name}${place}` : `${kind}${place}`;
  if (!subresource)
    return verb === 'deletecollection' ? `delete all ${resource}${place}` : `${verb} ${object}`;
  const words = SUBRESOURCES.get(subresource);
  const phrase = words?.get(verb) ?? words?.get('*');
  return phrase ? `${phrase} ${object}` : `${verb} ${subresource} of ${object}`;
}

/**
 * A line of a context in words: an Event by what it tells, anything else as an action.
 *
 * @example lineText(event) // 'Event Scheduled: Successfully assigned shop/web-0 to worker-1'
 */
export function lineText(event: AuditEvent): string {
  const body = event.requestObject ?? event.responseObject;
  if (event.objectRef?.resource !== 'events' || event.objectRef.subresource || !isRecord(body))
    return actionText(event);
  const message = typeof body.message === 'string' ? body.message : body.note;
  if (typeof body.reason !== 'string' || typeof message !== 'string') return actionText(event);
  return `Event ${body.reason}: ${message}`;
}

/** An action in words that do not name the object: `create deployment`; equal for alike actions, for counts and comparisons. */
export function actionKind(event: Pick<AuditEvent, 'verb' | 'objectRef' | 'requestURI'>): string {
  const { objectRef } = event;
  if (!objectRef?.resource) return actionText(event as AuditEvent);
  const { name, namespace: _, ...rest } = objectRef;
  const text = actionText({
    verb: event.verb,
    objectRef: { ...rest, ...(name ? { name: '\u0000' } : {}) },
  } as AuditEvent);
  return text.replace(' \u0000', '');
}

/** The name that the server gave, or the client asked for. */
function nameInBody({ verb, responseObject, requestObject }: AuditEvent): string {
  if (verb !== 'create') return '';
  for (const body of [responseObject, requestObject]) {
    const metadata = isRecord(body) ? body.metadata : undefined;
    if (!isRecord(metadata)) continue;
    if (typeof metadata.name === 'string' && metadata.name) return metadata.name;
    if (typeof metadata.generateName === 'string' && metadata.generateName)
      return `${metadata.generateName}…`;
  }
  return '';
}
