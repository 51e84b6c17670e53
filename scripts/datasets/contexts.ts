import type { AuditEvent } from '../../src/audit/event.js';
import { CHANGES } from '../../src/audit/verbs.js';
import { Causes, objectKey } from './causes.js';

/** One request of a capture, with the action that caused it. */
export interface CapturedRequest {
  /** The event of its last stage. */
  event: AuditEvent;
  /** Null for background. */
  action: string | null;
  /** `direct` for the person's own requests. */
  how: string;
  /** Its last line in the log, from 0. */
  last: number;
}

export interface RequestContext {
  auditID: string;
  action: string | null;
  context: string;
  trigger: boolean;
}

const CONNECTS = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

/**
 * Contexts of a capture's requests.
 *
 * - A changing request that the person sent starts a context, refused or not; an action with several starts several.
 * - When an action changes nothing, its first request on a log, exec, attach, portforward or proxy subresource starts the one context,
 *   else its first on a resource, else its first.
 * - A read of the person waits for the delete of the same object before it, else prepares the next change of the same object, else
 *   waits for the one before; a read of anything else prepares the next change.
 * - What the cluster did belongs to the change that an identity leads to (`Causes`), else to the last change before in its namespace,
 *   else to the last change before.
 * - A background request is a context of its own.
 *
 * @param requests In order of their first lines.
 * @returns By auditID; contexts are numbered in order of their triggering events.
 */
export function contextsOf(
  requests: readonly CapturedRequest[],
  capture: string,
): Map<string, RequestContext> {
  const triggers = new Map<CapturedRequest, CapturedRequest>();
  const byAction = new Map<string, CapturedRequest[]>();
  for (const request of requests) {
    const own = request.action === null ? null : byAction.get(request.action);
    if (own) own.push(request);
    else if (request.action === null) triggers.set(request, request);
    else byAction.set(request.action, [request]);
  }
  for (const own of byAction.values())
    for (const [request, trigger] of causesIn(own)) triggers.set(request, trigger);
  const names = new Map<CapturedRequest, string>();
  for (const request of requests)
    if (triggers.get(request) === request)
      names.set(request, `${capture}-${String(names.size + 1).padStart(6, '0')}`);
  return new Map(
    requests.map((request) => {
      const trigger = triggers.get(request)!;
      const { auditID } = request.event;
      const { action } = request;
      return [auditID, { auditID, action, context: names.get(trigger)!, trigger: trigger === request }];
    }),
  );
}

/** For each request of an action its triggering event. */
function causesIn(own: readonly CapturedRequest[]): Map<CapturedRequest, CapturedRequest> {
  const direct = own.filter(({ how }) => how === 'direct');
  const triggers = triggersOf(direct.length > 0 ? direct : own);
  const causes = new Causes<CapturedRequest>();
  const result = new Map<CapturedRequest, CapturedRequest>();
  for (const { event } of own) causes.meet(event);
  own.forEach((request, i) => {
    const before = own.slice(0, i + 1).filter((one) => triggers.includes(one));
    const after = own.slice(i + 1).filter((one) => triggers.includes(one));
    const found = triggers.includes(request)
      ? request
      : request.how === 'direct'
        ? changeOfRead(request, before, after)
        : (causes.find(request.event) ?? lastChange(request, before) ?? triggers[0]!);
    const { verb } = request.event;
    if (found === request || (request.how !== 'direct' && CHANGES.has(verb)))
      causes.claim(request.event, found, { made: found === request || verb === 'create' });
    result.set(request, found);
  });
  return result;
}

function triggersOf(requests: readonly CapturedRequest[]): CapturedRequest[] {
  const changes = requests.filter(({ event }) => event.objectRef?.resource && CHANGES.has(event.verb));
  if (changes.length > 0) return changes;
  const connects = requests.find(({ event }) => CONNECTS.has(event.objectRef?.subresource ?? ''));
  return [connects ?? requests.find(({ event }) => event.objectRef?.resource) ?? requests[0]!];
}

function changeOfRead(
  { event }: CapturedRequest,
  before: readonly CapturedRequest[],
  after: readonly CapturedRequest[],
): CapturedRequest {
  const key = objectKey(event);
  const same = (one: CapturedRequest): boolean => key !== null && objectKey(one.event) === key;
  const earlier = before.findLast(same);
  const removed =
    earlier && (earlier.event.verb === 'delete' || earlier.event.objectRef?.subresource === 'eviction');
  if (removed && (earlier.event.responseStatus?.code ?? 500) < 300) return earlier;
  return after.find(same) ?? earlier ?? after[0] ?? before.at(-1)!;
}

function lastChange(
  { event }: CapturedRequest,
  before: readonly CapturedRequest[],
): CapturedRequest | undefined {
  const namespace = event.objectRef?.namespace;
  return before.findLast((one) => one.event.objectRef?.namespace === namespace) ?? before.at(-1);
}
