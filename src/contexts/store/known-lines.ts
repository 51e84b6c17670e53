import { hash } from 'node:crypto';
import type { Part } from './manifest.js';

/** What is known of a line that the store holds. */
export interface KnownLine {
  line: number;
  /** Number of its context, or null. */
  context: number | null;
  /** Lines of the context that it triggers, as they were told last; absent of other lines. */
  told?: number;
}

/** Parts whose lines are held at once. */
const HELD = 4;

/** A line is what its bytes are: ids of requests are chosen by clients. Half a SHA-256. */
export const identityOf = (text: string): string => hash('sha256', text, 'binary').slice(0, 16);

/**
 * Finds lines that a store holds already. A part is read when a line comes that is as old as its lines, and lines come in order. Of every part
 * that was read four bytes a line stay, so that it is read again only for a line that it has: clocks that go wrong make parts as long
 * as the log.
 */
export class KnownLines {
  readonly #parts: Part[];
  readonly #load: (part: Part) => Promise<Map<string, KnownLine>>;
  readonly #held = new Map<string, Map<string, KnownLine>>();
  /** Beginnings of the identities of a part's lines, ascending. */
  readonly #beginnings = new Map<string, Uint32Array>();

  /** @param load Reads the lines of a part. */
  constructor(parts: readonly Part[], load: (part: Part) => Promise<Map<string, KnownLine>>) {
    this.#parts = [...parts];
    this.#load = load;
  }

  /** Takes a part that was just written. */
  add(part: Part, lines: Map<string, KnownLine>): void {
    this.#parts.push(part);
    this.#hold(part, lines);
  }

  /** @param received When its request was received, microseconds since 1970. */
  async find(identity: string, received: number): Promise<KnownLine | undefined> {
    const beginning = beginningOf(identity);
    for (const part of this.#parts) {
      if (received < part.received[0] || received > part.received[1]) continue;
      const beginnings = this.#beginnings.get(part.name);
      if (beginnings && !has(beginnings, beginning)) continue;
      const lines = this.#held.get(part.name) ?? (await this.#load(part));
      this.#hold(part, lines);
      const known = lines.get(identity);
      if (known) return known;
    }
    return undefined;
  }

  #hold({ name }: Part, lines: Map<string, KnownLine>): void {
    if (!this.#beginnings.has(name))
      this.#beginnings.set(name, Uint32Array.from(lines.keys(), beginningOf).sort());
    this.#held.delete(name);
    this.#held.set(name, lines);
    if (this.#held.size > HELD) this.#held.delete(this.#held.keys().next().value!);
  }
}

/** Four bytes of an identity. */
function beginningOf(identity: string): number {
  let beginning = 0;
  for (let i = 0; i < 4; i++) beginning = (beginning << 8) | (identity.charCodeAt(i) & 0xff);
  return beginning >>> 0;
}

function has(ascending: Uint32Array, value: number): boolean {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return ascending[from] === value;
}
