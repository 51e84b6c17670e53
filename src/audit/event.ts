import { MismatchError } from '../errors.js';
import { microsOf } from './time.js';

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
  apiVersion?: string;
  level?: string;
  auditID: string;
  stage: string;
  requestURI?: string;
  /** Empty for a request of HTTP’s method OPTIONS on a resource. */
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

/** A point in time as logs write it. */
export const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
/** Characters of a value that errors show. */
const SHOWN = 60;
const HINT = 'Drop the line with --skip-invalid, or export the log again.';
const NO_LOG = 'Name the log itself, which the API server writes to --audit-log-path.';
/** The time as the API server writes it: sure to be sound without a further look. */
const PLAIN_TIME = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z$/;
/** Nesting that a line may have. */
const DEEPEST = 1000;
const OBJECTS = ['user', 'impersonatedUser', 'objectRef', 'responseStatus', 'annotations'] as const;
const TEXTS = ['apiVersion', 'level', 'requestURI', 'userAgent', 'stageTimestamp'];
/** Fields of objects that are read: texts, and a list of texts. */
const FIELDS: readonly { object: string; path: string; texts: readonly string[]; list?: string }[] = [
  { object: 'user', path: 'user.', texts: ['username', 'uid'], list: 'groups' },
  { object: 'impersonatedUser', path: 'impersonatedUser.', texts: ['username', 'uid'], list: 'groups' },
  {
    object: 'objectRef',
    path: 'objectRef.',
    texts: [
      ...['resource', 'namespace', 'name', 'uid', 'apiGroup', 'apiVersion', 'resourceVersion', 'subresource'],
    ],
  },
  { object: 'responseStatus', path: 'responseStatus.', texts: ['reason', 'status', 'message'] },
];
const TOO_DEEP: Fault = [`at most ${DEEPEST} levels of nesting`, 'more'];

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
      { hint: HINT, cause },
    );
  }
  return checkEvent(value, place, text.length / 2);
}

/**
 * Checks a value that is already parsed, drops its fields that are null, and brings those of audit.k8s.io/v1beta1 and v1alpha1 to v1.
 *
 * @param bound Levels that it can be nested at most, where that is known without looking.
 * @throws {MismatchError} As `parseEvent`.
 */
export function checkEvent(value: unknown, place: Place, bound = Number.POSITIVE_INFINITY): AuditEvent {
  const fault = bound > DEEPEST && !isWithin(value, DEEPEST) ? TOO_DEEP : faultOf(value);
  if (fault === null) return value as AuditEvent;
  const [expected, got, hint = HINT] = fault;
  throw new MismatchError({ folder: 'audit', ...placeOf(place), expected, got }, { hint });
}

type Fault = readonly [expected: string, got: string, hint?: string];

/** What is wrong with a value as an audit event. */
function faultOf(value: unknown): Fault | null {
  if (!isRecord(value)) return ['a JSON object', show(value)];
  if (value.kind === 'Policy') return ['an audit event', 'an audit policy', NO_LOG];
  if (value.kind !== undefined && value.kind !== 'Event') return ['kind to be Event', show(value.kind)];
  if (
    value.apiVersion === undefined
      ? value.requestReceivedTimestamp === undefined
      : value.apiVersion !== 'audit.k8s.io/v1'
  )
    toV1(value);
  if (value.verb === undefined && Number.isInteger(value.line))
    return ['an audit event', 'a row of label, or of a truth', NO_LOG];
  for (const key of ['auditID', 'stage'])
    if (typeof value[key] !== 'string' || value[key] === '') return [`${key} to be a text`, show(value[key])];
  if (typeof value.verb !== 'string') return ['verb to be a text', show(value.verb)];
  if (!STAGES.includes(value.stage as (typeof STAGES)[number]))
    return [`stage to be one of ${STAGES.join(', ')}`, show(value.stage)];
  if (!isRecord(value.user)) return ['user to be an object', show(value.user)];
  for (const key of OBJECTS) {
    if (value[key] === null) delete value[key];
    if (value[key] !== undefined && !isRecord(value[key]))
      return [`${key} to be an object`, show(value[key])];
  }
  return (
    textFault(value, TEXTS, '') ??
    listFault(value, 'sourceIPs', '') ??
    fieldFault(value) ??
    annotationFault(value.annotations) ??
    timeFault(value.requestReceivedTimestamp, 'requestReceivedTimestamp') ??
    (value.stageTimestamp === undefined ? null : timeFault(value.stageTimestamp, 'stageTimestamp'))
  );
}

