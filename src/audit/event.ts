import { MismatchError } from '../errors.js';

/** Any value of a JSON document. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export interface ObjectReference {
  resource?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  apiGroup?: string;
  apiVersion?: string;
  resourceVersion?: string;
  subresource?: string;
}

export interface UserInfo {
  username?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

/** One audit line: the fields of audit.k8s.io/v1 `Event` that auditweave reads. */
export interface AuditEvent {
  level?: string;
  auditID: string;
  stage: string;
  requestURI?: string;
  verb: string;
  user: UserInfo;
  impersonatedUser?: UserInfo;
  sourceIPs?: string[];
  userAgent?: string;
  objectRef?: ObjectReference;
  responseStatus?: { code?: number; reason?: string; status?: string; message?: string };
  requestObject?: JsonValue;
  responseObject?: JsonValue;
  requestReceivedTimestamp: string;
  stageTimestamp?: string;
  annotations?: Record<string, string>;
}

/** Where a line stands, for errors. `line` counts from 1. */
export interface Place {
  file: string;
  line: number;
}

/** Stages of an audit line. */
export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const HINT = 'Drop the line with --skip-invalid, or export the log again.';

/**
 * Reads one audit line.
 *
 * @param text JSON text of the line.
 * @param place Where it stands, for errors.
 * @throws {MismatchError} Not JSON, not an audit event, or a field that auditweave needs is missing or of the wrong type.
 * @example parseEvent(line, { file: 'audit.log', line: 1 }).verb // 'create'
 */
export function parseEvent(text: string, place: Place): AuditEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message.replace(/\s+/g, ' ').slice(0, 120);
    throw new MismatchError(
      { folder: 'audit', ...place, expected: 'a JSON object', got: reason },
      { hint: HINT, cause },
    );
  }
  return checkEvent(value, place);
}

/** Checks a value that is already parsed, as an item of an EventList. */
export function checkEvent(value: unknown, place: Place): AuditEvent {
  const fail = (expected: string, got: unknown): never => {
    throw new MismatchError({ folder: 'audit', ...place, expected, got: show(got) }, { hint: HINT });
  };
  if (!isRecord(value)) return fail('a JSON object', value);
  if (value.kind !== undefined && value.kind !== 'Event') fail('kind to be Event', value.kind);
  for (const key of ['auditID', 'stage', 'verb'] as const)
    if (typeof value[key] !== 'string' || value[key] === '') fail(`${key} to be a text`, value[key]);
  if (!STAGES.includes(value.stage as (typeof STAGES)[number]))
    fail(`stage to be one of ${STAGES.join(', ')}`, value.stage);
  if (!isRecord(value.user)) fail('user to be an object', value.user);
  for (const key of ['objectRef', 'responseStatus', 'annotations', 'impersonatedUser'])
    if (value[key] !== undefined && !isRecord(value[key])) fail(`${key} to be an object`, value[key]);
  const received = value.requestReceivedTimestamp;
  if (typeof received !== 'string' || !RFC3339.test(received) || Number.isNaN(Date.parse(received)))
    fail('requestReceivedTimestamp to be RFC 3339', received);
  return value as unknown as AuditEvent;
}

/**
 * When the API server received the request, in whole microseconds since 1970.
 *
 * @example receivedMicros({ …, requestReceivedTimestamp: '1970-01-01T00:00:01.000002Z' }) // 1000002
 */
export function receivedMicros({
  requestReceivedTimestamp,
}: Pick<AuditEvent, 'requestReceivedTimestamp'>): number {
  const fraction = /\.(\d+)/.exec(requestReceivedTimestamp)?.[1] ?? '';
  const whole = Date.parse(requestReceivedTimestamp.replace(/\.\d+/, ''));
  return whole * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** Whether a value is a JSON object, neither null nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as errors show it: short, on one line. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
