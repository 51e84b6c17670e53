import type { AuditEvent } from '../../audit/event.js';
import { goJson } from '../../audit/go-json.js';
import { microsText } from '../context.js';
import type { FieldValue } from '../query/fields.js';
import { lineRow } from '../query/row.js';
import type { Keep } from './keep.js';
import { KNOWN_MARKS } from './pieces.js';
import type { Known } from './shape.js';

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
const COLUMNS = Object.values(BY_PATH);
/** Places of columns among all, by their marks, and by the paths of what they stand for. */
const PLACE_OF = new Map(COLUMNS.map((_, i) => [KNOWN_MARKS[i]!, i]));
const PLACE_AT = new Map(Object.keys(BY_PATH).map((path, i) => [path, i]));
/** Values that bodies repeat. */
const REPEATED = ['name', 'namespace', 'uid'].map((column) => COLUMNS.indexOf(column));
/** Parts that are one value each, whatever is inside. */
export const WHOLE: ReadonlySet<string> = new Set(['user', 'impersonatedUser', 'sourceIPs', 'userAgent']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A line as columns, and what of its text they stand for. */
export interface CutColumns {
  row: StoredRow;
  client: { key: string; row: StoredRow };
  known: Known;
}

/** The columns of a line, and what of its text they give back: only what gives the same bytes is taken out of it. */
export function columnsOf(event: AuditEvent): CutColumns {
  const fields = lineRow(event) as StoredRow & {
    audit_id: string | null;
    request_uri: string | null;
    message: string | null;
  };
  const { audit_id: id, request_uri: address, received, staged } = fields;
  const path = uriOf(fields);
  const uuid = id !== null && UUID.test(id);
  const row: Record<keyof typeof LINE_COLUMNS, StoredRow[string]> = {
    context: null,
    client: null,
    verb: fields.verb,
    resource: fields.resource,
    subresource: fields.subresource,
    namespace: fields.namespace,
    name: fields.name,
    uid: fields.uid,
    api_group: fields.api_group,
    api_version: fields.api_version,
    resource_version: fields.resource_version,
    code: fields.code,
    reason: fields.reason,
    message: withMarks(fields.message, fields),
    decision: fields.decision,
    received,
    staged: staged == null ? null : difference(staged as number, (received as number | null) ?? 0),
    uri:
      address !== null && path !== null && address.startsWith(path)
        ? `\u0001${address.slice(path.length)}`
        : address,
    audit_uuid: uuid ? id : null,
    audit_text: uuid ? null : id,
    stage: fields.stage,
    level: fields.level,
    cause: null,
    why: null,
  };
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
  const { user_json, impersonated_json, ips_json, agent_json } = clientRow;
  return {
    row,
    client: { key: `${user_json}\n${impersonated_json}\n${ips_json}\n${agent_json}`, row: clientRow },
    known: new LineTexts(row, clientRow),
  };
}

/** What is between two times, in microseconds, exact for those far from each other too. */
export function difference(to: number, from: number): number | bigint {
  const between = to - from;
  return Number.isSafeInteger(between) ? between : BigInt(to) - BigInt(from);
}

const part = (value: unknown): string | null => (value === undefined ? null : goJson(value));

/** What columns say, as the text of the line has it; each is written when it is asked for. */
export class LineTexts implements Known {
  readonly #row: StoredRow;
  readonly #client: StoredRow;
  readonly #texts: (string | null | undefined)[] = new Array(COLUMNS.length);

  constructor(row: StoredRow, client: StoredRow) {
    this.#row = row;
    this.#client = client;
  }

  textOf(mark: string): string | null {
    return this.#textAt(PLACE_OF.get(mark)!);
  }

  markOf(path: string, text: string, from: number, to: number): string | null {
    const place = PLACE_AT.get(path);
    if (place !== undefined && this.#standsAt(place, text, from, to)) return KNOWN_MARKS[place]!;
    // With its quotes: of few letters, it would be found where it only looks so.
    if (to - from > 4)
      for (const repeated of REPEATED)
        if (this.#standsAt(repeated, text, from, to)) return KNOWN_MARKS[repeated]!;
    return null;
  }

  #standsAt(place: number, text: string, from: number, to: number): boolean {
    const own = this.#textAt(place);
    return own !== null && own.length === to - from && text.startsWith(own, from);
  }

  #textAt(place: number): string | null {
    let text = this.#texts[place];
    if (text === undefined) {
      text = textOfColumn(COLUMNS[place]!, this.#row, this.#client);
      this.#texts[place] = text;
    }
    return text;
  }
}

/** When the stage ended, microseconds since 1970. */
export function stagedOf({ received, staged }: StoredRow): number | null {
  if (staged == null) return null;
  if (typeof staged === 'number' && typeof received === 'number') return received + staged;
  return Number(
    BigInt((received as number | bigint | null | undefined) ?? 0) + BigInt(staged as number | bigint),
  );
}

function textOfColumn(column: string, row: StoredRow, client: StoredRow): string | null {
  if (column in CLIENT_COLUMNS) return (client[column] as string | null) ?? null;
  const value = row[column];
  switch (column) {
    case 'received':
      return value == null ? null : `"${microsText(Number(value))}"`;
    case 'staged': {
      const staged = stagedOf(row);
      return staged === null ? null : `"${microsText(staged)}"`;
    }
    case 'message': {
      const message = withoutMarks(value as string | null, row);
      return message === null ? null : goJson(message);
    }
    case 'audit_id': {
      const id = row.audit_uuid ?? row.audit_text;
      return typeof id === 'string' ? goJson(id) : null;
    }
    case 'uri': {
      const address = row.uri as string | null;
      if (address == null) return null;
      return goJson(address.startsWith('\u0001') ? `${uriOf(row)}${address.slice(1)}` : address);
    }
    default:
      return typeof value === 'string' ? goJson(value) : typeof value === 'number' ? String(value) : null;
  }
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

/** What makes lines alike: the request, its answer, and who asked. */
export const kindOf = ({ verb, subresource, stage, code, client }: StoredRow, group: string): string =>
  `${group}${verb} ${subresource} ${stage} ${code} ${client}`;

/** What lines that say the same have in common, the likest first: the object, else the kind. */
export const likeOf = ({ namespace, name }: StoredRow, group: string, kind: string): readonly string[] => [
  `${group}${namespace}/${name}`,
  kind,
];

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
