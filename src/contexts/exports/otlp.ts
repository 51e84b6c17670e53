import { receivedMicros } from '../../audit/event.js';
import { actorOf, endMicros, outcomeOf } from '../context.js';
import { spanId, traceId } from './ids.js';
import type { Place } from './places.js';
import type { SentLine } from './told.js';

/** Kinds and states of spans [OTLP]. */
const SERVER = 2;
const STATUS = { unset: 0, ok: 1, error: 2 };

/** A line as a span, written already, and the program that sent it. */
export interface Span {
  service: string;
  text: string;
  /** Of the text with what stands around it, were it the only one of its program and all its letters beyond ASCII escaped. */
  bytes: number;
}

/** What one message has at most: 1 MiB is where OpenTelemetry's collector cuts a line of a file, unless it is told otherwise. */
export const MOST = { spans: 512, bytes: 1_000_000 };
/** Around the spans of a program, beside its name. */
const AROUND = 150;

/**
 * Spans as messages of OTLP JSON, one a line, as OpenTelemetry has files of them. A message has whole contexts, as many as it has room
 * for; one that is larger than a message has some of its own, and a span that is larger stands alone.
 *
 * @example [...messages.add(spansOfOne), ...messages.add(spansOfOther), ...messages.end()]
 */
export class Messages {
  #spans: Span[] = [];
  #bytes = 0;

  /** Takes spans of one context, and gives the messages that are full by that. */
  *add(spans: readonly Span[]): Generator<string> {
    const bytes = spans.reduce((sum, span) => sum + span.bytes, 0);
    if (!this.#hasRoom(spans.length, bytes)) yield* this.end();
    for (const span of spans) {
      if (!this.#hasRoom(1, span.bytes)) yield* this.end();
      this.#spans.push(span);
      this.#bytes += span.bytes;
    }
  }

  /** Gives what is left. */
  *end(): Generator<string> {
    if (this.#spans.length > 0) yield messageOf(this.#spans);
    this.#spans = [];
    this.#bytes = 0;
  }

  #hasRoom(spans: number, bytes: number): boolean {
    return this.#spans.length + spans <= MOST.spans && this.#bytes + bytes <= MOST.bytes;
  }
}

/** One element of `resourceSpans` for each program that sent some of them, whose name is its `service.name`. */
function messageOf(spans: readonly Span[]): string {
  const services = new Map<string, string[]>();
  for (const { service, text } of spans) {
    const known = services.get(service);
    if (known) known.push(text);
    else services.set(service, [text]);
  }
  const elements = [...services].map(([service, own]) => {
    const resource = JSON.stringify({ attributes: attributes({ 'service.name': service }) });
    return `{"resource":${resource},"scopeSpans":[{"scope":{"name":"auditweave"},"spans":[${own.join(',')}]}]}`;
  });
  return `{"resourceSpans":[${elements.join(',')}]}\n`;
}

/**
 * A line as a span of OpenTelemetry.
 *
 * @param cause The line above it in the trace; null for the root.
 */
export function spanOf(sent: SentLine, place: Place, cause: number | null): Span {
  const service = /^[^/\s]+/.exec(sent.event.userAgent ?? '')?.[0] ?? 'unknown';
  const text = JSON.stringify(span(sent, place, cause));
  return { service, text, bytes: escapedLength(text) + escapedLength(service) + AROUND };
}

/** Characters of a text in which all beyond ASCII are written as `\u00e4`. */
function escapedLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7e) length += 5;
  return length;
}

function span({ event, line, text }: SentLine, place: Place, cause: number | null): Record<string, unknown> {
  const { objectRef, responseStatus } = event;
  const trace = traceId(place);
  const received = receivedMicros(event);
  const outcome = outcomeOf(event);
  const status = outcome === 'done' ? STATUS.ok : outcome === 'unknown' ? STATUS.unset : STATUS.error;
  return {
    traceId: trace,
    spanId: spanId(trace, line),
    ...(cause === null ? {} : { parentSpanId: spanId(trace, cause) }),
    name: text,
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
      'url.original': event.requestURI,
      'user_agent.original': event.userAgent,
      'client.address': event.sourceIPs?.[0],
      'auditweave.context': place.context,
      'auditweave.context.actor': place.actor,
      'auditweave.context.action': place.text,
      'auditweave.context.continues': place.continues,
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
