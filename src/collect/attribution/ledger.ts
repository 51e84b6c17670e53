import { isDone, isRemoval, nameKey, type Request } from './request.js';

/** Who last did something to a key, and when (microseconds since 1970). */
export interface Mark {
  context: string;
  micros: number;
  /** Whether there are other candidates that identity cannot tell from it. */
  doubtful?: boolean;
}

/** A pod as far as budgets and nodes care. */
interface PodNote {
  namespace: string;
  labels: Record<string, string>;
  keys: readonly string[];
}

/** How soon a controller answers a change of labels or annotations. */
const ECHO_MICROS = 500_000;

/** What is known of objects at one moment of a capture: who changed them last, and how they hang together. */
export class Ledger {
  /** Last change to the object itself, its status left out. */
  readonly touched = new Map<string, Mark>();
  /** Last change to what the object is to be, not to its labels and annotations alone: what its controllers act upon. */
  readonly shaped = new Map<string, Mark>();
  /** Last of those that was no removal. */
  readonly made = new Map<string, Mark>();
  /** Last change of any kind, status too. */
  readonly moved = new Map<string, Mark>();
  /** Last change to something that the object owns. */
  readonly signalled = new Map<string, Mark>();
  /** Last removal of something that the object owns. */
  readonly gone = new Map<string, Mark>();
  /** Last removal of the object. */
  readonly removed = new Map<string, Mark>();
  readonly owners = new Map<string, readonly string[]>();
  /** Namespaces that are being deleted, until one of that name is made again. */
  readonly ending = new Map<string, Mark>();
  /** Last claim that was deleted in a namespace. */
  readonly claimsGone = new Map<string, Mark>();
  /** Namespaces among them that the namespace controller has begun to empty. */
  readonly emptying = new Set<string>();
  /** Last object that came or went, by `namespace/resource`. */
  readonly population = new Map<string, Mark>();
  /** Pods that the scheduler could not place, and since when. */
  readonly waiting = new Map<string, number>();
  /** Last change of a node by a person, cluster-wide. */
  nodeChange: Mark | null = null;
  /** Last pod given to a node in a namespace: `node namespace`. */
  readonly arrivals = new Map<string, Mark>();
  /** Last seen targets of endpoints and slices. */
  readonly targets = new Map<string, Map<string, string>>();
  readonly pods = new Map<string, PodNote>();
  /** The uid that a name stands for now. */
  readonly uids = new Map<string, string>();
  readonly #shapes = new Map<string, number>();
  /** Pods that use a claim. */
  readonly users = new Map<string, Set<string>>();
  /** What pods each disruption budget selects. */
  readonly selectors = new Map<string, Record<string, string>>();
  /** What each autoscaler scales. */
  readonly scalers = new Map<string, string>();
  /** Last change of a cluster role that the control plane did not put together itself. */
  roleChange: Mark | null = null;
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

  /**
   * The last change of an object that a request comes of. Of labels and annotations alone comes only what a controller does at once; what
   * it does later, and all that kubelets and the scheduler do, comes of what the object is to be.
   */
  cause(keys: readonly string[], { micros, user }: Request): Mark | null {
    const shaped = this.of(this.shaped, keys);
    const touched = this.of(this.touched, keys);
    if (!shaped || !touched) return shaped ?? touched;
    const blind = user.startsWith('system:node:') || user === 'system:kube-scheduler';
    return !blind && micros - touched.micros < ECHO_MICROS ? touched : shaped;
  }

