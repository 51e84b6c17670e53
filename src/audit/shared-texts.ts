import { type AuditEvent, isRecord, type UserInfo } from './event.js';

/** Texts that are kept at most, and characters of one. */
const [MOST, LONGEST] = [4096, 200] as const;

/** What a user says that is compared; one who says more is not shared. */
const PARTS: readonly string[] = ['username', 'uid', 'groups', 'extra'];

/**
 * Lets events have one text for what they all say: users, programs, resources, namespaces, stages, and one object for a user. A log says
 * these again and again, and JSON makes them anew each time; many lines wait at once. What is shared must not be changed.
 *
 * @example texts.share(event) // says what it said
 */
export class SharedTexts {
  #texts = new Map<string, string>();
  readonly #users = new Map<string, UserInfo>();

  share(event: AuditEvent): void {
    event.stage = this.#one(event.stage);
    if (event.level !== undefined) event.level = this.#one(event.level);
    if (event.apiVersion !== undefined) event.apiVersion = this.#one(event.apiVersion);
    if (event.userAgent !== undefined) event.userAgent = this.#one(event.userAgent);
    const { user, objectRef, sourceIPs, annotations } = event;
    if (user.username !== undefined) user.username = this.#one(user.username);
    if (user.uid !== undefined) user.uid = this.#one(user.uid);
    if (user.groups) this.#all(user.groups);
    event.user = this.#user(user);
    if (sourceIPs) this.#all(sourceIPs);
    if (objectRef) {
      if (objectRef.resource !== undefined) objectRef.resource = this.#one(objectRef.resource);
      if (objectRef.namespace !== undefined) objectRef.namespace = this.#one(objectRef.namespace);
      if (objectRef.apiGroup !== undefined) objectRef.apiGroup = this.#one(objectRef.apiGroup);
      if (objectRef.subresource !== undefined) objectRef.subresource = this.#one(objectRef.subresource);
    }
    // Reasons of decisions name roles and bindings, which are few.
    for (const key in annotations) {
      const text = annotations[key];
      if (typeof text === 'string') annotations[key] = this.#one(text);
    }
  }

  /** The user of that name that came last, where both say the same. */
  #user(user: UserInfo): UserInfo {
    const name = user.username ?? '';
    const known = this.#users.get(name);
    if (known && isSame(known, user)) return known;
    if (this.#users.size >= MOST) this.#users.clear();
    this.#users.set(name, user);
    return user;
  }

  #all(texts: string[]): void {
    for (let i = 0; i < texts.length; i++) texts[i] = this.#one(texts[i]!);
  }

  #one(text: string): string {
    if (text.length > LONGEST) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= MOST) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}

/** Whether two users are the same in all that they say, and in the order in which they say it. */
function isSame(a: UserInfo, b: UserInfo): boolean {
  if (a.username !== b.username || a.uid !== b.uid || !isSameList(a.groups, b.groups)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  if (keys.length > PARTS.length || !isSameList(keys, others) || !keys.every((key) => PARTS.includes(key)))
    return false;
  if (a.extra === b.extra) return true;
  if (!isRecord(a.extra) || !isRecord(b.extra)) return false;
  const [own, other] = [a.extra, b.extra];
  const names = Object.keys(own);
  return (
    isSameList(names, Object.keys(other)) &&
    names.every((name) => isTexts(own[name]) && isTexts(other[name]) && isSameList(own[name], other[name]))
  );
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
