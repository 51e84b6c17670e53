import { BoundedMap } from './bounded-map.js';
import { type Cause, type Mark, NamespaceNote, ObjectNote, pushMark } from './notes.js';
import { isChange, isCommand, isConnect, isDone, isRemoval, nodeOf, type Request } from './request.js';

/** How much is remembered. */
export interface RegistryLimits {
  /** Objects. Default 100,000. */
  objects: number;
  /** Namespaces. Default 5,000. */
  namespaces: number;
  /** Actors, kinds of resources and definitions, each. Default 2,000. */
  actors: number;
  /** Microseconds of log time after which an object of which no line spoke is forgotten. Default 6 h. */
  age: number;
  /** Microseconds of log time that a removed object is remembered. Default 10 min. */
  afterRemoval: number;
}

export const REGISTRY_LIMITS: RegistryLimits = {
  objects: 100_000,
  namespaces: 5_000,
  actors: 2_000,
  age: 6 * 3_600_000_000,
  afterRemoval: 600_000_000,
};

/** Subresources whose uid is that of the object. */
const OWN: ReadonlySet<string> = new Set([
  ...['', 'status', 'scale', 'finalize', 'resize', 'ephemeralcontainers', 'approval'],
]);
/** Recent changes that the API server may be serving. */
const RECENT = 100;
/** Marks of one namespace, by resource, by actor and by node; and pods of which labels are known. */
const PLACES = 512;
const PODS = 2_000;

/**
 * What is known of objects at one moment of a log: who changed them last, and how they hang together. One reading of each line serves all
 * that ask for causes. Bounded: objects end by age, by count (the one that no line spoke of for longest) and some time after their
 * removal; namespaces, actors and kinds by count.
 */
export class Registry {
  readonly #limits: RegistryLimits;
  readonly #uids = new Map<string, ObjectNote>();
  readonly #keys = new Map<string, ObjectNote>();
  readonly #named = new Map<string, ObjectNote[]>();
  /** All objects, the one not spoken of for longest first. */
  readonly #all = new Set<ObjectNote>();
  #removed: { note: ObjectNote; mark: Mark }[] = [];
  readonly #namespaces: BoundedMap<NamespaceNote>;
  /** Last line of each actor, last change of each kind without a namespace, and of definitions by group and name. */
  readonly actors: BoundedMap<Mark>;
  readonly kinds: BoundedMap<Mark>;
  readonly definitions: BoundedMap<Mark>;
  /** Last changes outside namespaces, by different causes. */
  readonly cluster: Mark[] = [];
  /** Last connection that a person opened, last change by a person, last change of a node by a person. */
  connected: Mark | null = null;
  byPerson: Mark | null = null;
  nodeChange: Mark | null = null;
  /** Last change of a cluster role that the control plane did not put together itself. */
  roleChange: Mark | null = null;
  /** Last changes that are not background, newest last. */
  readonly recent: { request: Request; cause: Cause }[] = [];
  #now = 0;

