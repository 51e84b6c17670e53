import type { AuditEvent } from './event.js';

/** Requests of a generation; two are held. */
const GENERATION = 1 << 16;
/** Lines of a request that are remembered: its last stage, and that before. */
const LINES = 2;

/**
 * Tells which lines stood in a log before: a shipper sends again what it is not sure of, AKS writes a change into two categories, a folder
 * has a copy of a log. Ids of requests are chosen by clients, so that the time that the API server sets to the microsecond, and how long
 * the line is, have to be the same too. Of requests that were received and no more it tells nothing: those lines do not count.
 *
 * Holds the last 65,536 to 131,072 requests, in some 15 MB.
 *
 * @example
 * const seen = new SeenLines();
 * seen.has(event, text.length); // false
 * seen.has(event, text.length); // true
 */
export class SeenLines {
  #now = new Generation();
  #before = new Generation(0);

  /**
   * Takes a line, and says whether it came before.
   *
   * @param length Characters of its text.
   */
  has(event: AuditEvent, length: number): boolean {
    const { auditID, stage, stageTimestamp, requestReceivedTimestamp } = event;
    if (stage === 'RequestReceived') return false;
    const moment = stageTimestamp ?? requestReceivedTimestamp;
    if (this.#now.has(auditID, moment, length) || this.#before.has(auditID, moment, length)) return true;
    this.#now.add(auditID, moment, length);
    if (this.#now.size >= GENERATION) {
      this.#before = this.#now;
      this.#now = new Generation();
    }
    return false;
  }
}

class Generation {
  readonly #places = new Map<string, number>();
  readonly #moments: string[] = [];
  readonly #lengths: Uint32Array;

  constructor(requests = GENERATION) {
    this.#lengths = new Uint32Array(requests * LINES);
  }

  get size(): number {
    return this.#places.size;
  }

  has(id: string, moment: string, length: number): boolean {
    const place = this.#places.get(id);
    if (place === undefined) return false;
    for (let at = place * LINES; at < (place + 1) * LINES; at++)
      if (this.#moments[at] === moment && this.#lengths[at] === length) return true;
    return false;
  }

  add(id: string, moment: string, length: number): void {
    let place = this.#places.get(id);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(id, place);
    }
    let at = place * LINES;
    while (this.#lengths[at] !== 0 && at < (place + 1) * LINES - 1) at++;
    this.#moments[at] = moment;
    this.#lengths[at] = length;
  }
}
