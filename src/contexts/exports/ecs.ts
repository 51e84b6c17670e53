import { microsText } from '../context.js';
import { spanId } from './ids.js';
import type { Place } from './places.js';
import { present } from './present.js';
import { type SentLine, toldOf } from './told.js';

/** Of the Elastic Common Schema. */
const VERSION = '9.4.0';
const TYPES = new Map(
  Object.entries({
    create: ['creation'],
    update: ['change'],
    patch: ['change'],
    delete: ['deletion'],
    deletecollection: ['deletion'],
  }),
);
/** Resources that say who may do what. */
const ACCESS =
  /^(roles|rolebindings|clusterroles|clusterrolebindings|serviceaccounts|certificatesigningrequests)$/;

/**
 * A line as a document of the Elastic Common Schema: `trace.id` and `labels.context` are its context, `labels.context_actor` who
 * started that. Bodies are left out.
 */
export function ecsDocument(sent: SentLine, place: Place, cause: number | null): Record<string, unknown> {
  const { event, line } = sent;
  const { objectRef, user, impersonatedUser, responseStatus } = event;
  const { received, end, outcome, message, uri, id, trace } = toldOf(sent, place);
  const [path, query] = uri.split('?', 2);
  return present({
    '@timestamp': microsText(received),
    message,
    ecs: { version: VERSION },
    event: {
      kind: 'event',
      category: [ACCESS.test(objectRef?.resource ?? '') ? 'iam' : 'configuration'],
      type: TYPES.get(event.verb) ?? ['access'],
      action: event.verb,
      outcome: outcome === 'done' ? 'success' : outcome === 'unknown' ? 'unknown' : 'failure',
      reason: responseStatus?.reason,
      id,
      sequence: line,
      start: microsText(received),
      end: microsText(end),
      duration: (end - received) * 1000,
      module: 'kubernetes',
      dataset: 'kubernetes.audit',
    },
    user: {
      name: user.username,
      id: user.uid,
      roles: user.groups,
      effective: { name: impersonatedUser?.username },
    },
    source: { address: event.sourceIPs?.[0], ip: event.sourceIPs?.[0] },
    user_agent: { original: event.userAgent },
    url: { original: uri, path, query },
    http: { response: { status_code: responseStatus?.code } },
    orchestrator: {
      type: 'kubernetes',
      api_version: objectRef?.apiVersion,
      namespace: objectRef?.namespace,
      resource: { type: objectRef?.resource, name: objectRef?.name, id: objectRef?.uid },
    },
    related: {
      user: [...new Set([user.username, impersonatedUser?.username, place.actor].filter((one) => one))],
      ip: event.sourceIPs,
    },
    trace: { id: trace },
    span: { id: spanId(trace, line) },
    labels: {
      context: place.context,
      context_actor: place.actor,
      context_action: place.text,
      context_audit_id: place.auditID,
      context_continues: place.continues,
      cause: cause === null ? undefined : spanId(trace, cause),
      audit_id: event.auditID,
      audit_stage: event.stage,
      subresource: objectRef?.subresource,
    },
  });
}
