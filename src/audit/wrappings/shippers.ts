import { isRecord } from '../event.js';
import { type JsonObject, textAt, type Wrapping } from './wrapping.js';

/** Lists under which tools gather what they export. */
const LISTS = [
  'items',
  'records',
  'Records',
  'events',
  'logEvents',
  'entries',
  'value',
  'rows',
  'data',
  'result',
];
/** Where shippers put a line or the event read from it, the most telling first. */
const PLACES = [
  ['kubernetes', 'audit'],
  ['kubernetes.audit'],
  ['event', 'original'],
  ['event.original'],
  ['_source'],
  ...['log_processed', 'log', 'message', 'MESSAGE', 'msg', '_raw', 'line', 'raw', 'record', 'event'].map(
    (key) => [key],
  ),
  ...['audit', 'auditEvent', 'body', 'Body', 'data', 'result', 'payload', 'value', 'jsonPayload'].map(
    (key) => [key],
  ),
];
/** Keys whose text is a line of a log, of whatever it may be. */
const LINES = ['log', 'message', 'MESSAGE', 'line', '_raw'];

/** Lists of what is wrapped or of events themselves, as in an EventList. */
export const list: Wrapping = {
  name: 'a list',
  open(value, holds) {
    const { hits } = value;
    let isEmpty = false;
    if (isRecord(hits) && Array.isArray(hits.hits)) return hits.hits.map((item) => ({ value: item }));
    for (const key of LISTS) {
      const items = value[key];
      // A Go program writes an empty list as null.
      if (items === null && key === 'items' && /List$/.test(String(value.kind))) return [];
      if (!Array.isArray(items)) continue;
      const isNamed = /List$/.test(textAt(value, 'kind') ?? '');
      if (isNamed || items.some(holds)) return items.map((item) => ({ value: item }));
      isEmpty ||= items.length === 0;
    }
    // A list of nothing is no event; but what is beside it may hold one.
    return isEmpty && !Object.values(value).some(holds) ? [] : null;
  },
};

/** A line of Docker's json-file driver; a long one is cut, and only its last part ends with a newline. */
export const docker: Wrapping = {
  name: 'a line of Docker’s json-file',
  open({ log, stream, time, logtag, _p }) {
    if (typeof log !== 'string' || typeof stream !== 'string') return null;
    const tag = logtag ?? _p;
    if (tag === 'P' || tag === 'F') return [{ text: log, stream, partial: tag === 'P' }];
    return time === undefined
      ? null
      : [{ text: log, stream, partial: log.endsWith('\n') ? false : 'unless whole' }];
  },
};

/** Lines of Loki, as its API gives and takes them: `values` of time and line. */
export const loki: Wrapping = {
  name: 'streams of Loki',
  open({ data, streams }) {
    const found = isRecord(data) ? data.result : streams;
    if (!Array.isArray(found) || !found.every((one) => isRecord(one) && Array.isArray(one.values)))
      return null;
    return (found as { values: unknown[] }[]).flatMap(({ values }) =>
      values.map((pair) =>
        Array.isArray(pair) && typeof pair[1] === 'string'
          ? { text: pair[1] }
          : { skipped: 'a value without a line, in streams of Loki' },
      ),
    );
  },
};

/** Records of OpenTelemetry's log model. */
export const openTelemetry: Wrapping = {
  name: 'logs of OpenTelemetry',
  open({ resourceLogs, body }) {
    if (isRecord(body) && typeof body.stringValue === 'string') return [{ text: body.stringValue }];
    if (isRecord(body) && isRecord(body.kvlistValue)) return [{ value: anyValue(body) }];
    if (!Array.isArray(resourceLogs)) return null;
    const inside = (values: unknown[], key: string): unknown[] =>
      values.flatMap((value) => (isRecord(value) && Array.isArray(value[key]) ? value[key] : []));
    return inside(inside(resourceLogs, 'scopeLogs'), 'logRecords').map((value) => ({ value }));
  },
};

