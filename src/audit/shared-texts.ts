import { type AuditEvent, isRecord, STAGES, type UserInfo } from './event.js';

/** Texts that are kept at most, and characters of one. */
const [MOST, LONGEST] = [4096, 200] as const;

/** Texts and characters in all of a list, or of a record with its names, that is kept. */
const [FEW, SHORT] = [64, 4096] as const;
const V1 = 'audit.k8s.io/v1';
/** Characters up to which the engine itself has one text for the same value. */
const ONE = 10;
/** What a user says that is compared; one who says more is not shared. */
const PARTS: readonly string[] = ['username', 'uid', 'groups', 'extra'];

/** A user, with the names of what it says, in their order, and what lines of that user said last. */
interface Known {
  user: UserInfo;
  parts: readonly string[];
  extra: readonly string[];
  userAgent: string | undefined;
  sourceIPs: string[] | undefined;
  annotations: Record<string, string> | undefined;
  /** Names of the annotations. */
  notes: readonly string[];
}

/**
 * Lets events have one text for what they all say: users, programs, resources, namespaces, stages; and one object for a user, its
 * addresses and annotations. A log says these again and again, and JSON makes them anew each time; many lines wait at once. What is shared
 * must not be changed.
 *
 * @example texts.share(event) // says what it said
 */
export class SharedTexts {
  #texts = new Map<string, string>();
  readonly #users = new Map<string, Known>();

  share(event: AuditEvent): void {
    const { user, objectRef } = event;
    event.stage = oneOf(STAGES, event.stage);
    if (event.level !== undefined) event.level = this.#one(event.level);
    if (event.apiVersion !== undefined)
      event.apiVersion = event.apiVersion === V1 ? V1 : this.#one(event.apiVersion);
    const name = user.username ?? '';
    let known = this.#users.get(name);
    if (!known || !isSame(known, user)) known = this.#know(name, user);
    event.user = known.user;
    this.#shareLast(event, known);
    if (!objectRef) return;
    if (objectRef.resource !== undefined) objectRef.resource = this.#one(objectRef.resource);
    if (objectRef.namespace !== undefined) objectRef.namespace = this.#one(objectRef.namespace);
    if (objectRef.apiGroup !== undefined) objectRef.apiGroup = this.#one(objectRef.apiGroup);
    if (objectRef.subresource !== undefined) objectRef.subresource = this.#one(objectRef.subresource);
  }

  #know(name: string, user: UserInfo): Known {
    if (user.username !== undefined) user.username = this.#one(user.username);
    if (user.uid !== undefined) user.uid = this.#one(user.uid);
    if (user.groups) this.#all(user.groups);
    const known: Known = {
      user,
      parts: Object.keys(user),
      extra: isRecord(user.extra) ? Object.keys(user.extra) : NONE,
      userAgent: undefined,
      sourceIPs: undefined,
      annotations: undefined,
      notes: NONE,
    };
    if (!isShort(user)) return known;
    if (this.#users.size >= MOST) this.#users.clear();
    this.#users.set(name, known);
    return known;
  }

  /** What lines of one user say one after another is mostly the same. */
  #shareLast(event: AuditEvent, known: Known): void {
    const { userAgent, sourceIPs, annotations } = event;
    if (userAgent !== undefined) {
      if (userAgent === known.userAgent) event.userAgent = known.userAgent;
      else {
        event.userAgent = this.#one(userAgent);
        if (userAgent.length <= LONGEST) known.userAgent = event.userAgent;
      }
    }
    if (sourceIPs) {
      if (known.sourceIPs && isSameList(known.sourceIPs, sourceIPs)) event.sourceIPs = known.sourceIPs;
      else {
        this.#all(sourceIPs);
        if (areFew(sourceIPs)) known.sourceIPs = sourceIPs;
      }
    }
    if (!annotations) return;
    if (known.annotations && isSameRecord(known.annotations, known.notes, annotations)) {
      event.annotations = known.annotations;
      return;
    }
    // Reasons of decisions name roles and bindings, which are few.
    for (const key in annotations) {
      const text = annotations[key];
      if (typeof text === 'string') annotations[key] = this.#one(text);
    }
    const names = Object.keys(annotations);
    if (!areFew([...names, ...Object.values(annotations)], 2 * FEW)) return;
    known.annotations = annotations;
    known.notes = names;
  }

  #all(texts: string[]): void {
    for (let i = 0; i < texts.length; i++) texts[i] = this.#one(texts[i]!);
  }

  #one(text: string): string {
    if (text.length <= ONE || text.length > LONGEST) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= MOST) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}

const NONE: string[] = [];

/** The text itself, once for all, where it is among those of a list. */
function oneOf(texts: readonly string[], text: string): string {
  for (const known of texts) if (known === text) return known;
  return text;
}

/** Whether texts are few and short enough to be kept. */
function areFew(texts: readonly unknown[], most: number = FEW): boolean {
  if (texts.length > most) return false;
  let characters = 0;
  for (const text of texts) {
    if (typeof text !== 'string') return false;
    characters += text.length;
  }
  return characters <= SHORT;
}

function isShort({ username = '', uid = '', groups = NONE, extra }: UserInfo): boolean {
  const texts: unknown[] = [username, uid, ...groups.slice(0, 2 * FEW)];
  if (isRecord(extra))
    for (const [name, list] of Object.entries(extra))
      texts.push(name, ...(Array.isArray(list) ? list.slice(0, 2 * FEW) : [null]));
  return groups.length <= FEW && areFew(texts, 2 * FEW);
}

/** Whether a user says the same as one that is known, in all and in the same order. */
function isSame({ user, parts, extra }: Known, other: UserInfo): boolean {
  if (user.username !== other.username || user.uid !== other.uid || !isSameList(user.groups, other.groups))
    return false;
  let at = 0;
  for (const part in other) if (parts[at++] !== part || !PARTS.includes(part)) return false;
  if (at !== parts.length) return false;
  if (user.extra === other.extra) return true;
  if (!isRecord(user.extra) || !isRecord(other.extra)) return false;
  at = 0;
  for (const name in other.extra) {
    const own: unknown = user.extra[name];
    const theirs: unknown = other.extra[name];
    if (extra[at++] !== name || !isTexts(own) || !isTexts(theirs) || !isSameList(own, theirs)) return false;
  }
  return at === extra.length;
}

/** Whether a record has the same values under the same names, in the same order. */
function isSameRecord(
  known: Record<string, unknown>,
  names: readonly string[],
  other: Record<string, unknown>,
): boolean {
  let at = 0;
  for (const name in other) if (names[at++] !== name || known[name] !== other[name]) return false;
  return at === names.length;
}

function isSameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
