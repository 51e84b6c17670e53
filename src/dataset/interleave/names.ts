import { createHash } from 'node:crypto';
import { type AuditEvent, isRecord } from '../../audit/event.js';

/** Namespaces that every cluster has; what lies in them keeps apart by name alone. */
export const SYSTEM_PLACES: ReadonlySet<string> = new Set([
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'],
]);
/** Objects that every namespace has. */
const EVERYWHERE: ReadonlySet<string> = new Set(['default', 'kubernetes', 'kube-root-ca.crt']);
/** Cluster-wide objects whose names stand in paths and in the names of resources. */
const SPOKEN: ReadonlySet<string> = new Set(['nodes', 'customresourcedefinitions', 'apiservices']);

/** Where a name is used: by a person, for the whole cluster or in a namespace of all, or in a namespace of somebody's own. */
type Use = 'person' | 'cluster' | 'own';

/**
 * The names of a log that mean nothing to the API: what people and controllers called their objects, and people themselves. Names of the
 * control plane's own things stay, as do those of nodes, custom resources and API groups, which stand in paths.
 */
export class NameBook {
  readonly #uses = new Map<string, Use>();

  /** Whether a cluster-wide object has a name that is redrawn. */
  has(name: string): boolean {
    return this.#uses.has(name);
  }

  /** Learns the names of a line. */
  add({ objectRef, user, verb, requestObject, responseObject, responseStatus }: AuditEvent): void {
    const { username } = user;
    if (username && !username.startsWith('system:')) this.#note(username, 'person');
    if (!objectRef?.resource || SPOKEN.has(objectRef.resource)) return;
    const namespace = objectRef.resource === 'namespaces' ? undefined : objectRef.namespace;
    if (objectRef.namespace && !SYSTEM_PLACES.has(objectRef.namespace))
      this.#note(objectRef.namespace, 'cluster');
    for (const name of [objectRef.name, nameIn(requestObject), nameIn(responseObject)]) {
      if (!name || EVERYWHERE.has(name) || SYSTEM_PLACES.has(name)) continue;
      if (namespace && !SYSTEM_PLACES.has(namespace)) this.#note(name, 'own');
      else if (username && !username.startsWith('system:') && made(verb, responseStatus?.code))
        this.#note(name, 'cluster');
    }
  }

  #note(name: string, use: Use): void {
    // A volume is named after its claim's uid.
    if (UID.test(name)) return;
    const known = this.#uses.get(name);
    if (known === undefined || (known === 'own' && use !== 'own')) this.#uses.set(name, use);
  }

  /**
   * New names. Parts of a name, between dots and hyphens, are redrawn each by itself, so that what is made for an object still begins with
   * its name. A part that stands in no cluster-wide name is drawn from words that all streams share: two may call things in namespaces of
   * their own alike.
   *
   * @param stream What else is to differ.
   */
  redrawn(stream: { seed: number; name: string }): Map<string, string> {
    const apart = new Set<string>();
    for (const [name, use] of this.#uses)
      if (use !== 'own') for (const part of name.split(/[-.]/)) apart.add(part);
    const drawn = new Map<string, string>();
    const taken = new Set<string>();
    let shared = 0;
    const partOf = (part: string): string => {
      const known = drawn.get(part);
      if (known !== undefined) return known;
      const draw = (i: number): string =>
        apart.has(part) || isHash(part)
          ? like(part, hash(`${stream.seed}/${stream.name}/${part}/${i}`))
          : word(hash(`${stream.seed}/shared/${shared++}`));
      let made = /^\d{0,3}$/.test(part) ? part : draw(0);
      for (let i = 1; taken.has(made) && made.length > 3; i++) made = draw(i);
      taken.add(made);
      drawn.set(part, made);
      return made;
    };
    const names = new Map<string, string>();
    const redraw = (name: string): string =>
      name
        .split(/([-.])/)
        .map((part, i) => (i % 2 === 1 ? part : partOf(part)))
        .join('');
    for (const [name, use] of this.#uses) {
      const made = redraw(name);
      names.set(name, use === 'own' || /[a-z]/.test(made) ? made : `x-${made}`);
    }
    // Hashes of templates stand alone in labels.
    for (const [part, made] of drawn) if (isHash(part) && !names.has(part)) names.set(part, made);
    return names;
  }
}

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** Whether a part of a name was drawn by a controller. */
const isHash = (part: string): boolean => part.length >= 8 && /\d/.test(part) && /[a-z]/.test(part);

const made = (verb: string, code = 0): boolean => verb === 'create' || (verb === 'patch' && code === 201);

function nameIn(body: unknown): string | undefined {
  if (!isRecord(body) || body.kind === 'Status' || !isRecord(body.metadata)) return undefined;
  return typeof body.metadata.name === 'string' ? body.metadata.name : undefined;
}

export const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

const CONSONANTS = 'bcdfghklmnprstvz';
const VOWELS = 'aeio';

/** Four to eight letters that can be spoken. */
function word(from: Buffer): string {
  const syllables = 2 + (from[0]! % 3);
  let text = '';
  for (let i = 1; i <= syllables; i++) text += CONSONANTS[from[2 * i]! % 16]! + VOWELS[from[2 * i + 1]! % 4]!;
  return text;
}

/** A part of the same length, digits where digits were; longer parts end as they were drawn, so that none are alike. */
function like(part: string, from: Buffer): string {
  if (!/\d/.test(part))
    return `${word(from)}${from.toString('hex', 20, 22).replace(/\d/g, (d) => 'ghijklmnop'[Number(d)]!)}`;
  return Array.from(part, (letter, i) =>
    /\d/.test(letter)
      ? String(from[i % 32]! % 10)
      : /[a-f]/.test(letter)
        ? 'abcdef'[from[i % 32]! % 6]!
        : /[a-z]/.test(letter)
          ? 'ghijklmnpqrstvwx'[from[i % 32]! % 16]!
          : letter,
  ).join('');
}
