import type { AuditEvent } from './event.js';

/** Texts that are kept at most, and characters of one. */
const [MOST, LONGEST] = [4096, 200] as const;

/**
 * Lets events have one text for what they all say: users, programs, resources, namespaces, stages. A log says these again and again, and
 * JSON makes a new text each time; many lines wait at once.
 *
 * @example texts.share(event) // says what it said
 */
export class SharedTexts {
  #texts = new Map<string, string>();

  share(event: AuditEvent): void {
    event.stage = this.#one(event.stage);
    if (event.level !== undefined) event.level = this.#one(event.level);
    if (event.apiVersion !== undefined) event.apiVersion = this.#one(event.apiVersion);
    if (event.userAgent !== undefined) event.userAgent = this.#one(event.userAgent);
    const { user, objectRef, sourceIPs, annotations } = event;
    if (user.username !== undefined) user.username = this.#one(user.username);
    if (user.uid !== undefined) user.uid = this.#one(user.uid);
    if (user.groups) this.#all(user.groups);
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
