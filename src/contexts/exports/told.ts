import { type AuditEvent, receivedMicros } from '../../audit/event.js';
import { actionText } from '../action-text.js';
import { endMicros, type Outcome, outcomeOf } from '../context.js';
import { redactUri } from '../redact.js';
import { lineId, traceId } from './ids.js';
import type { Place } from './places.js';

/** What every document of a line tells, in whichever words. */
export interface Told {
  /** Microseconds since 1970. */
  received: number;
  end: number;
  outcome: Outcome;
  /** What was done, in words, and where, without tokens. */
  message: string;
  uri: string;
  /** Of the line, and of its context. */
  id: string;
  trace: string;
}

export function toldOf(event: AuditEvent, line: number, place: Place): Told {
  const received = receivedMicros(event);
  return {
    received,
    end: endMicros(event, received),
    outcome: outcomeOf(event),
    message: actionText(event),
    uri: redactUri(event.requestURI ?? ''),
    id: lineId(event, line),
    trace: traceId(place),
  };
}
