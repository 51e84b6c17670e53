import type { AuditEvent } from '../../audit/event.js';
import { goJson } from '../../audit/go-json.js';
import { microsText } from '../context.js';
import type { FieldValue } from '../query/fields.js';
import { lineRow } from '../query/row.js';
import type { Keep } from './manifest.js';
import { KNOWN_MARKS, type Knows } from './shape.js';

/** How a column is stored. */
export type ColumnType = 'VARCHAR' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'UUID' | 'VARCHAR[]';

/** Of every line that is kept. What can be asked for and is not here is worked out when a store is opened. */
export const LINE_COLUMNS = {
  /** Number of its context's triggering line, from 0 over all that was ever put into the store; null where it has none. */
  context: 'INTEGER',
  /** Row of `clients`. */
  client: 'INTEGER',
  verb: 'VARCHAR',
  resource: 'VARCHAR',
  subresource: 'VARCHAR',
  namespace: 'VARCHAR',
  name: 'VARCHAR',
  uid: 'VARCHAR',
  api_group: 'VARCHAR',
  api_version: 'VARCHAR',
  resource_version: 'VARCHAR',
  code: 'DOUBLE',
  reason: 'VARCHAR',
  /** `\u0003` stands for the name, `\u0004` for the namespace. */
  message: 'VARCHAR',
  decision: 'VARCHAR',
  received: 'BIGINT',
  /** Microseconds from `received` on, or since 1970 where that is null. */
  staged: 'BIGINT',
  /** `\u0001` and the rest where it begins as the object's path; else whole. */
  uri: 'VARCHAR',
  audit_uuid: 'UUID',
  /** Where it is no UUID as the API server writes it. */
  audit_text: 'VARCHAR',
  stage: 'VARCHAR',
  level: 'VARCHAR',
  /** The line that caused it, and why it is in its context. */
  cause: 'INTEGER',
  why: 'VARCHAR',
} as const satisfies Record<string, ColumnType>;

/** Who asked, from where and with what: few of them, so they have a table. */
export const CLIENT_COLUMNS = {
  client: 'INTEGER',
  username: 'VARCHAR',
  impersonated: 'VARCHAR',
  user_uid: 'VARCHAR',
  groups: 'VARCHAR[]',
  source_ips: 'VARCHAR[]',
  user_agent: 'VARCHAR',
  /** As the line has them, JSON. */
  user_json: 'VARCHAR',
  impersonated_json: 'VARCHAR',
  ips_json: 'VARCHAR',
  agent_json: 'VARCHAR',
} as const satisfies Record<string, ColumnType>;

export type StoredRow = Record<string, FieldValue | bigint | undefined>;