/** A value as OpenTelemetry's protocol writes it: its type, then itself. */
function anyValue(value: unknown): unknown {
  if (!isRecord(value)) return null;
  const { kvlistValue, arrayValue } = value;
  const items = (list: unknown): unknown[] =>
    isRecord(list) && Array.isArray(list.values) ? list.values : [];
  if (kvlistValue !== undefined)
    return Object.fromEntries(
      items(kvlistValue).map((pair) => [
        textAt(pair as JsonObject, 'key') ?? '',
        anyValue((pair as JsonObject).value),
      ]),
    );
  if (arrayValue !== undefined) return items(arrayValue).map(anyValue);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null;
}

/** Entries of journald whose line is not told as text: as bytes when some are unseen, not at all when it is long. */
export const journal: Wrapping = {
  name: 'an entry of journald',
  open(value) {
    const { MESSAGE, __CURSOR } = value;
    if (Array.isArray(MESSAGE) && MESSAGE.every(Number.isInteger))
      return [{ text: Buffer.from(MESSAGE as number[]).toString('utf8') }];
    if (MESSAGE !== null || __CURSOR === undefined) return null;
    return [
      {
        problem: {
          expected: 'a line in MESSAGE',
          got: 'null, as journalctl writes what has more than 4096 bytes',
          hint: 'Export it whole: journalctl -o json --all.',
        },
      },
    ];
  },
};

/** What stands before each document of Elasticsearch's bulk form. */
export const bulk: Wrapping = {
  name: 'an action of Elasticsearch’s bulk form',
  open(value) {
    const [key = '', ...more] = Object.keys(value);
    if (more.length > 0 || !/^(index|create)$/.test(key) || !isRecord(value[key])) return null;
    const names = Object.keys(value[key]);
    return names.every((name) =>
      /^(_index|_id|_type|routing|pipeline|dynamic_templates|require_\w+|op_type)$/.test(name),
    )
      ? [{ skipped: 'an action of Elasticsearch’s bulk form' }]
      : null;
  },
};

/** A line or an event under a key of Fluent Bit, Fluentd, Vector, Filebeat, Elasticsearch, Splunk or journald. */
export const envelope: Wrapping = {
  name: 'an envelope of a log shipper',
  open(value, holds) {
    for (const path of PLACES) {
      const found = at(value, path);
      if (holds(found)) return [typeof found === 'string' ? { text: found } : { value: found }];
    }
    if (Object.keys(value).some((key) => key.startsWith('kubernetes.audit.')))
      return [
        {
          problem: {
            expected: 'an audit event',
            got: 'fields of Elasticsearch without the event they come from',
            hint: 'Export _source, not fields: jq -c ".hits.hits[]._source" of a search without "fields".',
          },
        },
      ];
    const inside = Object.values(value).find(holds);
    if (inside !== undefined) return [typeof inside === 'string' ? { text: inside } : { value: inside }];
    const line = LINES.map((key) => textAt(value, key)).find((text) => text !== undefined);
    return line === undefined ? null : [{ text: line }];
  },
};

/** An Event of the cluster, which is no audit event. */
export const clusterEvent: Wrapping = {
  name: 'an Event of the cluster',
  open: ({ kind, apiVersion, involvedObject, regarding }) =>
    kind === 'Event' &&
    (isRecord(involvedObject) || isRecord(regarding) || /^(v1|events\.)/.test(String(apiVersion)))
      ? [
          {
            problem: {
              expected: 'an audit event',
              got: 'an Event of the cluster, as kubectl get events gives it',
              hint: 'Audit events are what the API server writes to --audit-log-path.',
            },
          },
        ]
      : null,
};

function at(value: JsonObject, path: readonly string[]): unknown {
  let node: unknown = value;
  for (const key of path) node = isRecord(node) ? node[key] : undefined;
  return node;
}