  constructor(limits: Partial<RegistryLimits> = {}) {
    this.#limits = { ...REGISTRY_LIMITS, ...limits };
    this.#namespaces = new BoundedMap(this.#limits.namespaces);
    this.actors = new BoundedMap(this.#limits.actors);
    this.kinds = new BoundedMap(this.#limits.actors);
    this.definitions = new BoundedMap(this.#limits.actors);
  }

  /** How much is remembered now. */
  get size(): { objects: number; namespaces: number; names: number } {
    return { objects: this.#all.size, namespaces: this.#namespaces.size, names: this.#named.size };
  }

  /** The object of a key: a uid, or `resource/namespace/name`. */
  find(key: string): ObjectNote | undefined {
    return key.includes('/') ? this.#keys.get(key) : this.#uids.get(key);
  }

  /** Objects of a name, of any resource. */
  named(namespace: string, name: string): readonly ObjectNote[] {
    return this.#named.get(`${namespace}/${name}`) ?? [];
  }

  namespace(name: string): NamespaceNote | undefined {
    return name ? this.#namespaces.get(name) : undefined;
  }

  /** The object that a request is on; its uid's if it tells one, else its name's. Null when it names none. */
  objectOf(request: Request): ObjectNote | null {
    const { uid, resource, namespace, name, subresource, micros } = request;
    if (!resource) return null;
    const key = `${resource}/${namespace}/${name}`;
    let note: ObjectNote | undefined;
    if (uid && OWN.has(subresource)) {
      note = this.#uids.get(uid);
      if (!note) {
        note = name ? this.#keys.get(key) : undefined;
        if (note && !note.uid) note.uid = uid;
        else note = new ObjectNote(resource, namespace, name, uid);
        this.#uids.set(uid, note);
      }
      note.name ||= name;
    } else if (name) note = this.#keys.get(key) ?? new ObjectNote(resource, namespace, name, '');
    if (!note) return null;
    if (name) this.#name(note, key);
    this.#use(note, micros);
    return note;
  }

  /** Without bodies, the owner of an object is what has the longest beginning of its name. */
  above(note: ObjectNote): readonly ObjectNote[] {
    if (note.above?.length || !note.namespace) return note.above ?? [];
    for (const beginning of beginnings(note.name)) {
      const found = this.named(note.namespace, beginning).filter((other) => other !== note);
      if (found.length === 0) continue;
      note.above = found.slice(0, 8);
      return note.above;
    }
    return [];
  }

  /** Whether a request changes more of an object than its labels and annotations. */
  reshapes({ subresource, verb, shape }: Request, note: ObjectNote | null): boolean {
    if (subresource !== '' || (verb !== 'patch' && verb !== 'update')) return true;
    return shape === 0 || note === null || note.shape !== shape;
  }

  /** Enters what a request did, once its cause is known; null: nobody's. */
  record(request: Request, note: ObjectNote | null, cause: Cause | null): void {
    this.#now = Math.max(this.#now, request.micros);
    this.#forget();
    for (const { name, uid, owners } of request.facts.seen) this.#meet(name, uid, owners, request.micros);
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
    this.#enterChange(request, note, { mark, shaping });
    const report = subresource === 'status' && kind === 'system';
    const removal = isRemoval(request);
    if (namespace) {
      if (removal || (subresource === '' && verb === 'create'))
        setBounded(namespace.population, resource, mark);
      if (subresource === 'binding') setBounded(namespace.population, 'pods/binding', mark);
      if (!report) pushMark(namespace.any, mark);
    } else if (!report) pushMark(this.cluster, mark);
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

  /** A pod of which a list told. */
  #meet(key: string, uid: string, owners: readonly string[], micros: number): void {
    if (!uid || this.#uids.has(uid)) return;
    const [resource = '', namespace = '', name = ''] = key.split('/');
    const note = this.#keys.get(key) ?? new ObjectNote(resource, namespace, name, uid);
    note.uid ||= uid;
    this.#uids.set(note.uid, note);
    if (name) this.#name(note, key);
    if (note.owners.length === 0) note.owners = this.#notesOf(owners);
    this.#use(note, micros);
  }

  #enterFacts(request: Request, note: ObjectNote, mark: Mark, namespace: NamespaceNote | null): void {
    const { facts, resource, subresource, kind, role } = request;
    const owners = this.#notesOf(facts.owners).filter((owner) => owner !== note);
    if (owners.length > 0) note.owners = owners;
    if (request.shape && (subresource === '' || subresource === 'status')) note.shape = request.shape;
    note.selector = facts.selector ?? note.selector;
    note.targets = facts.targets ?? note.targets;
    for (const key of [...facts.mounts, ...(facts.scales ? [facts.scales] : []), ...facts.refs]) {
      const used = this.find(key);
      if (!used || used === note || used.users.includes(note)) continue;
      used.users.push(note);
      if (used.users.length > 8) used.users.shift();
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
        pushMark(note.history, mark);
        if (shaping) note.shaped = mark;
        if (shaping && !removal) note.made = mark;
      }
      if (removal) {
        note.removed = mark;
        this.#removed.push({ note, mark });
      }
      for (const owner of note.owners.length > 0 ? note.owners : this.above(note)) {
        owner.signal = mark;
        if (removal) owner.gone = mark;
      }
    }
  }

  #notesOf(keys: readonly string[]): ObjectNote[] {
    const found: ObjectNote[] = [];
    for (const key of keys) {
      const note = this.find(key);
      if (note && !found.includes(note)) found.push(note);
      if (found.length === 8) break;
    }
    return found;
  }

  #place(name: string): NamespaceNote {
    const note = this.#namespaces.get(name) ?? new NamespaceNote();
    this.#namespaces.set(name, note);
    return note;
  }

  #name(note: ObjectNote, key: string): void {
    this.#keys.set(key, note);
    if (note.resource === 'events') return;
    const place = key.slice(key.indexOf('/') + 1);
    const own = this.#named.get(place);
    if (!own) this.#named.set(place, [note]);
    else if (!own.includes(note)) {
      const before = own.findIndex(({ resource }) => resource === note.resource);
      if (before >= 0) own[before] = note;
      else own.push(note);
    }
  }