function textFault(owner: Record<string, unknown>, keys: readonly string[], path: string): Fault | null {
  for (const key of keys) {
    const found = owner[key];
    if (found === undefined || typeof found === 'string') continue;
    if (found !== null) return [`${path}${key} to be a text`, show(found)];
    delete owner[key];
  }
  return null;
}

function listFault(owner: Record<string, unknown>, key: string, path: string): Fault | null {
  const found = owner[key];
  if (found === undefined) return null;
  if (found === null) delete owner[key];
  else if (!Array.isArray(found)) return [`${path}${key} to be a list of texts`, show(found)];
  else
    for (const item of found)
      if (typeof item !== 'string') return [`${path}${key} to be a list of texts`, show(found)];
  return null;
}

function fieldFault(value: Record<string, unknown>): Fault | null {
  for (const { object, path, texts, list } of FIELDS) {
    const owner = value[object] as Record<string, unknown> | undefined;
    if (owner === undefined) continue;
    const fault = textFault(owner, texts, path) ?? (list === undefined ? null : listFault(owner, list, path));
    if (fault) return fault;
  }
  const status = value.responseStatus as { code?: unknown } | undefined;
  if (status?.code === undefined || typeof status.code === 'number') return null;
  if (status.code !== null) return ['responseStatus.code to be a number', show(status.code)];
  delete status.code;
  return null;
}

function annotationFault(annotations: unknown): Fault | null {
  for (const key in annotations as Record<string, unknown> | undefined) {
    const found = (annotations as Record<string, unknown>)[key];
    if (typeof found !== 'string' && found !== null)
      return [`annotations[${show(key)}] to be a text`, show(found)];
  }
  return null;
}

function timeFault(time: unknown, key: string): Fault | null {
  if (
    typeof time === 'string' &&
    (PLAIN_TIME.test(time) || (RFC3339.test(time) && !Number.isNaN(Date.parse(time))))
  )
    return null;
  return [`${key} to be RFC 3339`, show(time)];
}

/**
 * Brings an event of audit.k8s.io/v1beta1 or v1alpha1 to v1: its only time may be `timestamp` or that of its metadata, and the group of
 * v1alpha1 stands in `objectRef.apiVersion`.
 */
function toV1(value: Record<string, unknown>): void {
  const created = isRecord(value.metadata) ? value.metadata.creationTimestamp : undefined;
  value.requestReceivedTimestamp ??= value.timestamp ?? created ?? value.stageTimestamp;
  const reference = value.objectRef;
  if (!isRecord(reference) || typeof reference.apiVersion !== 'string' || reference.apiGroup !== undefined)
    return;
  const [group, version] = reference.apiVersion.split('/');
  if (version !== undefined) Object.assign(reference, { apiGroup: group, apiVersion: version });
}

/** Whether a value is nested at most that deep. */
function isWithin(value: unknown, levels: number): boolean {
  if (levels === 0) return false;
  for (const key in value as Record<string, unknown>) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === 'object' && item !== null && !isWithin(item, levels - 1)) return false;
  }
  return true;
}

/** The place alone, whatever else the caller's object holds. */
function placeOf({ file, line }: Place): Place {
  return { file, line };
}

/** What JSON.parse has to say, the same in every Node. */
export function reasonOf({ message }: Error): string {
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
  return microsOf(requestReceivedTimestamp);
}

/** When the API server wrote the line, in whole microseconds since 1970; where that is not said, when it received the request. */
export function writtenMicros({
  stageTimestamp,
  requestReceivedTimestamp,
}: Pick<AuditEvent, 'stageTimestamp' | 'requestReceivedTimestamp'>): number {
  return microsOf(stageTimestamp ?? requestReceivedTimestamp);
}

/** Whether a value is a JSON object, neither null nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as errors show it: short, on one line, however deep or long it is. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = brief(value, SHOWN + 1);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}…` : text;
}

/** The beginning of a value's JSON text, about `room` characters of it. */
function brief(value: unknown, room: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, room));
  if (typeof value !== 'object' || value === null) return String(JSON.stringify(value));
  const isList = Array.isArray(value);
  let text = isList ? '[' : '{';
  for (const key in value) {
    if (text.length >= room) return text;
    if (text.length > 1) text += ',';
    if (!isList) text += `${JSON.stringify(key.slice(0, room))}:`;
    text += brief((value as Record<string, unknown>)[key], Math.max(1, room - text.length));
  }
  return text + (isList ? ']' : '}');
}