/** Values that stand for parts of a line, as its text has them, by the path of the part; the order is that of the marks. */
const BY_PATH: Readonly<Record<string, string>> = {
  verb: 'verb',
  'objectRef.resource': 'resource',
  'objectRef.subresource': 'subresource',
  'objectRef.namespace': 'namespace',
  'objectRef.name': 'name',
  'objectRef.uid': 'uid',
  'objectRef.apiGroup': 'api_group',
  'objectRef.apiVersion': 'api_version',
  'objectRef.resourceVersion': 'resource_version',
  'responseStatus.code': 'code',
  'responseStatus.reason': 'reason',
  'responseStatus.message': 'message',
  requestReceivedTimestamp: 'received',
  stageTimestamp: 'staged',
  requestURI: 'uri',
  auditID: 'audit_id',
  stage: 'stage',
  level: 'level',
  user: 'user_json',
  impersonatedUser: 'impersonated_json',
  sourceIPs: 'ips_json',
  userAgent: 'agent_json',
};
const NAMES = Object.keys(LINE_COLUMNS);
const COLUMNS = Object.values(BY_PATH);
const MARK_OF = new Map(COLUMNS.map((column, i) => [column, KNOWN_MARKS[i]!]));
const COLUMN_OF = new Map(COLUMNS.map((column, i) => [KNOWN_MARKS[i]!, column]));
/** Values that bodies repeat. */
const REPEATED = ['name', 'namespace', 'uid'] as const;
/** Parts that are one value each, whatever is inside. */
export const WHOLE: ReadonlySet<string> = new Set(['user', 'impersonatedUser', 'sourceIPs', 'userAgent']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A line as columns, and what of its text they stand for. */
export interface CutColumns {
  row: StoredRow;
  client: { key: string; row: StoredRow };
  knows: Knows;
}

/** The columns of a line, and what of its text they give back: only what gives the same bytes is taken out of it. */
export function columnsOf(event: AuditEvent): CutColumns {
  const fields = lineRow(event);
  const { audit_id: id, request_uri: address } = fields as {
    audit_id: string | null;
    request_uri: string | null;
  };
  const path = uriOf(fields as StoredRow);
  const row: StoredRow = {};
  for (const column of NAMES) row[column] = fields[column] ?? null;
  row.uri =
    address !== null && path !== null && address.startsWith(path)
      ? `\u0001${address.slice(path.length)}`
      : address;
  row.message = withMarks(row.message as string | null, row);
  if (fields.staged != null) row.staged = (fields.staged as number) - ((fields.received as number) ?? 0);
  const uuid = id !== null && UUID.test(id);
  row.audit_uuid = uuid ? id : null;
  row.audit_text = uuid ? null : id;
  const clientRow: StoredRow = {
    username: fields.username,
    impersonated: fields.impersonated,
    user_uid: fields.user_uid,
    groups: fields.groups,
    source_ips: fields.source_ips,
    user_agent: fields.user_agent,
    user_json: part(event.user),
    impersonated_json: part(event.impersonatedUser),
    ips_json: part(event.sourceIPs),
    agent_json: part(event.userAgent),
  };
  const said = textsOf(row, clientRow);
  const repeated = REPEATED.map((column) => [said[column], MARK_OF.get(column)!] as const).filter(
    ([value]) => value && value.length > 4,
  );
  const knows: Knows = (place, raw) => {
    const column = BY_PATH[place];
    if (column !== undefined && said[column] === raw) return MARK_OF.get(column)!;
    for (const [value, mark] of repeated) if (value === raw) return mark;
    return null;
  };
  const { user_json, impersonated_json, ips_json, agent_json } = clientRow;
  return {
    row,
    client: { key: `${user_json}\n${impersonated_json}\n${ips_json}\n${agent_json}`, row: clientRow },
    knows,
  };
}

const part = (value: unknown): string | null => (value === undefined ? null : goJson(value));

/** The texts of columns as a line has them. */
export function textsOf(row: StoredRow, client: StoredRow): Record<string, string | null> {
  const texts: Record<string, string | null> = {};
  for (const column of COLUMNS) {
    const value = row[column];
    texts[column] =
      typeof value === 'string' ? goJson(value) : typeof value === 'number' ? String(value) : null;
  }
  const received = row.received == null ? null : Number(row.received);
  texts.received = received === null ? null : `"${microsText(received)}"`;
  texts.staged = row.staged == null ? null : `"${microsText((received ?? 0) + Number(row.staged))}"`;
  for (const column of ['user_json', 'impersonated_json', 'ips_json', 'agent_json'])
    texts[column] = (client[column] as string | null) ?? null;
  const message = withoutMarks(row.message as string | null, row);
  texts.message = message === null ? null : goJson(message);
  const id = row.audit_uuid ?? row.audit_text;
  texts.audit_id = typeof id === 'string' ? goJson(id) : null;
  const address = row.uri as string | null;
  texts.uri =
    address == null
      ? null
      : goJson(address.startsWith('\u0001') ? `${uriOf(row)}${address.slice(1)}` : address);
  return texts;
}

/** A text that many lines share but for their object: name and namespace are in columns of their own. */
export function withMarks(text: string | null, { name, namespace }: StoredRow): string | null {
  let words = text?.replaceAll('\u0003', '\ufffd').replaceAll('\u0004', '\ufffd') ?? null;
  if (typeof name === 'string' && name !== '') words = words?.replaceAll(name, '\u0003') ?? null;
  if (typeof namespace === 'string' && namespace !== '')
    words = words?.replaceAll(namespace, '\u0004') ?? null;
  return words;
}

/** The opposite; the store's views say the same in SQL. */
export function withoutMarks(words: string | null, { name, namespace }: StoredRow): string | null {
  return (
    words
      ?.replaceAll('\u0004', () => String(namespace ?? ''))
      .replaceAll('\u0003', () => String(name ?? '')) ?? null
  );
}

/** What makes bodies alike: the resource. Of a few lines a stream for each costs more than it saves. */
export const groupOf = ({ resource }: StoredRow, keep: Keep): string =>
  keep === 'compact' ? '' : `(${resource})`;

/** The text that stands for a mark. */
export const textOfMark = (mark: string, texts: Readonly<Record<string, string | null>>): string =>
  texts[COLUMN_OF.get(mark)!]!;

/** The path of a request on an object, as clients write it; the store's views say the same in SQL. */
export function uriOf({
  resource,
  subresource,
  namespace,
  name,
  api_group: group,
  api_version: version,
  verb,
}: StoredRow): string | null {
  if (typeof resource !== 'string' || typeof version !== 'string') return null;
  const root = typeof group === 'string' ? `/apis/${group}/${version}` : `/api/${version}`;
  const space = typeof namespace === 'string' && resource !== 'namespaces' ? `/namespaces/${namespace}` : '';
  const one =
    typeof name === 'string' && (verb !== 'create' || typeof subresource === 'string') ? `/${name}` : '';
  return `${root}${space}/${resource}${one}${typeof subresource === 'string' ? `/${subresource}` : ''}`;
}
