import { isRecord } from '../event.js';
import { type JsonObject, textAt, type Wrapping } from './wrapping.js';

const VERBS: Readonly<Record<string, string>> = {
  CREATE: 'create',
  UPDATE: 'update',
  DELETE: 'delete',
  CONNECT: 'connect',
};
const TIMES = ['requestReceivedTimestamp', '@timestamp', 'timestamp', 'time'];

/**
 * Reviews that an admission webhook such as kube-audit-rest wrote down. They name the request, who made it and its object; a patch is an
 * update in them, reads are not there, and what came of a request is not known.
 */
export const admission: Wrapping = {
  name: 'an AdmissionReview',
  open(value) {
    if (value.kind !== 'AdmissionReview') return null;
    const { request } = value;
    if (!isRecord(request)) return [{ skipped: 'an answer, in an AdmissionReview' }];
    const time = TIMES.map((key) => textAt(value, key)).find((text) => text !== undefined);
    if (time === undefined)
      return [
        {
          problem: {
            expected: 'an audit event, or an AdmissionReview with its time',
            got: 'an AdmissionReview without one',
            hint: 'kube-audit-rest writes requestReceivedTimestamp beside the request; keep that field.',
          },
        },
      ];
    return [{ event: eventOf(request, time), lacks: 'admission' }];
  },
};

function eventOf(request: JsonObject, time: string): JsonObject {
  const asked = isRecord(request.requestResource) ? request.requestResource : request.resource;
  const {
    group = '',
    version = '',
    resource = '',
  } = (isRecord(asked) ? asked : {}) as Record<string, string>;
  const namespace = textAt(request, 'namespace') || undefined;
  const name = textAt(request, 'name') || undefined;
  const subresource = textAt(request, 'subResource') || undefined;
  const verb = VERBS[String(request.operation)] ?? String(request.operation ?? '').toLowerCase();
  const path = [
    group === '' ? `api/${version}` : `apis/${group}/${version}`,
    ...(namespace === undefined || resource === 'namespaces' ? [] : ['namespaces', namespace]),
    resource,
    ...(name === undefined || (verb === 'create' && subresource === undefined) ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  const body = isRecord(request.object) ? request.object : request.oldObject;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Request',
    auditID: request.uid,
    stage: 'ResponseComplete',
    requestURI: `/${path.join('/')}${request.dryRun === true ? '?dryRun=All' : ''}`,
    verb,
    user: isRecord(request.userInfo) ? request.userInfo : {},
    objectRef: {
      resource,
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(group === '' ? {} : { apiGroup: group }),
      ...(version === '' ? {} : { apiVersion: version }),
      ...(subresource === undefined ? {} : { subresource }),
    },
    ...(isRecord(body) ? { requestObject: body } : {}),
    requestReceivedTimestamp: time,
  };
}
