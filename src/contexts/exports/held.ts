import { skipReason } from '../../audit/filter.js';
import type { LogLine } from '../../audit/read.js';
import type { Context } from '../context.js';
import { COUNTED } from '../stream.js';
import { type SentLine, sentLine } from './told.js';

/** Lines held of one context: as many as a context lists. */
const MOST_LINES = 100_000;

/**
 * Lines of a log that cannot be read a second time, as one that grows: held without bodies until the contexts that they belong to are
 * closed.
 *
 * @example
 * const held = new HeldLines();
 * // of each line that comes, then of each that has a context, then of each context that is closed
 * held.read(line); held.assigned(12, 3); held.take(context);
 */
export class HeldLines {
  /** Those without a context. */
  readonly #read = new Map<number, SentLine>();
  /** The others, by the line that came first of their context. */
  readonly #open = new Map<number, SentLine[]>();

  /** Takes a line; one that does not count has no context, and is not held. */
  read(line: LogLine): void {
    if (line.event && skipReason(line.event, COUNTED) === null)
      this.#read.set(line.line, sentLine(line.event, line.line));
  }

  /** @param first The line that came first of the context, which no other context has. */
  assigned(line: number, first: number): void {
    const held = this.#read.get(line);
    if (!held) return;
    this.#read.delete(line);
    const own = this.#open.get(first);
    if (!own) this.#open.set(first, [held]);
    else if (own.length < MOST_LINES) own.push(held);
  }

  /** Gives the lines of a context that is closed, and holds them no longer. */
  take({ lines }: Context): SentLine[] {
    const first = lines.find((line) => this.#open.has(line)) ?? -1;
    const own = this.#open.get(first) ?? [];
    this.#open.delete(first);
    return own;
  }

  /** How many are held. */
  get size(): number {
    let size = this.#read.size;
    for (const own of this.#open.values()) size += own.length;
    return size;
  }
}
