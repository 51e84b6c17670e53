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
const OBJECTS = ['user', 'impersonatedUser', 'objectRef', 'responseStatus', 'annotations'] as const;
const REFERENCE_TEXTS = ['resource', 'namespace', 'name', 'uid', 'apiGroup', 'subresource'] as const;

/**
 * Reads one audit line. A field that is null is taken as absent, as exporters write it.
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
    throw new MismatchError(
      { folder: 'audit', ...placeOf(place), expected: 'a JSON object', got: reasonOf(cause as Error) },
      { hint: /^\s*[{[]\s*$/.test(text) ? 'Write one event a line: jq -c .' : HINT, cause },
    );
  }
  return checkEvent(value, place);
}

/** Checks a value that is already parsed, and drops its fields that are null. */
function checkEvent(value: unknown, place: Place): AuditEvent {
  const fail = (expected: string, got: unknown): never => {
    throw new MismatchError({ folder: 'audit', ...placeOf(place), expected, got: show(got) }, { hint: HINT });
  };
  if (!isRecord(value)) return fail('a JSON object', value);
  if (value.kind !== undefined && value.kind !== 'Event') fail('kind to be Event', value.kind);
  for (const key of ['auditID', 'stage', 'verb'])
    if (typeof value[key] !== 'string' || value[key] === '') fail(`${key} to be a text`, value[key]);
  if (!STAGES.includes(value.stage as (typeof STAGES)[number]))
    fail(`stage to be one of ${STAGES.join(', ')}`, value.stage);
  if (!isRecord(value.user)) fail('user to be an object', value.user);
  for (const key of OBJECTS) {
    if (value[key] === null) delete value[key];
    if (value[key] !== undefined && !isRecord(value[key])) fail(`${key} to be an object`, value[key]);
  }
  for (const key of ['requestURI', 'userAgent']) {
    if (value[key] === null) delete value[key];
    if (value[key] !== undefined && typeof value[key] !== 'string') fail(`${key} to be a text`, value[key]);
  }
  const reference = value.objectRef as Record<string, unknown> | undefined;
  if (reference)
    for (const key of REFERENCE_TEXTS) {
      if (reference[key] === null) delete reference[key];
      if (reference[key] !== undefined && typeof reference[key] !== 'string')
        fail(`objectRef.${key} to be a text`, reference[key]);
    }
  const received = value.requestReceivedTimestamp;
  if (typeof received !== 'string' || !RFC3339.test(received) || Number.isNaN(Date.parse(received)))
    fail('requestReceivedTimestamp to be RFC 3339', received);
  return value as unknown as AuditEvent;
}

/** The place alone, whatever else the caller's object holds. */
function placeOf({ file, line }: Place): Place {
  return { file, line };
}

/** What JSON.parse has to say, the same in every Node. */
function reasonOf({ message }: Error): string {
  const short = message
    .replace(/ \(line \d+ column \d+\)$/, '')
    .replace(/\s+/g, ' ')
    .slice(0, 120);
  return short === 'Unexpected end of JSON input' ? 'JSON that ends in the middle' : short;
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

/** When the API server wrote the line, in whole microseconds since 1970; where that is not said, when it received the request. */
export function writtenMicros({
  stageTimestamp,
  requestReceivedTimestamp,
}: Pick<AuditEvent, 'stageTimestamp' | 'requestReceivedTimestamp'>): number {
  return receivedMicros({ requestReceivedTimestamp: stageTimestamp ?? requestReceivedTimestamp });
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
