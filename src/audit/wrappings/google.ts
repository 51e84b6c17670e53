import { isRecord } from '../event.js';
import { type JsonObject, jsonOf, textAt, type Wrapping } from './wrapping.js';

const VERSION = /^v\d+((alpha|beta)\d+)?$/;
/** Codes of google.rpc as HTTP statuses. */
const HTTP: Readonly<Record<number, number>> = {
  1: 499,
  2: 500,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  13: 500,
  14: 503,
  15: 500,
  16: 401,
};

/**
 * Entries of Google Cloud Logging, as GKE writes audit events into them: a request is named by `methodName` and `resourceName`, its
 * outcome by a code of google.rpc. Groups of the user are not in them.
 */
export const google: Wrapping = {
  name: 'a Google Cloud Logging entry',
  open(entry, holds) {
    const row = entry.protopayload_auditlog;
    if (isRecord(row)) return this.open(ofRow(entry, row), holds);
    const payload = entry.protoPayload;
    if (isRecord(payload) && textAt(payload, '@type')?.endsWith('google.cloud.audit.AuditLog')) {
      const service = textAt(payload, 'serviceName') ?? '';
      const method = textAt(payload, 'methodName') ?? '';
      return service === 'k8s.io' || method.startsWith('io.k8s.')
        ? [{ event: eventOf(entry, payload), lacks: 'google' }]
        : [{ skipped: `an entry of ${service || 'another service'}, in a Google Cloud Logging entry` }];
    }
    if (textAt(entry, 'logName') === undefined) return null;
    if (isRecord(entry.jsonPayload)) return [{ value: entry.jsonPayload }];
    const text = textAt(entry, 'textPayload');
    return text === undefined ? null : [{ text }];
  },
};

/** An entry as a sink puts it into a table of BigQuery: bodies are JSON text there, and times are written in their own way. */
function ofRow(entry: JsonObject, row: JsonObject): JsonObject {
  const { requestJson, responseJson, ...payload } = row;
  const time = textAt(entry, 'timestamp')?.replace(/^(\S+) ([\d:.]+) ?(UTC|\+00(:00)?)$/, '$1T$2Z');
  return {
    ...entry,
    protopayload_auditlog: undefined,
    timestamp: time ?? entry.timestamp,
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      ...payload,
      request: jsonOf(requestJson),
      response: jsonOf(responseJson),
    },
  };
}

function eventOf(entry: JsonObject, payload: JsonObject): JsonObject {
  const record = (value: unknown): JsonObject => (isRecord(value) ? value : {});
  const method = (textAt(payload, 'methodName') ?? '').split('.');
  const operation = record(entry.operation);
  const caller = record(payload.requestMetadata);
  const address = textAt(caller, 'callerIp');
  const username = textAt(record(payload.authenticationInfo), 'principalEmail');
  const verb = method.at(-1) ?? '';
  const { request, response } = payload;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: isRecord(response) ? 'RequestResponse' : isRecord(request) ? 'Request' : 'Metadata',
    auditID: textAt(operation, 'id') ?? textAt(entry, 'insertId'),
    stage: operation.last === false ? 'ResponseStarted' : 'ResponseComplete',
    ...target(textAt(payload, 'resourceName') ?? '', method),
    verb,
    user: username === undefined ? {} : { username },
    ...(address === undefined ? {} : { sourceIPs: [address] }),
    userAgent: textAt(caller, 'callerSuppliedUserAgent'),
    responseStatus: statusOf(record(payload.status), record(response), verb),
    ...(isRecord(request) ? { requestObject: withoutType(request) } : {}),
    ...(isRecord(response) ? { responseObject: withoutType(response) } : {}),
    requestReceivedTimestamp: entry.timestamp,
    stageTimestamp: entry.timestamp,
    annotations: record(entry.labels),
  };
}

/** What was asked for: `apps/v1/namespaces/shop/deployments/web/scale` is a path without the beginning, `core` the empty group. */
function target(name: string, method: readonly string[]): { requestURI: string; objectRef?: JsonObject } {
  const [first = '', version = '', ...rest] = name.split('/');
  if (!VERSION.test(version)) return { requestURI: `/${name}` };
  const at = method.findIndex((part) => VERSION.test(part)) + 1;
  const asked = method[at];
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 && asked !== 'namespaces';
  const namespace = inNamespace || rest[0] === 'namespaces' ? rest[1] : undefined;
  const [resource, object, ...below] = inNamespace ? rest.slice(2) : rest;
  // `io.k8s.core.v1.pods.binding.create` says it, whether the name does or not.
  const unsaid = below.length === 0 && object !== undefined && at > 0 ? method.slice(at + 1, -1) : [];
  const subresource = [...below, ...unsaid];
  const apiGroup = first === 'core' ? '' : first;
  return {
    requestURI: `/${apiGroup === '' ? 'api' : `apis/${apiGroup}`}/${[version, ...rest, ...unsaid].join('/')}`,
    objectRef: {
      resource,
      ...(namespace === undefined ? {} : { namespace }),
      ...(object === undefined ? {} : { name: object }),
      ...(apiGroup === '' ? {} : { apiGroup }),
      apiVersion: version,
      ...(subresource.length === 0 ? {} : { subresource: subresource.join('/') }),
    },
  };
}

function statusOf(status: JsonObject, response: JsonObject, verb: string): JsonObject {
  const rpc = typeof status.code === 'number' ? status.code : 0;
  const said = response.kind === 'Status' && typeof response.code === 'number' ? response.code : undefined;
  const message = textAt(status, 'message');
  return {
    code: said ?? (rpc === 0 ? (verb === 'create' ? 201 : 200) : (HTTP[rpc] ?? 500)),
    ...(message === undefined ? {} : { message }),
  };
}

function withoutType({ '@type': _, ...body }: JsonObject): JsonObject {
  return body;
}
