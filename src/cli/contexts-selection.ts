import type { Context } from '../contexts/context.js';
import { type ContextFilter, contextFilter } from '../contexts/filter.js';
import { FilterHints } from './filter-hints.js';
import { say } from './output.js';

/** What came in, and what of it does not count, when all contexts were given. */
interface Told {
  counts(): { lines: number; counted: number };
  unread(): string | null;
}

/** The contexts that a filter lets through, and what is said of it in the end. */
export class Selection {
  readonly #wanted: (context: Context) => boolean;
  readonly #hints: FilterHints;
  readonly #showsBackground: boolean;
  #background = 0;
  #shown = 0;

  /** @throws {AuditweaveError} A time or an outcome cannot be read. */
  constructor(filter: ContextFilter) {
    this.#wanted = contextFilter(filter, Date.now());
    this.#hints = new FilterHints(filter);
    this.#showsBackground = filter.background ?? false;
  }

  async *of(contexts: AsyncIterable<Context>): AsyncGenerator<Context> {
    for await (const context of contexts) {
      if (context.background) this.#background++;
      this.#hints.add(context);
      if (!this.#wanted(context)) continue;
      this.#shown++;
      yield context;
    }
  }

  /**
   * Says how many there are, of how many lines, and why there are none.
   *
   * @param where As in `12 shown`.
   */
  tell(where: string, source: Told): void {
    const { lines, counted } = source.counts();
    const folded =
      this.#background > 0 && !this.#showsBackground
        ? `; ${this.#background} of background, the control plane’s own work, ${this.#background === 1 ? 'is' : 'are'} folded away (--background shows ${this.#background === 1 ? 'it' : 'them'})`
        : '';
    say(
      `contexts: ${this.#shown} ${where}; ${lines} lines, ${counted} of them requests that count (on an object, at their end)${folded}.\n`,
    );
    const unread = source.unread();
    if (unread !== null) say(`contexts: ${unread}\n`);
    if (this.#shown === 0) for (const hint of this.#hints.hints()) say(`  Hint: ${hint}\n`);
  }
}
