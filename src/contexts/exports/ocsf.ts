import type { Place } from './places.js';
import { present } from './present.js';
import { type SentLine, toldOf } from './told.js';

/** Of the Open Cybersecurity Schema Framework. */
const VERSION = '1.2.0';
const CLASS = 6003;
const ACTIVITIES = new Map(
  Object.entries({
    create: 1,
    get: 2,
    list: 2,
    watch: 2,
    update: 3,
    patch: 3,
    delete: 4,
    deletecollection: 4,
  }),
);
const ACTIVITY_NAMES = ['Unknown', 'Create', 'Read', 'Update', 'Delete'];

/**
 * A line as an API Activity of OCSF: `metadata.correlation_uid` is its context, `unmapped.context` says who started that and what.
 * Bodies are left out.
 */
export function ocsfEvent(sent: SentLine, place: Place, cause: number | null): Record<string, unknown> {
  const { event, line } = sent;
  const { objectRef, user, impersonatedUser, responseStatus } = event;
  const { received, end, outcome, message, uri, id, trace } = toldOf(sent, place);
  const activity = ACTIVITIES.get(event.verb) ?? 99;
  const [ip, ...further] = event.sourceIPs ?? [];
  const acting = impersonatedUser ?? user;
  return present({
    activity_id: activity,
    activity_name: ACTIVITY_NAMES[activity] ?? event.verb,
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: CLASS,
    class_name: 'API Activity',
    type_uid: CLASS * 100 + activity,
    severity_id: 1,
    severity: 'Informational',
    time: Math.floor(received / 1000),
    start_time: Math.floor(received / 1000),
    end_time: Math.floor(end / 1000),
    duration: Math.round((end - received) / 1000),
    message,
    status_id: outcome === 'done' ? 1 : outcome === 'unknown' ? 0 : 2,
    status: outcome === 'done' ? 'Success' : outcome === 'unknown' ? 'Unknown' : 'Failure',
    status_code: responseStatus?.code === undefined ? undefined : String(responseStatus.code),
    status_detail: responseStatus?.reason,
    metadata: {
      version: VERSION,
      uid: id,
      correlation_uid: trace,
      sequence: line,
      original_time: event.requestReceivedTimestamp,
      event_code: event.stage,
      log_name: 'audit.k8s.io',
      product: { name: 'Kubernetes', vendor_name: 'Kubernetes' },
    },
    actor: {
      user: {
        name: acting.username || 'unauthenticated',
        uid: acting.uid,
        groups: acting.groups?.map((name) => ({ name })),
      },
      invoked_by: impersonatedUser ? user.username : undefined,
    },
    api: {
      operation: event.verb,
      version: objectRef?.apiVersion,
      group: { name: objectRef?.apiGroup },
      service: { name: 'kube-apiserver' },
      request: { uid: event.auditID },
      response: { code: responseStatus?.code, message: responseStatus?.message },
    },
    src_endpoint: ip === undefined ? { name: 'unknown' } : { ip, intermediate_ips: further },
    http_request: { user_agent: event.userAgent, url: { url_string: uri, path: uri.split('?')[0] } },
    resources: objectRef?.resource
      ? [
          present({
            type: objectRef.subresource
              ? `${objectRef.resource}/${objectRef.subresource}`
              : objectRef.resource,
            name: objectRef.name,
            uid: objectRef.uid,
            namespace: objectRef.namespace,
          }),
        ]
      : undefined,
    unmapped: {
      context: present({
        id: place.context,
        actor: place.actor,
        action: place.text,
        audit_id: place.auditID,
        continues: place.continues,
        cause_line: cause,
      }),
    },
  });
}
