import { type AuditEvent, isRecord } from '../../src/audit/event.js';

/** What a body says of one object. */
interface Identity {
  uid: string | null;
  /** uids of the objects that own it or that it is about. */
  related: string[];
  owners: string[];
}

/** The object of a request by name, whatever the subresource; null when it is of many. */
export function objectKey({ objectRef, responseObject }: AuditEvent): string | null {
  if (!objectRef?.resource) return null;
  const metadata = isRecord(responseObject) ? responseObject.metadata : undefined;
  const name = objectRef.name ?? (isRecord(metadata) ? metadata.name : undefined);
  return name ? `${objectRef.resource}/${objectRef.namespace ?? ''}/${String(name)}` : null;
}

/**
 * Which of several changes an event goes back to, by identity: the object's own uid (its name where it has none), then its owners, its
 * involved object, its claim, the object that a token is bound to. The owner of an object that was changed reacts to that change, unless
 * it was changed or made itself.
 */
export class Causes<C> {
  /** Objects that a change was for, or that came of it. */
  readonly #changed = new Map<string, C>();
  /** Owners of objects that changed. */
  readonly #owners = new Map<string, C>();
  readonly #uids = new Map<string, string>();
  readonly #owned = new Map<string, string[]>();

  /** Learns from an answer which uid a name stands for, and who owns it. */
  meet(event: AuditEvent): void {
    const { objectRef, responseObject: body } = event;
    if (!objectRef?.resource || objectRef.subresource || !isRecord(body)) return;
    for (const item of Array.isArray(body.items) ? body.items : [body]) {
      const { uid, owners } = identityOf(item);
      if (uid === null || !isRecord(item) || !isRecord(item.metadata)) continue;
      const { namespace = '', name = '' } = item.metadata;
      this.#uids.set(`${objectRef.resource}/${String(namespace)}/${String(name)}`, uid);
      this.#owned.set(uid, owners);
    }
  }

  /** Says that this request is the change, or came of it. Of those that came, only what they made is theirs. */
  claim(event: AuditEvent, cause: C, { made }: { made: boolean }): void {
    const { uid, owners } = identityOfRequest(event);
    const key = objectKey(event);
    const known = uid ?? this.#uids.get(key ?? '') ?? null;
    if (made) for (const one of [key, known]) if (one !== null) this.#changed.set(one, cause);
    for (const owner of [...owners, ...(this.#owned.get(known ?? '') ?? [])]) this.#owners.set(owner, cause);
  }

  /** The change that an event goes back to; undefined when no identity leads to one. */
  find(event: AuditEvent): C | undefined {
    const { uid, related } = identityOfRequest(event);
    const key = uid === null ? objectKey(event) : null;
    const own = [uid, key, this.#uids.get(key ?? '') ?? null].filter((one) => one !== null);
    for (const [causes, identities] of [
      [this.#changed, own],
      [this.#changed, related],
      [this.#owners, own],
      [this.#owners, related],
    ] as const)
      for (const identity of identities) if (causes.has(identity)) return causes.get(identity);
    return undefined;
  }
}

function identityOfRequest(event: AuditEvent): Identity {
  const bodies = [event.responseObject, event.requestObject].map(identityOf);
  return {
    uid: event.objectRef?.uid || (bodies[0]!.uid ?? bodies[1]!.uid),
    related: [...new Set(bodies.flatMap(({ related }) => related))],
    owners: [...new Set(bodies.flatMap(({ owners }) => owners))],
  };
}

function identityOf(body: unknown): Identity {
  const texts = (values: readonly unknown[]): string[] =>
    values.filter((value): value is string => typeof value === 'string' && value !== '');
  const uidOf = (value: unknown): unknown => (isRecord(value) ? value.uid : null);
  if (!isRecord(body)) return { uid: null, related: [], owners: [] };
  const metadata = isRecord(body.metadata) ? body.metadata : {};
  const spec = isRecord(body.spec) ? body.spec : {};
  const references = Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : [];
  const owners = texts(references.filter((one) => isRecord(one) && one.kind !== 'Node').map(uidOf));
  const about = [body.involvedObject, body.regarding, spec.claimRef, spec.boundObjectRef].map(uidOf);
  return {
    uid: texts([metadata.uid, uidOf(body.details)])[0] ?? null,
    related: [...owners, ...texts(about)],
    owners,
  };
}
