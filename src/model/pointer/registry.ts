import { BoundedMap } from './bounded-map.js';
import { type Cause, type Mark, NamespaceNote, type ObjectNote, withMark } from './notes.js';
import { OBJECT_LIMITS, ObjectIndex, type ObjectLimits } from './object-index.js';
import { isChange, isCommand, isConnect, isDone, isRemoval, nodeOf, type Request } from './request.js';

/** How much is remembered. */
export interface RegistryLimits extends ObjectLimits {
  /** Namespaces. Default 5,000. */
  namespaces: number;
  /** Actors, kinds of resources and definitions, each. Default 2,000. */
  actors: number;
}

/** Recent changes that the API server may be serving. */
const RECENT = 100;
/** Marks of one namespace, by resource, by actor and by node; and pods of which labels are known. */
const PLACES = 512;
const PODS = 2_000;
/** Changes over which the share of bodies is told, what it is of a log that has nearly all, and resources that audit policies keep short wherever they keep the rest. */
const LATELY = 256;
const WHOLE = 0.9;
const SHORT: ReadonlySet<string> = new Set(['events', 'leases', 'secrets', 'configmaps']);

/**
 * What is known of objects at one moment of a log: who changed them last, and how they hang together. One reading of each line serves all
 * that ask for causes. Bounded: objects end by age, by count (the one that no line spoke of for longest) and some time after their
 * removal; namespaces by age and count, actors and kinds by count.
 */
export class Registry {
  readonly objects: ObjectIndex;
  readonly #namespaces: BoundedMap<NamespaceNote>;
  /** Last line of each actor, last change of each kind without a namespace, and of definitions by group and name. */
  readonly actors: BoundedMap<Mark>;
  readonly kinds: BoundedMap<Mark>;
  readonly definitions: BoundedMap<Mark>;
  /** Last changes outside namespaces, by different causes. */
  cluster: readonly Mark[] = [];
  /** Last connection that a person opened, last change by a person, last change of a node by a person. */
  connected: Mark | null = null;
  byPerson: Mark | null = null;
  nodeChange: Mark | null = null;
  /** Last change of a cluster role that the control plane did not put together itself. */
  roleChange: Mark | null = null;
  /** Last changes that are not background, newest last. */
  readonly recent: { request: Request; cause: Cause }[] = [];
  /** Share of the latest changes that are logged with what came of them, and how many there were. */
  #bodies = 0;
  #changes = 0;
  #now = 0;
  readonly #age: number;

  constructor(limits: Partial<RegistryLimits> = {}) {
    const { namespaces = 5_000, actors = 2_000, age = OBJECT_LIMITS.age } = limits;
    this.#age = age;
    this.objects = new ObjectIndex(limits, (note) => {
      const pods = note.resource === 'pods' ? this.#namespaces.get(note.namespace)?.pods : undefined;
      if (pods?.get(note.name) === note) pods.delete(note.name);
    });
    this.#namespaces = new BoundedMap(namespaces);
    this.actors = new BoundedMap(actors);
    this.kinds = new BoundedMap(actors);
    this.definitions = new BoundedMap(actors);
  }

  /** Whether the log has nearly all bodies of late. */
  get whole(): boolean {
    return this.#bodies >= WHOLE;
  }

