import { pathBelow } from './pieces.js';
import { NotCompact } from './scanner.js';
import type { Stream, Streams } from './streams.js';

/** Texts after one value that are known at once: each that does not stand next costs a comparison. */
const MOST_EDGES = 8;
/** Keys of a place, and places, that are known at once; places that one line may make. */
const [MOST_KEYS, MOST_PLACES, MOST_NEW] = [256, 65_536, 32_768] as const;
/** Characters of a path, which has all keys above. Much longer ones take V8 minutes to tell apart, for it hashes them by their length. */
const LONGEST_PATH = 4096;

/** What a list has beside its items. */
interface List {
  lengths: Stream;
  shapes: Stream;
  item: Place;
}

/** A place in lines: the stream of its values, and the places below it, without writing their paths anew. */
export class Place {
  readonly #places: Places;
  readonly #below = new Map<string, Place>();
  #stream: Stream | null = null;
  #list: List | null = null;
  #fork: Fork | null = null;

  constructor(
    places: Places,
    readonly path: string,
  ) {
    this.#places = places;
  }

  get stream(): Stream {
    this.#stream ??= this.#places.streams.of(this.path);
    return this.#stream;
  }

  get list(): List {
    const { path } = this;
    const { streams } = this.#places;
    this.#list ??= {
      lengths: streams.of(`${path} n`),
      shapes: streams.of(`${path} #`),
      item: this.#places.at(`${path}[]`),
    };
    return this.#list;
  }

  /** Where the shapes of what stands here begin: whole lines, or items of a list. */
  get fork(): Fork {
    this.#fork ??= new Fork('', [], this);
    return this.#fork;
  }

  /**
   * @param top As of `pathBelow`.
   * @throws {NotCompact} The path would be too long, or the line has too many.
   */
  below(key: string, top: string | null): Place {
    let place = this.#below.get(key);
    if (place === undefined) {
      if (this.path.length + key.length > LONGEST_PATH) throw new NotCompact();
      place = this.#places.at(pathBelow(this.path, key, top));
      if (this.#below.size < MOST_KEYS) this.#below.set(key, place);
    }
    return place;
  }
}

/** The places of a block of lines. One that is forgotten is made anew, and has the same stream. */
export class Places {
  /** Places that the line has made. */
  made = 0;
  readonly #roots = new Map<string, Place>();
  readonly #places = new Map<string, Place>();

  constructor(readonly streams: Streams) {}

  /** The place of whole lines. @param resource What they are about. */
  root(resource: string): Place {
    return this.#find(this.#roots, resource, '');
  }

  at(path: string): Place {
    return this.#find(this.#places, path, path);
  }

  #find(places: Map<string, Place>, key: string, path: string): Place {
    let place = places.get(key);
    if (place === undefined) {
      if (++this.made > MOST_NEW) throw new NotCompact();
      place = new Place(this, path);
      if (places.size === MOST_PLACES) places.clear();
      places.set(key, place);
    }
    return place;
  }
}

/** A text that comes next in a shape, and what stands behind it: a value, or nothing more. */
export interface Edge {
  text: string;
  next: Gap | End;
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
    return this.#add({ text, next: new Gap(this.shape + text, open, place, whole) });
  }

  /** Notes a text that ends a shape. */
  toEnd(text: string): Edge {
    return this.#add({ text, next: new End(this.shape + text) });
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
    let known = this.known.find((one) => one.mark === mark);
    if (known === undefined) {
      known = { mark, fork: this.behind(mark) };
      this.known.push(known);
    }
    return known.fork;
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
