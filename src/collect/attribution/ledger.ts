import { isDone, isRemoval, nameKey, type Request } from './request.js';

/** Who last did something to a key, and when (microseconds since 1970). */
export interface Mark {
  context: string;
  micros: number;
}

/** A pod as far as budgets and nodes care. */
interface PodNote {
  namespace: string;
  labels: Record<string, string>;
  keys: string[];
}

/** What is known of objects at one moment of a capture: who changed them last, and how they hang together. */
export class Ledger {
  /** Last change to the object itself, its status left out. */
  readonly touched = new Map<string, Mark>();
  /** Last change of any kind, status too. */
  readonly moved = new Map<string, Mark>();
  /** Last change to something that the object owns. */
  readonly signalled = new Map<string, Mark>();
  /** Last removal of something that the object owns. */
  readonly gone = new Map<string, Mark>();
  /** Last removal of the object. */
  readonly removed = new Map<string, Mark>();
  readonly owners = new Map<string, string[]>();
  /** Namespaces that are being deleted, until one of that name is made again. */
  readonly ending = new Map<string, Mark>();
  /** Last change of objects in a namespace that came or went. */
  readonly population = new Map<string, Mark>();
  /** Pods that the scheduler could not place. */
  readonly waiting = new Set<string>();
  /** Last change of a node by a person, cluster-wide. */
  nodeChange: Mark | null = null;
  /** Last pod given to a node in a namespace: `node namespace`. */
  readonly arrivals = new Map<string, Mark>();
  /** Last seen targets of endpoints and slices. */
  readonly targets = new Map<string, Map<string, string>>();
  readonly pods = new Map<string, PodNote>();
  /** Requests that are not background, newest last, for what the API server does on their behalf. */
  readonly recent: { request: Request; context: string }[] = [];

  /** The latest mark that any of the maps has for any of the keys. */
  static latest(marks: Iterable<Mark | null | undefined>): Mark | null {
    let best: Mark | null = null;
    for (const mark of marks) if (mark && (!best || mark.micros > best.micros)) best = mark;
    return best;
  }

  /** The mark of an object: its uid's, which no other object shares, or its name's. */
  of(map: ReadonlyMap<string, Mark>, keys: readonly string[]): Mark | null {
    const uids = keys.filter((key) => !key.includes('/'));
    const known = Ledger.latest(uids.map((key) => map.get(key)));
    return known ?? Ledger.latest(keys.map((key) => map.get(key)));
  }

  /** The targets that endpoints had before. */
  targetsOf(keys: readonly string[]): Map<string, string> {
    for (const key of keys) {
      const known = this.targets.get(key);
      if (known) return known;
    }
    return new Map();
  }

  /** Owners of an object, nearest first, as far up as is known. */
  ancestors(keys: readonly string[], facts: readonly string[] = []): string[] {
    const found: string[] = [...facts];
    for (const key of keys)
      for (const owner of this.owners.get(key) ?? []) if (!found.includes(owner)) found.push(owner);
    for (let i = 0; i < found.length && i < 16; i++)
      for (const owner of this.owners.get(found[i]!) ?? []) if (!found.includes(owner)) found.push(owner);
    return found;
  }

  /** Enters what a request did, once its context is known. */
  record(request: Request, context: string): void {
    this.recent.push({ request, context });
    if (this.recent.length > 400) this.recent.splice(0, 200);
    if (!isDone(request)) return;
    const { facts, resource, subresource, micros, namespace } = request;
    const mark = { context, micros };
    const { self } = facts;
    const removal = isRemoval(request);
    // An Event reports a change; it is none.
    if (resource === 'events') {
      for (const key of self) this.touched.set(key, mark);
      return;
    }
    if (subresource === 'token') return;
    if (facts.owners.length) for (const key of self) this.owners.set(key, facts.owners);
    for (const key of [...self, ...facts.items]) {
      this.moved.set(key, mark);
      if (subresource !== 'status') this.touched.set(key, mark);
      if (removal) this.removed.set(key, mark);
      for (const owner of this.owners.get(key) ?? []) {
        this.signalled.set(owner, mark);
        if (removal) this.gone.set(owner, mark);
      }
    }
    if (namespace && subresource === '' && (removal || request.verb === 'create'))
      this.population.set(namespace, mark);
    if (resource === 'namespaces') this.#recordNamespace(request, mark, removal);
    if (resource === 'nodes' && subresource === '' && !request.user.startsWith('system:'))
      this.nodeChange = mark;
    if (resource === 'pods') this.#recordPod(request, mark);
    if (facts.targets) for (const key of self) this.targets.set(key, facts.targets);
  }

  #recordNamespace({ name, verb, subresource }: Request, mark: Mark, removal: boolean): void {
    if (removal && subresource === '') this.ending.set(name, mark);
    if (verb === 'create') this.ending.delete(name);
  }

  #recordPod({ facts, namespace, name, subresource, user }: Request, mark: Mark): void {
    const key = nameKey('pods', namespace, name);
    if (subresource === 'binding') {
      this.arrivals.set(`${facts.node} ${namespace}`, mark);
      this.waiting.delete(key);
    }
    if (user === 'system:kube-scheduler' && subresource === 'status') this.waiting.add(key);
    if (user.startsWith('system:node:')) this.arrivals.set(`${user.slice(12)} ${namespace}`, mark);
    if (Object.keys(facts.labels).length)
      for (const self of facts.self)
        this.pods.set(self, { namespace, labels: facts.labels, keys: facts.self });
  }
}
