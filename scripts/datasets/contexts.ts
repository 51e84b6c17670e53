import { type AuditEvent, isRecord } from '../../src/audit/event.js';

/** One request of a capture, with the action that caused it. */
export interface CapturedRequest {
  /** The event of its last stage. */
  event: AuditEvent;
  micros: number;
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

const CHANGES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const CONNECTS = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

/**
 * Contexts of a capture's requests.
 *
 * - A changing request that the person sent starts a context; an action with several starts several.
 * - When an action changes nothing, its first request on a log, exec, attach, portforward or proxy subresource starts the context, else
 *   its first on a resource, else its first.
 * - The person's reads belong to the next change of the same object, else to the last change before, else to the first.
 * - What the cluster did belongs to the change that an identity leads to (uid, owner, involved object, claim, name), else to the last
 *   change before.
 * - A background request is a context of its own.
 */
export function contextsOf(
  requests: readonly CapturedRequest[],
  capture: string,
): Map<string, RequestContext> {
  const byAction = new Map<string, CapturedRequest[]>();
  const result = new Map<string, RequestContext>();
  let next = 1;
  const name = () => `${capture}-${String(next++).padStart(6, '0')}`;
  const sorted = [...requests].sort((a, b) => a.micros - b.micros || a.last - b.last);
  for (const request of sorted) {
    if (request.action === null) {
      const { auditID } = request.event;
      result.set(auditID, { auditID, action: null, context: name(), trigger: true });
    } else byAction.set(request.action, [...(byAction.get(request.action) ?? []), request]);
  }
  for (const [action, own] of byAction) {
    const direct = own.filter(({ how }) => how === 'direct');
    const triggers = triggersOf(direct.length > 0 ? direct : own);
    const contexts = new Map(triggers.map((trigger) => [trigger, name()]));
    const chains = new IdentityChains();
    let last = triggers[0]!;
    for (const request of own) {
      if (contexts.has(request)) last = request;
      const found = contexts.has(request)
        ? request
        : triggers.length === 1
          ? triggers[0]!
          : request.how === 'direct'
            ? (triggers.find(
                (t) => t.micros >= request.micros && objectKey(t.event) === objectKey(request.event),
              ) ?? last)
            : (chains.find(request.event) ?? last);
      chains.add(request.event, found);
      const { auditID } = request.event;
      result.set(auditID, { auditID, action, context: contexts.get(found)!, trigger: found === request });
    }
  }
  return result;
}

function triggersOf(requests: readonly CapturedRequest[]): CapturedRequest[] {
  const changes = requests.filter(({ event }) => event.objectRef?.resource && CHANGES.has(event.verb));
  if (changes.length > 0) return changes;
  const connects = requests.find(({ event }) => CONNECTS.has(event.objectRef?.subresource ?? ''));
  return [connects ?? requests.find(({ event }) => event.objectRef?.resource) ?? requests[0]!];
}

function objectKey({ objectRef, responseObject }: AuditEvent): string {
  const created =
    isRecord(responseObject) && isRecord(responseObject.metadata) ? responseObject.metadata.name : '';
  return `${objectRef?.resource}/${objectRef?.namespace ?? ''}/${objectRef?.name ?? created ?? ''}`;
}

/** Which change the identities of an event lead to. */
class IdentityChains {
  readonly #causes = new Map<string, CapturedRequest>();

  add(event: AuditEvent, cause: CapturedRequest): void {
    const { own } = identities(event);
    for (const key of own) this.#causes.set(key, cause);
  }

  find(event: AuditEvent): CapturedRequest | undefined {
    const { own, related } = identities(event);
    let latest: CapturedRequest | undefined;
    for (const key of [...own, ...related]) {
      const cause = this.#causes.get(key);
      if (cause && (!latest || cause.micros > latest.micros)) latest = cause;
    }
    return latest;
  }
}

function identities(event: AuditEvent): { own: string[]; related: string[] } {
  const own: string[] = [];
  const related: string[] = [];
  const add = (list: string[], value: unknown): void => {
    if (typeof value === 'string' && value !== '') list.push(value);
  };
  add(own, event.objectRef?.uid);
  if (event.objectRef?.name ?? isRecord(event.responseObject)) own.push(objectKey(event));
  for (const body of [event.responseObject, event.requestObject]) {
    if (!isRecord(body)) continue;
    const metadata = isRecord(body.metadata) ? body.metadata : {};
    add(own, metadata.uid);
    if (isRecord(body.details)) add(own, body.details.uid);
    if (Array.isArray(metadata.ownerReferences))
      for (const owner of metadata.ownerReferences)
        if (isRecord(owner) && owner.kind !== 'Node') add(related, owner.uid);
    const spec = isRecord(body.spec) ? body.spec : {};
    for (const reference of [body.involvedObject, body.regarding, spec.claimRef, spec.boundObjectRef])
      if (isRecord(reference)) add(related, reference.uid);
  }
  return { own, related };
}
