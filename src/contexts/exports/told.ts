import { type AuditEvent, receivedMicros } from '../../audit/event.js';
import { actionText, lineText } from '../action-text.js';
import { endMicros, type Outcome, outcomeOf } from '../context.js';
import { redactEvent, redactText } from '../redact.js';
import { lineId, traceId } from './ids.js';
import type { Place } from './places.js';

/** A line as every export needs it: without bodies and secrets, beside what those bodies tell. */
export interface SentLine {
  /** From 0, in order of the input. */
  line: number;
  event: AuditEvent;
  /** What was done, in words. */
  action: string;
  /** The same; of an Event what that tells. */
  text: string;
}

/** @example sentLine(event, 3).action // 'create pod web-5-a in shop' */
export function sentLine(event: AuditEvent, line: number): SentLine {
  const { requestObject: _, responseObject: __, ...rest } = event;
  return {
    ...{ line, event: redactEvent(rest) },
    ...{ action: redactText(actionText(event)), text: redactText(lineText(event)) },
  };
}

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

export function toldOf({ event, line, action }: SentLine, place: Place): Told {
  const received = receivedMicros(event);
  return {
    received,
    end: endMicros(event, received),
    outcome: outcomeOf(event),
    message: action,
    uri: event.requestURI ?? '',
    id: lineId(event, line),
    trace: traceId(place),
  };
}
