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
  /** The context, closed by then, that it goes on from. */
  continues?: string;
  /** How many lines are told of it. */
  lines: number;
}

/** What the lines of a context say of it. */
export function placeOf({ context, actor, text, trigger, background, continues, lines }: Context): Place {
  return {
    ...{ context, actor, text, trigger: trigger.line, auditID: trigger.auditID, background },
    ...(continues === undefined ? {} : { continues }),
    lines: lines.length,
  };
}

/**
 * For each line of a context that of them which caused it: the triggering one where that is not known; null for that itself, and where
 * it is of the context that this one goes on from.
 */
export function causesOf({ lines, causes, trigger, continues }: Context): (number | null)[] {
  const own = continues === undefined ? null : new Set(lines);
  return lines.map((line, i) => {
    const cause = causes?.[i] ?? trigger.line;
    return cause === line || own?.has(cause) === false ? null : cause;
  });
}

/** The context and the cause of each line, in eight bytes a line: what a second look at the log is joined with. */
export class Places {
  #context = new Int32Array(1 << 12).fill(-1);
  #cause = new Int32Array(1 << 12).fill(-1);
  readonly #places = new Map<number, Place>();

  /** Takes a context; its lines are those that are exported. */
  add(context: Context): void {
    const id = Number(context.context.slice(1));
    const causes = causesOf(context);
    this.#places.set(id, placeOf(context));
    context.lines.forEach((own, i) => {
      this.#reach(own);
      this.#context[own] = id;
      this.#cause[own] = causes[i] ?? -1;
    });
  }

  /** Where a line belongs; undefined when it is not exported. */
  of(line: number): Place | undefined {
    const id = this.#context[line];
    return id === undefined || id < 0 ? undefined : this.#places.get(id);
  }

  /** The line that caused a line, as `causesOf` has it. */
  causeOf(line: number): number | null {
    const cause = this.#cause[line] ?? -1;
    return cause < 0 ? null : cause;
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