  /** How much is remembered now. */
  get size(): { objects: number; namespaces: number; names: number } {
    return { ...this.objects.size, namespaces: this.#namespaces.size };
  }

  /** The object of a key: a uid, or `resource/namespace/name`. */
  find(key: string): ObjectNote | undefined {
    return this.objects.find(key);
  }

  /** Objects of a name, of any resource. */
  named(namespace: string, name: string): readonly ObjectNote[] {
    return this.objects.named(namespace, name);
  }

  /** The object that a request is on if it is known, without remembering that it was spoken of. */
  peek({ uid, resource, namespace, name }: Request): ObjectNote | null {
    return this.find(uid) ?? this.find(`${resource}/${namespace}/${name}`) ?? null;
  }

  /** The object that a request is on; null when it names none. */
  objectOf(request: Request): ObjectNote | null {
    return this.objects.of(request);
  }

  namespace(name: string): NamespaceNote | undefined {
    return name ? this.#namespaces.get(name) : undefined;
  }

  /** Whether a request changes more of an object than its labels and annotations. */
  reshapes({ subresource, verb, shape }: Request, note: ObjectNote | null): boolean {
    if (subresource !== '' || (verb !== 'patch' && verb !== 'update')) return true;
    return shape === 0 || note === null || note.shape !== shape;
  }

  /** Enters what a request did, once its cause is known; null: nobody's. */
  record(request: Request, note: ObjectNote | null, cause: Cause | null): void {
    this.#now = Math.max(this.#now, request.micros);
    this.objects.forget(this.#now);
    for (const { name, uid, owners } of request.facts.seen)
      this.objects.meet(name, uid, owners, request.micros);
    if (isDone(request) && !SHORT.has(request.resource) && request.subresource !== 'token')
      this.#bodies += (Number(request.level === 2) - this.#bodies) / Math.min(++this.#changes, LATELY);
    if (!cause) return;
    const { kind, actor, place, verb, subresource, resource } = request;
    const mark: Mark = { cause, micros: request.micros };
    count(cause, request);
    const namespace = place ? this.#place(place) : null;
    if (kind === 'system') {
      this.actors.set(actor, mark);
      if (namespace) setBounded(namespace.actors, actor, mark);
    } else if (isConnect(request)) this.connected = mark;
    if (isChange(request) || (kind !== 'system' && isCommand(request))) this.#enterRecent(request, cause);
    if (!isChange(request)) return;
    if (namespace?.ending && request.role === 'namespace-controller') namespace.emptying = true;
    if (!isDone(request) || subresource === 'token') return;
    if (resource === 'events') {
      if (note) note.touched = mark;
      return;
    }
    const shaping = this.reshapes(request, note);
    if (note) this.#enterFacts(request, note, mark, namespace);
    if (note && note.owners.length === 0 && resource === 'ipaddresses')
      note.owners = this.#servedService(request);
    this.#enterChange(request, note, { mark, shaping });
    const report = subresource === 'status' && kind === 'system';
    const removal = isRemoval(request);
    if (namespace) {
      if (removal || (subresource === '' && verb === 'create'))
        setBounded(namespace.population, resource, mark);
      if (subresource === 'binding') setBounded(namespace.population, 'pods/binding', mark);
      if (!report) namespace.any = withMark(namespace.any, mark);
    } else if (!report) this.cluster = withMark(this.cluster, mark);
    if (resource === 'namespaces' && namespace) {
      if (removal && subresource === '') namespace.ending ??= mark;
      if (verb === 'create') [namespace.ending, namespace.emptying] = [null, false];
    }
    if (kind !== 'system') this.byPerson = mark;
    if (kind !== 'system' && resource === 'nodes' && subresource === '') this.nodeChange = mark;
    if (resource === 'customresourcedefinitions' && request.name)
      for (const key of [request.name, request.name.slice(request.name.indexOf('.') + 1)])
        this.definitions.set(key, mark);
    if (report || request.role === 'clusterrole-aggregation-controller') return;
    this.kinds.set(resource, mark);
    if (resource === 'clusterroles') this.roleChange = mark;
  }

  #enterRecent(request: Request, cause: Cause): void {
    if (request.resource === 'events') return;
    this.recent.push({ request, cause });
    if (this.recent.length > 2 * RECENT) this.recent.splice(0, RECENT);
  }

  #enterFacts(request: Request, note: ObjectNote, mark: Mark, namespace: NamespaceNote | null): void {
    const { facts, resource, subresource, kind, role } = request;
    const owners = this.objects.notesOf(facts.owners).filter((owner) => owner !== note);
    if (owners.length > 0) note.owners = owners;
    if (request.code === 201 && subresource === '')
      note.free = facts.owners.length === 0 && (kind === 'person' || request.level === 2);
    if (request.shape && (subresource === '' || subresource === 'status')) note.shape = request.shape;
    note.selector = facts.selector ?? note.selector;
    note.targets = facts.targets ?? note.targets;
    for (const key of [...facts.mounts, ...(facts.scales ? [facts.scales] : []), ...facts.refs]) {
      const used = this.find(key);
      if (!used || used === note || used.users.includes(note)) continue;
      used.users = [...used.users.slice(-7), note];
    }
    if (resource !== 'pods' || !namespace) return;
    if (Object.keys(facts.labels).length > 0) {
      note.labels = facts.labels;
      setBounded(namespace.pods, note.name, note, PODS);
    }
    if (subresource === 'binding') {
      setBounded(namespace.nodes, facts.node, mark);
      note.waiting = 0;
    }
    if (role === 'system:kube-scheduler' && subresource === 'status' && !note.waiting)
      note.waiting = request.micros;
    const node = kind === 'system' ? nodeOf(request) : '';
    if (node) setBounded(namespace.nodes, node, mark);
  }

