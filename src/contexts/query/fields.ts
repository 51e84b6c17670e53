/** What a field holds. `time`: microseconds since 1970. `texts`: a list, of which a comparison means some element. */
export type FieldType = 'text' | 'texts' | 'number' | 'time' | 'flag';

/** A value of a field, as rows hold it; null where the line does not say it. */
export type FieldValue = string | number | boolean | readonly string[] | null;

/** What can be asked for. */
export interface Field {
  /** As the language names it; letters' case does not matter. */
  readonly name: string;
  /** Other names. */
  readonly aliases: readonly string[];
  readonly type: FieldType;
  /** Its column in rows and in the store. */
  readonly column: string;
  /** Of every line, or of the context alone. */
  readonly of: 'line' | 'context';
  /** Whether a compact store keeps it of caused lines. */
  readonly compact: boolean;
  readonly describe: string;
}

type Spec = readonly [name: string, type: FieldType, column: string, describe: string, aliases?: string];

const LINE: readonly Spec[] = [
  ['verb', 'text', 'verb', 'what was asked for: `create`, `delete`, `get`, `patch`, …'],
  ['user.username', 'text', 'username', 'who sent the request', 'username user'],
  [
    'impersonatedUser.username',
    'text',
    'impersonated',
    'in whose name, where it is somebody else’s',
    'impersonated',
  ],
  ['actor', 'text', 'actor', 'the impersonated user where there is one, else the user'],
  ['user.uid', 'text', 'user_uid', 'uid of the user'],
  ['user.groups', 'texts', 'groups', 'groups of the user', 'groups'],
  ['sourceIPs', 'texts', 'source_ips', 'addresses that the request came through', 'sourceIP ip'],
  ['userAgent', 'text', 'user_agent', 'the program that asked'],
  ['objectRef.resource', 'text', 'resource', '`deployments`, `pods`, …', 'resource'],
  ['objectRef.subresource', 'text', 'subresource', '`status`, `exec`, `scale`, …', 'subresource'],
  ['objectRef.namespace', 'text', 'namespace', 'namespace of the object', 'namespace'],
  ['objectRef.name', 'text', 'name', 'name of the object, where the request says it', 'name'],
  ['objectRef.uid', 'text', 'uid', 'uid of the object', 'uid'],
  ['objectRef.apiGroup', 'text', 'api_group', '`apps`, `batch`, …; absent for the core group', 'apiGroup'],
  ['objectRef.apiVersion', 'text', 'api_version', '`v1`, …', 'apiVersion'],
  [
    'objectRef.resourceVersion',
    'text',
    'resource_version',
    'version that the request names',
    'resourceVersion',
  ],
  ['responseStatus.code', 'number', 'code', 'HTTP status', 'code'],
  ['responseStatus.reason', 'text', 'reason', '`NotFound`, `AlreadyExists`, …', 'reason'],
  ['responseStatus.message', 'text', 'message', 'what the server says of a refusal', 'message'],
  ['outcome', 'text', 'outcome', '`done`, `refused`, `failed` or `unknown`'],
  ['decision', 'text', 'decision', 'of authorization: `allow` or `forbid`'],
  ['requestReceivedTimestamp', 'time', 'received', 'when the request came in', 'received'],
  ['stageTimestamp', 'time', 'staged', 'when the line’s stage was reached'],
  ['requestURI', 'text', 'request_uri', 'path and parameters of the request', 'uri'],
  ['auditID', 'text', 'audit_id', 'id of the request'],
  ['stage', 'text', 'stage', '`ResponseComplete`, `ResponseStarted`, `Panic`, …'],
  ['level', 'text', 'level', '`Metadata`, `Request`, `RequestResponse`'],
];

const CONTEXT: readonly Spec[] = [
  ['context', 'text', 'id', 'id of the context: `c12`'],
  ['lines', 'number', 'lines', 'how many lines it has, the triggering one too'],
  ['milliseconds', 'number', 'milliseconds', 'between its first line’s request and its last line’s end'],
  ['from', 'time', 'first', 'when its first line was received'],
  ['to', 'time', 'last', 'when its last line ended'],
  ['confidence', 'number', 'confidence', 'lowest over its lines, between 0 and 1'],
  ['background', 'flag', 'background', 'the control plane’s own work, by the clock'],
  ['text', 'text', 'text', 'the action in words: `create deployment web in shop`'],
  ['incident', 'text', 'incident', 'what went wrong without anybody’s asking, in words'],
];

const COMPACT = [
  ...['verb', 'username', 'api_group', 'resource', 'subresource', 'namespace', 'code', 'outcome'],
];

const fieldOf =
  (of: Field['of']) =>
  ([name, type, column, describe, aliases]: Spec): Field => ({
    name,
    type,
    column,
    describe,
    of,
    aliases: aliases?.split(' ') ?? [],
    compact: COMPACT.includes(column),
  });

/** All fields, in the order of the documentation. */
export const FIELDS: readonly Field[] = [...LINE.map(fieldOf('line')), ...CONTEXT.map(fieldOf('context'))];

const BY_NAME = new Map(
  FIELDS.flatMap((field) =>
    [field.name, ...field.aliases].map((name) => [name.toLowerCase(), field] as const),
  ),
);

/** @example findField('stagetimestamp')?.name // 'stageTimestamp' */
export const findField = (name: string): Field | undefined => BY_NAME.get(name.toLowerCase());

/** Every name that a field may be called by. */
export const FIELD_NAMES: readonly string[] = FIELDS.flatMap((field) => [field.name, ...field.aliases]);
