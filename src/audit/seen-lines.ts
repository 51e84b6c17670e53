import type { AuditEvent } from './event.js';

/** Requests of a generation; two are held. */
const GENERATION = 1 << 15;
/** Lines of a request that are remembered: its last stage, and that before. */
const LINES = 2;

/**
 * Tells which lines stood in a log before: a shipper sends again what it is not sure of, AKS writes a change into two categories, a folder
 * has a copy of a log. Ids of requests are chosen by clients, so the time that the API server sets to the microsecond, how long the line is,
 * who asked for what, and the answer's code have to be the same too: no request hides behind another one. Of requests that were received
 * and no more it tells nothing: those lines do not count.
 *
 * Holds the last 32,768 to 65,536 requests, in some 20 MB.
 *
 * @example
 * const seen = new SeenLines();
 * seen.has(event, text.length); // false
 * seen.has(event, text.length); // true
 */
export class SeenLines {
  #now = new Generation();
  #before = new Generation();

  /**
   * Takes a line, and says whether it came before.
   *
   * @param length Characters of its text.
   */
  has(event: AuditEvent, length: number): boolean {
    if (event.stage === 'RequestReceived') return false;
    if (this.#now.has(event, length) || this.#before.has(event, length)) return true;
    this.#now.add(event, length);
    if (this.#now.size >= GENERATION) {
      this.#before = this.#now;
      this.#now = new Generation();
    }
    return false;
  }
}

/** What two copies of a line have in common, beside the request's id. */
interface Line {
  length: number;
  moment: string;
  verb: string;
  uri: string | undefined;
  username: string | undefined;
  impersonated: string | undefined;
  name: string | undefined;
  code: number | undefined;
}

function lineOf(event: AuditEvent, length: number): Line {
  return {
    length,
    moment: event.stageTimestamp ?? event.requestReceivedTimestamp,
    verb: event.verb,
    uri: event.requestURI,
    username: event.user.username,
    impersonated: event.impersonatedUser?.username,
    name: event.objectRef?.name,
    code: event.responseStatus?.code,
  };
}

const isSame = (a: Line, b: Line): boolean =>
  a.length === b.length &&
  a.moment === b.moment &&
  a.verb === b.verb &&
  a.uri === b.uri &&
  a.username === b.username &&
  a.impersonated === b.impersonated &&
  a.name === b.name &&
  a.code === b.code;

class Generation {
  readonly #lines = new Map<string, Line[]>();

  get size(): number {
    return this.#lines.size;
  }

  has(event: AuditEvent, length: number): boolean {
    const lines = this.#lines.get(event.auditID);
    if (lines === undefined) return false;
    const line = lineOf(event, length);
    return lines.some((one) => isSame(one, line));
  }

  add(event: AuditEvent, length: number): void {
    const line = lineOf(event, length);
    const lines = this.#lines.get(event.auditID);
    if (lines === undefined) this.#lines.set(event.auditID, [line]);
    else if (lines.length < LINES) lines.push(line);
    else lines[LINES - 1] = line;
  }
}
