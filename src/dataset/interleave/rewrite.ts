import type { AuditEvent } from '../../audit/event.js';
import { microsOf } from '../../audit/time.js';
import { hash } from './names.js';

/** What is put in place of what. */
export interface Rewriting {
  names: ReadonlyMap<string, string>;
  /** New time of a time, in microseconds. */
  move: (time: number) => number;
  /** What uids and certificates are drawn with. */
  salt: string;
  /** From 0. Addresses of streams lie apart, as far as four. */
  stream: number;
}

/** A letter that is written as a number in a path stands before a name, not in it. */
const TOKEN = /%[0-9A-F]{2}|[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?/g;
const UID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const CERTIFICATE = /\b[0-9a-f]{64}\b/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const ADDRESS = /\b10\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\b/g;

/** Writes lines anew: other names, uids, certificates, addresses and times, wherever they stand. */
export class Rewriter {
  readonly #by: Rewriting;
  readonly #uids = new Map<string, string>();

  constructor(by: Rewriting) {
    this.#by = by;
  }

  event(event: AuditEvent): AuditEvent {
    const made = JSON.parse(this.text(JSON.stringify(event), event.user.username)) as AuditEvent;
    // An audit ID may be any text.
    return made.auditID === event.auditID ? { ...made, auditID: this.#uid(event.auditID) } : made;
  }

  /** @param by Who acts: certificates of the control plane are the same in every stream. */
  text(text: string, by = ''): string {
    const { names, move, salt, stream } = this.#by;
    const owner = by.startsWith('system:') ? by : salt;
    return text
      .replace(TOKEN, (token: string, at: number) =>
        // A key of the API may be called as somebody's object.
        text.startsWith('":', at + token.length) ? token : (names.get(token) ?? token),
      )
      .replace(UID, (uid) => this.#uid(uid))
      .replace(CERTIFICATE, (digits) => hash(`${owner}/${digits}`).toString('hex'))
      .replace(
        ADDRESS,
        (_, a: string, b: string, c: string) => `10.${a}.${(Number(b) & 63) | ((stream & 3) << 6)}.${c}`,
      )
      .replace(TIME, (time, fraction?: string) => written(move(microsOf(time)), fraction));
  }

  #uid(uid: string): string {
    const known = this.#uids.get(uid);
    if (known) return known;
    const hex = hash(`${this.#by.salt}/${uid}`).toString('hex');
    const made = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    this.#uids.set(uid, made);
    return made;
  }
}

/** RFC 3339, with as many digits of a second as there were. */
function written(micros: number, fraction = ''): string {
  const seconds = new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19);
  const digits = String(((micros % 1e6) + 1e6) % 1e6).padStart(6, '0');
  return fraction === ''
    ? `${seconds}Z`
    : `${seconds}.${digits.padEnd(fraction.length - 1, '0').slice(0, fraction.length - 1)}Z`;
}
