import { type AuditEvent, receivedMicros } from '../../audit/event.js';
import { lineText } from '../action-text.js';
import { actorOf, endMicros, outcomeOf } from '../context.js';
import { redactUri } from '../redact.js';
import { spanId, traceId } from './ids.js';
import type { Place } from './places.js';

interface Exported {
  event: AuditEvent;
  line: number;
  place: Place;
  cause: number | null;
}

/** Kinds and states of spans [OTLP]. */
const SERVER = 2;
const STATUS = { unset: 0, ok: 1, error: 2 };

/**
 * Lines as spans of OpenTelemetry: a context is a trace, a line a span below the one that caused it.
 *
 * @returns One element of `resourceSpans` for each program that sent some of them, whose name is its `service.name`.
 */
export function resourceSpans(lines: readonly Exported[]): Record<string, unknown>[] {
  const services = new Map<string, Exported[]>();
  for (const one of lines) {
    const service = /^[^/\s]+/.exec(one.event.userAgent ?? '')?.[0] ?? 'unknown';
    const known = services.get(service);
    if (known) known.push(one);
    else services.set(service, [one]);
  }
  return [...services].map(([service, own]) => ({
    resource: { attributes: attributes({ 'service.name': service }) },
    scopeSpans: [{ scope: { name: 'auditweave' }, spans: own.map(span) }],
  }));
}

function span({ event, line, place, cause }: Exported): Record<string, unknown> {
  const { objectRef, responseStatus } = event;
  const trace = traceId(place);
  const received = receivedMicros(event);
  const outcome = outcomeOf(event);
  const status = outcome === 'done' ? STATUS.ok : outcome === 'unknown' ? STATUS.unset : STATUS.error;
  return {
    traceId: trace,
    spanId: spanId(trace, line),
    ...(cause === null ? {} : { parentSpanId: spanId(trace, cause) }),
    name: lineText(event),
    kind: SERVER,
    startTimeUnixNano: nanos(received),
    endTimeUnixNano: nanos(endMicros(event, received)),
    attributes: attributes({
      'enduser.id': actorOf(event),
      'k8s.audit.verb': event.verb,
      'k8s.audit.id': event.auditID,
      'k8s.audit.stage': event.stage,
      'k8s.audit.line': line,
      'k8s.resource': objectRef?.resource,
      'k8s.subresource': objectRef?.subresource,
      'k8s.namespace.name': objectRef?.namespace,
      'k8s.object.name': objectRef?.name,
      'k8s.object.uid': objectRef?.uid,
      'http.response.status_code': responseStatus?.code,
      'url.original': redactUri(event.requestURI ?? ''),
      'user_agent.original': event.userAgent,
      'client.address': event.sourceIPs?.[0],
      'auditweave.context': place.context,
      'auditweave.context.actor': place.actor,
      'auditweave.context.action': place.text,
    }),
    status: {
      code: status,
      ...(status === STATUS.error && responseStatus?.message ? { message: responseStatus.message } : {}),
    },
  };
}

/** OTLP JSON writes 64-bit integers as texts. */
const nanos = (micros: number): string => `${Math.max(0, micros)}000`;

function attributes(
  values: Record<string, string | number | undefined>,
): { key: string; value: Record<string, string> }[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === ''
      ? []
      : [
          {
            key,
            value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: String(value) },
          },
        ],
  );
}
