import type { NewLine } from './part-builder.js';

/** What is put into a store of a line, and which line of the log it is. */
export type Put = Pick<NewLine, 'text' | 'event' | 'original' | 'identity' | 'retold'> & { line: number };

/** Contexts and characters of text that wait to be told anew. */
const MOST = { contexts: 1024, characters: 8 << 20 };

/**
 * Triggering lines that repeat others of the log, and whose contexts have more lines than those: as where two logs overlap, and the second
 * one goes on. A part tells of a context once, so they wait for the next one. Bounded.
 */
export class Grown {
  readonly #waiting = new Map<number, { lines: number; put: Put }>();
  #characters = 0;

  /**
   * Takes a context that has more lines now than it was told to have.
   *
   * @param number Its own, in the store.
   */
  add(number: number, lines: number, put: Put): void {
    const before = this.#waiting.get(number);
    if (before && before.lines >= lines) return;
    this.#characters += put.text.length - (before?.put.text.length ?? 0);
    this.#waiting.set(number, { lines, put });
  }

  /** Whether they have to be told before more comes. */
  get isFull(): boolean {
    return this.#waiting.size >= MOST.contexts || this.#characters >= MOST.characters;
  }

  /** Gives all that wait. */
  take(): Put[] {
    const all = [...this.#waiting.values()].map(({ put }) => put);
    this.#waiting.clear();
    this.#characters = 0;
    return all;
  }
}
