import type { Place } from './places.js';

/** Texts after one value that are known at once. */
const MOST_EDGES = 64;

/** A text that comes next in a shape, and what stands behind it: a value, or nothing more. */
export interface Edge {
  text: string;
  gap: Gap | null;
  end: End | null;
}

/** Shapes that begin alike, to where they part: a text comes next, up to the next value or the end. */
export class Fork {
  /** The one that came last is first. */
  readonly edges: Edge[] = [];

  /**
   * @param shape The beginning.
   * @param open Objects that are open, the outermost first.
   * @param value Of which place a value comes next, as a whole; null where one has ended.
   */
  constructor(
    readonly shape: string,
    readonly open: readonly Place[],
    readonly value: Place | null,
  ) {}

  /** Notes a text, and the value that comes next then. */
  to(text: string, open: readonly Place[], place: Place, whole: boolean): Edge {
    return this.#add({ text, gap: new Gap(this.shape + text, open, place, whole), end: null });
  }

  /** Notes a text that ends a shape. */
  toEnd(text: string): Edge {
    return this.#add({ text, gap: null, end: new End(this.shape + text) });
  }

  #add(edge: Edge): Edge {
    this.edges.unshift(edge);
    if (this.edges.length > MOST_EDGES) this.edges.pop();
    return edge;
  }
}

/** A value in a shape: what comes behind it when it is a text, a number, a list, or a part that the caller knows. */
export class Gap {
  text: Fork | null = null;
  number: Fork | null = null;
  list: Fork | null = null;
  /** Where its inside is read, of a value that is asked for as a whole. */
  inside: Fork | null = null;
  readonly known: { mark: string; fork: Fork }[] = [];

  /** @param whole Whether it is asked for as a whole. */
  constructor(
    readonly shape: string,
    readonly open: readonly Place[],
    readonly place: Place,
    readonly whole: boolean,
  ) {}

  /** Notes that a part that the caller knows stands here; what comes behind it. */
  knows(mark: string): Fork {
    const fork = this.behind(mark);
    this.known.push({ mark, fork });
    return fork;
  }

  /** What comes behind a mark. */
  behind(mark: string): Fork {
    return new Fork(this.shape + mark, this.open, null);
  }
}

/** A shape to its end. */
export class End {
  /** Its number, once it was asked for. */
  number: string | null = null;

  constructor(readonly shape: string) {}
}
