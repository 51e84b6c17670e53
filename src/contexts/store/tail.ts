import { type AuditEvent, receivedMicros } from '../../audit/event.js';
import { type LogLine, wholeText } from '../../audit/read.js';
import { redactLine } from '../redact.js';
import { identityOf } from './known-lines.js';
import { readPart } from './read-part.js';
import type { Store } from './store.js';

/** Lines, and characters of them, that are taken at most: the latest. */
const [MOST, LONGEST] = [50_000, 64 << 20] as const;

export interface TailOptions {
  /** When the first request of the log was received, microseconds since 1970. */
  first: number;
  /** Microseconds without a line after which a context has ended. */
  idle: number;
}

/**
 * What a store holds from before a log: the lines of contexts that may go on in it. In front of the log they make one log of two, and what was
 * caused in one is told of what was done in the other.
 *
 * Taken are the lines received within `idle` before the log, and all from the triggering lines on of the contexts that have one there; 50,000
 * and 64 MB of text at most, the latest.
 */
export class Tail {
  readonly #identities: ReadonlySet<string>;
  readonly #first: number;
  readonly #redacted: boolean;

  private constructor(
    /** Numbered from 0. */
    readonly lines: readonly LogLine[],
    first: number,
    redacted: boolean,
  ) {
    this.#identities = new Set(lines.map(({ text }) => identityOf(text)));
    this.#first = first;
    this.#redacted = redacted;
  }

  /**
   * Of a store that holds lines that were caused, which a compact one does not.
   *
   * @returns Null where it has none from shortly before the log.
   */
  static async of(store: Store, { first, idle }: TailOptions): Promise<Tail | null> {
    const { dir, manifest, database } = store;
    if (!manifest.parts.some(({ received: [from, to] }) => from < first && to >= first - idle)) return null;
    const [open] = await database.rows<{ from: bigint | null }>(
      'SELECT min(received) AS "from" FROM contexts WHERE NOT background AND received < $1 AND "last" >= $2',
      [
        { type: 'time', value: first },
        { type: 'time', value: first - idle },
      ],
    );
    const from = Math.min(first - idle, Number(open?.from ?? first));
    let taken: { text: string; event: AuditEvent }[] = [];
    let characters = 0;
    for (const part of manifest.parts) {
      if (part.received[0] >= first || part.received[1] < from) continue;
      for await (const { text, retold } of readPart(database, dir, part, manifest.keep)) {
        if (retold) continue;
        const event = JSON.parse(text) as AuditEvent;
        const received = receivedMicros(event);
        if (!(received >= from && received < first)) continue;
        taken.push({ text, event });
        characters += text.length;
        if (taken.length < 2 * MOST && characters < 2 * LONGEST) continue;
        taken = latest(taken);
        characters = taken.reduce((sum, { text }) => sum + text.length, 0);
      }
    }
    const lines = latest(taken).map(({ text, event }, line) => ({ line, text, event, file: dir }));
    return lines.length === 0 ? null : new Tail(lines, first, manifest.redacted);
  }

  /** Whether a line of the log is one of these: logs overlap where one is cut from what others go on with. */
  holds({ text, event }: LogLine): boolean {
    if (!event || receivedMicros(event) >= this.#first) return false;
    const whole = wholeText({ text }, event);
    return this.#identities.has(identityOf(this.#redacted ? redactLine(whole, event) : whole));
  }
}

function latest<T extends { text: string }>(lines: readonly T[]): T[] {
  let from = lines.length;
  for (let characters = 0; from > 0 && lines.length - from < MOST; from--) {
    characters += lines[from - 1]!.text.length;
    if (characters > LONGEST) break;
  }
  return lines.slice(from);
}