  /** Whether a request changes more of an object than its labels and annotations. */
  reshapes({ facts, verb, subresource }: Request): boolean {
    if (subresource !== '' || (verb !== 'patch' && verb !== 'update')) return true;
    return facts.shape === 0 || facts.shape !== this.#shapes.get(facts.self[0]!);
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
    if (request.user.endsWith(':namespace-controller')) {
      const place = request.namespace || request.name;
      if (this.ending.has(place)) this.emptying.add(place);
    }
    for (const { name, uid, owners } of request.facts.seen) {
      if (!this.uids.has(name)) this.uids.set(name, uid);
      if (owners.length && !this.owners.has(uid)) this.owners.set(uid, owners).set(name, owners);
    }
    if (!isDone(request)) return;
    const { facts, resource, subresource, micros, namespace } = request;
    const mark = { context, micros };
    const self = this.#identify(request);
    const removal = isRemoval(request);
    // An Event reports a change; it is none.
    if (resource === 'events') {
      for (const key of self) this.touched.set(key, mark);
      return;
    }
    if (subresource === 'token') return;
    if (facts.owners.length) for (const key of self) this.owners.set(key, facts.owners);
    // A controller's report changes nothing; a person's is undone by the controller.
    const report = subresource === 'status' && request.user.startsWith('system:');
    const shaping = this.reshapes(request);
    if (facts.shape && (subresource === '' || subresource === 'status'))
      this.#shapes.set(facts.self[0]!, facts.shape);
    for (const key of [...self, ...facts.items]) {
      this.moved.set(key, mark);
      if (!report) this.touched.set(key, mark);
      if (!report && shaping) this.shaped.set(key, mark);
      if (!report && shaping && !removal) this.made.set(key, mark);
      if (removal) this.removed.set(key, mark);
      for (const owner of this.owners.get(key) ?? []) {
        this.signalled.set(owner, mark);
        if (removal) this.gone.set(owner, mark);
      }
    }
    if (namespace && (removal || (subresource === '' && request.verb === 'create')))
      this.population.set(`${namespace}/${resource}`, mark);
    if (removal && resource === 'persistentvolumeclaims') this.claimsGone.set(namespace, mark);
    if (resource === 'namespaces') this.#recordNamespace(request, mark, removal);
    if (resource === 'nodes' && subresource === '' && !request.user.startsWith('system:'))
      this.nodeChange = mark;
    if (resource === 'customresourcedefinitions')
      this.touched.set(`group/${request.name.slice(request.name.indexOf('.') + 1)}`, mark);
    if (resource === 'clusterroles' && !request.user.endsWith(':clusterrole-aggregation-controller'))
      this.roleChange = mark;
    if (facts.selector) for (const key of self) this.selectors.set(key, facts.selector);
    if (resource === 'horizontalpodautoscalers') this.#recordScaler(request, removal);
    if (resource === 'pods') this.#recordPod(request, mark);
    if (facts.targets) for (const key of self) this.targets.set(key, facts.targets);
  }

  /** Keys of a request's object. An eviction names a pod only; its uid is the one that the name stands for. */
  #identify({ facts: { self }, resource, namespace, name }: Request): readonly string[] {
    const key = nameKey(resource, namespace, name);
    const uid = self.find((one) => !one.includes('/'));
    if (uid) this.uids.set(key, uid);
    const known = uid ?? this.uids.get(key);
    return known && known !== uid ? [known, ...self] : self;
  }

  #recordScaler({ facts, namespace, name }: Request, removal: boolean): void {
    const key = nameKey('horizontalpodautoscalers', namespace, name);
    if (removal) this.scalers.delete(key);
    else if (facts.scales) this.scalers.set(key, facts.scales);
  }

  #recordNamespace({ name, verb, subresource }: Request, mark: Mark, removal: boolean): void {
    if (removal && subresource === '' && !this.ending.has(name)) this.ending.set(name, mark);
    if (verb !== 'create') return;
    this.ending.delete(name);
    this.emptying.delete(name);
  }

  #recordPod({ facts, namespace, name, subresource, user }: Request, mark: Mark): void {
    const key = nameKey('pods', namespace, name);
    if (subresource === 'binding') {
      this.arrivals.set(`${facts.node} ${namespace}`, mark);
      this.waiting.delete(key);
    }
    if (user === 'system:kube-scheduler' && subresource === 'status' && !this.waiting.has(key))
      this.waiting.set(key, mark.micros);
    if (user.startsWith('system:node:')) this.arrivals.set(`${user.slice(12)} ${namespace}`, mark);
    for (const claim of facts.mounts)
      for (const self of facts.self)
        this.users.set(claim, (this.users.get(claim) ?? new Set<string>()).add(self));
    if (Object.keys(facts.labels).length)
      for (const self of facts.self)
        this.pods.set(self, { namespace, labels: facts.labels, keys: facts.self });
  }
}
