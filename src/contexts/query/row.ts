import { type AuditEvent, RFC3339 } from '../../audit/event.js';
import { microsOf } from '../../audit/time.js';
import { actorOf, type Context, outcomeOf } from '../context.js';
import type { Row } from './evaluate.js';
import { wellFormed } from './well-formed.js';

/** The part of an event that can be asked for. */
export type AskedEvent = Omit<AuditEvent, 'requestObject' | 'responseObject'>;

/**
 * The fields of one line, by column. What has another type than it should is absent.
 *
 * @example lineRow(event).verb // 'create'
 */
export function lineRow(event: AskedEvent): Row {
  const { user, impersonatedUser, objectRef, responseStatus: status } = event;
  return {
    verb: text(event.verb),
    username: text(user.username),
    impersonated: text(impersonatedUser?.username),
    actor: text(actorOf(event)),
    user_uid: text(user.uid),
    groups: texts(user.groups),
    source_ips: texts(event.sourceIPs),
    user_agent: text(event.userAgent),
    resource: text(objectRef?.resource),
    subresource: text(objectRef?.subresource),
    namespace: text(objectRef?.namespace),
    name: text(objectRef?.name),
    uid: text(objectRef?.uid),
    api_group: text(objectRef?.apiGroup),
    api_version: text(objectRef?.apiVersion),
    resource_version: text(objectRef?.resourceVersion),
    code: typeof status?.code === 'number' ? status.code : null,
    reason: text(status?.reason),
    message: text(status?.message),
    outcome: outcomeOf(event),
    decision: text(event.annotations?.['authorization.k8s.io/decision']),
    received: micros(event.requestReceivedTimestamp),
    staged: micros(event.stageTimestamp),
    request_uri: text(event.requestURI),
    audit_id: text(event.auditID),
    stage: text(event.stage),
    level: text(event.level),
  };
}

/** The fields of a context, those of its triggering event among them. */
export function contextRow(context: Omit<Context, 'causes' | 'reasons' | 'label' | 'decidedBy'>): Row {
  return {
    ...lineRow(context.trigger),
    id: context.context,
    lines: context.lines.length + (context.more ?? 0),
    milliseconds: context.milliseconds,
    first: micros(context.from),
    last: micros(context.to),
    confidence: context.confidence,
    background: context.background,
    text: text(context.text),
    incident: text(context.incident),
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' ? wellFormed(value) : null);

/** An empty list says as much as none. */
function texts(value: unknown): readonly string[] | null {
  const all = Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  return all.length > 0 ? all.map(wellFormed) : null;
}

function micros(value: unknown): number | null {
  if (typeof value !== 'string' || !RFC3339.test(value)) return null;
  const time = microsOf(value);
  return Number.isInteger(time) ? time : null;
}