  /** The service that is being served: an address is made for it, and where bodies are not logged nothing else says so. */
  #servedService({ micros }: Request): ObjectNote[] {
    const found = this.recent.findLast(
      ({ request }) => request.resource === 'services' && request.micros <= micros && request.until >= micros,
    );
    const service = found && this.objects.find(`services/${found.request.namespace}/${found.request.name}`);
    return service ? [service] : [];
  }

  #enterChange(
    request: Request,
    own: ObjectNote | null,
    { mark, shaping }: { mark: Mark; shaping: boolean },
  ): void {
    const report = request.subresource === 'status' && request.kind === 'system';
    const removal = isRemoval(request);
    const items = request.facts.items.map((key) => this.find(key)).filter((note) => note !== undefined);
    for (const note of new Set(own ? [own, ...items] : items)) {
      note.moved = mark;
      if (!report) {
        note.touched = mark;
        note.history = withMark(note.history, mark);
        if (shaping) note.shaped = mark;
        if (shaping && !removal) note.made = mark;
      }
      if (removal) {
        note.removed = mark;
        this.objects.remove(note, mark);
      }
      for (const owner of note.owners.length > 0 ? note.owners : this.objects.above(note)) {
        owner.signal = mark;
        if (removal) owner.gone = mark;
      }
    }
  }

  #place(name: string): NamespaceNote {
    const known = this.#namespaces.get(name);
    if (!known) this.#forgetPlaces();
    const note = known ?? new NamespaceNote();
    note.seen = this.#now;
    this.#namespaces.set(name, note);
    return note;
  }

  /** Forgets the namespaces of which no line spoke for as long as objects are remembered. */
  #forgetPlaces(): void {
    for (;;) {
      const oldest = this.#namespaces.oldest();
      if (!oldest || oldest[1].seen >= this.#now - this.#age) return;
      this.#namespaces.delete(oldest[0]);
    }
  }
}

/** The same look is the same text, so that it is kept once and soon compared. */
const looks = new Map<string, string>();
const MOST_LOOKS = 4_096;

/** Role, resource and verb in one word. */
export function lookOf({ role, resource, subresource, verb }: Request): string {
  const look = `${role} ${verb} ${resource}/${subresource}`;
  const known = looks.get(look);
  if (known !== undefined) return known;
  if (looks.size >= MOST_LOOKS) looks.clear();
  looks.set(look, look);
  return look;
}

function count(cause: Cause, request: Request): void {
  const look = lookOf(request);
  cause.lines++;
  cause.seen = request.micros;
  const { last } = cause;
  last.role = request.role;
  last.resource = request.resource;
  last.verb = request.verb;
  const at = cause.looks.indexOf(look);
  if (at >= 0) cause.alike[at]!++;
  else if (cause.looks.length < 64) {
    cause.looks = [...cause.looks, look];
    cause.alike = [...cause.alike, 1];
  }
}

function setBounded<V>(map: Map<string, V>, key: string, value: V, most = PLACES): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
