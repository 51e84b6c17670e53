import type { Context } from '../context.js';

/** What a line's export says of its context. */
export interface Place {
  /** `c12`. */
  context: string;
  /** Who started it, and what, in words. */
  actor: string;
  text: string;
  /** The line of its triggering event, and that event's id. */
  trigger: number;
  auditID: string;
  background: boolean;
}

/** The context and the cause of each line, in eight bytes a line: what a second look at the log is joined with. */
export class Places {
  #context = new Int32Array(1 << 12).fill(-1);
  #cause = new Int32Array(1 << 12).fill(-1);
  readonly #places = new Map<number, Place>();

  /** Takes a context; its lines are those that are exported. */
  add(context: Context): void {
    const id = Number(context.context.slice(1));
    const { line, auditID } = context.trigger;
    const { actor, text, background } = context;
    this.#places.set(id, { context: context.context, actor, text, trigger: line, auditID, background });
    context.lines.forEach((own, i) => {
      this.#reach(own);
      this.#context[own] = id;
      this.#cause[own] = context.causes?.[i] ?? (own === line ? -1 : line);
    });
  }

  /** Where a line belongs; undefined when it is not exported. */
  of(line: number): Place | undefined {
    const id = this.#context[line];
    return id === undefined || id < 0 ? undefined : this.#places.get(id);
  }

  /** The line that caused a line, or the context's triggering event; null for that itself. */
  causeOf(line: number): number | null {
    const cause = this.#cause[line] ?? -1;
    return cause < 0 || cause === line ? null : cause;
  }

  #reach(line: number): void {
    if (line < this.#context.length) return;
    const grow = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const next = new Int32Array(Math.max(2 * old.length, line + 1)).fill(-1);
      next.set(old);
      return next;
    };
    this.#context = grow(this.#context);
    this.#cause = grow(this.#cause);
  }
}
