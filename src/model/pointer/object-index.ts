import { type Mark, ObjectNote } from './notes.js';
import type { Request } from './request.js';

/** How many objects are remembered, and for how long. */
export interface ObjectLimits {
  /** Objects. Default 50,000, about 100 MB. */
  objects: number;
  /** Microseconds of log time after which an object of which no line spoke is forgotten. Default 6 h. */
  age: number;
  /** Microseconds of log time that a removed object is remembered. Default 10 min. */
  afterRemoval: number;
}

export const OBJECT_LIMITS: ObjectLimits = {
  objects: 50_000,
  age: 6 * 3_600_000_000,
  afterRemoval: 600_000_000,
};

/** Subresources whose uid is that of the object. */
const OWN: ReadonlySet<string> = new Set([
  ...['', 'status', 'scale', 'finalize', 'resize', 'ephemeralcontainers', 'approval'],
]);
/**
 * Objects by uid and by name. They end by age, by count (the one that no line spoke of for longest) and some time after their removal.
 */
export class ObjectIndex {
  readonly #limits: ObjectLimits;
  readonly #ended: (note: ObjectNote) => void;
  readonly #uids = new Map<string, ObjectNote>();
  readonly #keys = new Map<string, ObjectNote>();
  readonly #named = new Map<string, ObjectNote[]>();
  /** All objects, the one not spoken of for longest first. */
  readonly #all = new Set<ObjectNote>();
  #removed: { note: ObjectNote; mark: Mark }[] = [];

  /** @param ended Told of each object that is forgotten. */
  constructor(limits: Partial<ObjectLimits> = {}, ended: (note: ObjectNote) => void = () => {}) {
    this.#limits = { ...OBJECT_LIMITS, ...limits };
    this.#ended = ended;
  }

  get size(): { objects: number; names: number } {
    return { objects: this.#all.size, names: this.#named.size };
  }

  /** The object of a key: a uid, or `resource/namespace/name`. */
  find(key: string): ObjectNote | undefined {
    return key.includes('/') ? this.#keys.get(key) : this.#uids.get(key);
  }

  /** Objects of a name, of any resource. */
  named(namespace: string, name: string): readonly ObjectNote[] {
    return this.#named.get(`${namespace}/${name}`) ?? [];
  }

  /** The object that a request is on; its uid's if it tells one, else its name's. Null when it names none. */
  of(request: Request): ObjectNote | null {
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
    if (note.free) return [];
    if (note.above?.length || !note.namespace) return note.above ?? [];
    for (const beginning of beginnings(note.name)) {
      const found = this.named(note.namespace, beginning).filter((other) => other !== note);
      if (found.length === 0) continue;
      note.above = found.slice(0, 8);
      return note.above;
    }
    return [];
  }

  /** A pod of which a list told. */
  meet(key: string, uid: string, owners: readonly string[], micros: number): void {
    if (!uid || this.#uids.has(uid)) return;
    const [resource = '', namespace = '', name = ''] = key.split('/');
    const note = this.#keys.get(key) ?? new ObjectNote(resource, namespace, name, uid);
    note.uid ||= uid;
    this.#uids.set(note.uid, note);
    if (name) this.#name(note, key);
    if (note.owners.length === 0) note.owners = this.notesOf(owners);
    this.#use(note, micros);
  }

  /** Objects of some keys that are known, at most eight. */
  notesOf(keys: readonly string[]): ObjectNote[] {
    const found: ObjectNote[] = [];
    for (const key of keys) {
      const note = this.find(key);
      if (note && !found.includes(note)) found.push(note);
      if (found.length === 8) break;
    }
    return found;
  }

  /** Tells of a removal: the object is forgotten some time later, unless it is made again. */
  remove(note: ObjectNote, mark: Mark): void {
    this.#removed.push({ note, mark });
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

  /** Forgets what has ended by a time, in microseconds. */
  forget(now: number): void {
    const { objects, age, afterRemoval } = this.#limits;
    for (const note of this.#all) {
      if (this.#all.size <= objects && note.seen >= now - age) break;
      this.#end(note);
    }
    let ended = 0;
    for (const { note, mark } of this.#removed) {
      if (mark.micros >= now - afterRemoval && this.#removed.length - ended <= objects) break;
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
    note.cut();
    this.#ended(note);
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
