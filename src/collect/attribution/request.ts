import { actorOf } from '../../audit/actor.js';
import { backgroundRule } from '../../audit/background.js';
import { type AuditEvent, isRecord, receivedMicros, writtenMicros } from '../../audit/event.js';
import { type Facts, readFacts } from '../../audit/objects.js';

/** One request: its audit lines, and what they say about objects. */
export interface Request {
  auditID: string;
  /** Positions of its lines in the capture, in order of arrival. */
  lines: number[];
  /** The line that says most: the completed one, else the latest stage. */
  chief: number;
  stage: string;
  /** Microseconds since 1970 at which it was received, and at which its last line was written. */
  micros: number;
  until: number;
  user: string;
  verb: string;
  uri: string;
  group: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  code: number;
  /** The background rule that explains it, or null. */
  background: string | null;
  facts: Facts;
}

const RANK: Record<string, number> = {
  RequestReceived: 0,
  ResponseStarted: 1,
  ResponseComplete: 2,
  Panic: 2,
};
const READS = new Set(['get', 'list', 'watch', '']);

/**
 * Gathers lines into requests.
 *
 * @param events Events of one capture in order of arrival.
 * @returns In order of the time they were received, then of arrival.
 */
export function gatherRequests(events: Iterable<AuditEvent>): Request[] {
  const requests = new Map<string, Request>();
  let line = 0;
  for (const event of events) {
    const known = requests.get(event.auditID);
    if (!known) requests.set(event.auditID, startRequest(event, line));
    else {
      known.lines.push(line);
      if (RANK[event.stage]! >= RANK[known.stage]!)
        Object.assign(known, startRequest(event, line), { lines: known.lines });
      known.until = Math.max(known.until, writtenMicros(event));
    }
    line++;
  }
  return [...requests.values()].sort((a, b) => a.micros - b.micros || a.lines[0]! - b.lines[0]!);
}

function startRequest(event: AuditEvent, line: number): Request {
  const reference = event.objectRef;
  const body = isRecord(event.responseObject) ? event.responseObject : {};
  const metadata = isRecord(body.metadata) ? body.metadata : {};
  const { resource = '' } = reference ?? {};
  return {
    auditID: event.auditID,
    lines: [line],
    chief: line,
    stage: event.stage,
    micros: receivedMicros(event),
    until: writtenMicros(event),
    user: actorOf(event),
    verb: event.verb,
    uri: event.requestURI ?? '',
    group: reference?.apiGroup ?? '',
    resource,
    subresource: reference?.subresource ?? '',
    // The API names a namespace as lying in itself.
    namespace: resource === 'namespaces' ? '' : (reference?.namespace ?? ''),
    name:
      reference?.name ?? (typeof metadata.name === 'string' && body.kind !== 'Status' ? metadata.name : ''),
    code: event.responseStatus?.code ?? 0,
    background: backgroundRule(event)?.id ?? null,
    facts: readFacts(event),
  };
}

/** Subresources that are talked to, not changed. */
export const CONNECTS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy', 'log']);

/** Whether a request asks for a change. Watching, executing and forwarding change nothing that the API keeps. */
export function isChange({ verb, subresource, resource, uri }: Request): boolean {
  if (READS.has(verb)) return false;
  if (CONNECTS.has(subresource)) return false;
  if (resource.endsWith('reviews') || /[?&]dryRun=/.test(uri)) return false;
  return true;
}

/** Whether a change was made. */
export function isDone(request: Request): boolean {
  return isChange(request) && request.code >= 200 && request.code < 400;
}

/** Whether a request takes an object away. */
export function isRemoval({ verb, subresource }: Request): boolean {
  return verb === 'delete' || verb === 'deletecollection' || subresource === 'eviction';
}

/** @example nameKey('pods', 'shop', 'web') // 'pods/shop/web' */
export function nameKey(resource: string, namespace: string, name: string): string {
  return `${resource}/${namespace}/${name}`;
}
