import { type AuditEvent, isRecord } from '../../audit/event.js';
import { pluralOf } from '../../audit/kind-names.js';

/**
 * The object that a line is about, as `resource/namespace/name`; of an Event that which it tells of, of a creation that which came of it.
 * Empty where no object is named.
 *
 * @example objectKey(event) // 'pods/shop/web-0'
 */
export function objectKey(event: AuditEvent): string {
  const { objectRef, verb, requestObject, responseObject } = event;
  if (!objectRef?.resource) return '';
  const { resource } = objectRef;
  if (resource === 'events') {
    for (const body of [requestObject, responseObject]) {
      const about = isRecord(body) ? (body.involvedObject ?? body.regarding) : undefined;
      if (!isRecord(about) || typeof about.kind !== 'string' || typeof about.name !== 'string') continue;
      return `${pluralOf(about.kind)}/${about.namespace ?? ''}/${about.name}`;
    }
    return '';
  }
  const namespace = resource === 'namespaces' ? '' : (objectRef.namespace ?? '');
  const name = objectRef.name || (verb === 'create' && !objectRef.subresource ? nameOf(responseObject) : '');
  return name === '' ? '' : `${resource}/${namespace}/${name}`;
}

function nameOf(body: unknown): string {
  const metadata = isRecord(body) ? body.metadata : undefined;
  return isRecord(metadata) && typeof metadata.name === 'string' ? metadata.name : '';
}