  #use(note: ObjectNote, micros: number): void {
    note.seen = Math.max(note.seen, micros);
    this.#all.delete(note);
    this.#all.add(note);
  }

  #forget(): void {
    const { objects, age, afterRemoval } = this.#limits;
    for (const note of this.#all) {
      if (this.#all.size <= objects && note.seen >= this.#now - age) break;
      this.#end(note);
    }
    let ended = 0;
    for (const { note, mark } of this.#removed) {
      if (mark.micros >= this.#now - afterRemoval && this.#removed.length - ended <= objects) break;
      ended++;
      if (note.touched === mark || note.moved === mark || note.removed === mark)
        if ((note.made?.micros ?? 0) <= mark.micros) this.#end(note);
    }
    if (ended > 0) this.#removed = this.#removed.slice(ended);
  }

  #end(note: ObjectNote): void {
    this.#all.delete(note);
    if (this.#uids.get(note.uid) === note) this.#uids.delete(note.uid);
    const place = `${note.namespace}/${note.name}`;
    const key = `${note.resource}/${place}`;
    if (this.#keys.get(key) === note) this.#keys.delete(key);
    const left = this.#named.get(place)?.filter((other) => other !== note) ?? [];
    if (left.length > 0) this.#named.set(place, left);
    else this.#named.delete(place);
    const pods = note.resource === 'pods' ? this.#namespaces.get(note.namespace)?.pods : undefined;
    if (pods?.get(note.name) === note) pods.delete(note.name);
    note.cut();
  }
}

/** The name without its last part, again and again. @example beginnings('web-7d9-x2') // 'web-7d9', 'web' */
export function* beginnings(name: string): Generator<string> {
  for (let rest = name; ; ) {
    const at = Math.max(rest.lastIndexOf('-'), rest.lastIndexOf('.'));
    if (at <= 0) return;
    rest = rest.slice(0, at);
    yield rest;
  }
}

/** Role, resource and verb in one word. */
export function lookOf({ role, resource, subresource, verb }: Request): string {
  return `${role} ${verb} ${resource}/${subresource}`;
}

function count(cause: Cause, request: Request): void {
  const look = lookOf(request);
  cause.lines++;
  cause.seen = request.micros;
  cause.last = { role: request.role, resource: request.resource, verb: request.verb };
  if (cause.looks.has(look) || cause.looks.size < 64) cause.looks.set(look, (cause.looks.get(look) ?? 0) + 1);
}

function setBounded<V>(map: Map<string, V>, key: string, value: V, most = PLACES): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
