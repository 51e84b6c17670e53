import { type Hole, pathBelow, piecesOf } from './pieces.js';
import type { Stream, Streams } from './streams.js';

/** Shapes that a line of a kind, or an item of a list, is held against. */
const RECENT = 6;
/** Keys and shapes of a place, and places, that are known at once. */
const [MOST_KEYS, MOST_PLACES] = [256, 65_536] as const;

/** A shape to hold texts against. */
export interface Template {
  /** Of the shape. */
  number: string;
  texts: string[];
  holes: readonly (Hole & { place: Place })[];
}

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
  readonly #templates = new Map<string, Template>();
  #stream: Stream | null = null;
  #list: List | null = null;
  /** Shapes that values had here lately, as items of a list. */
  readonly recent: Template[] = [];

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

  /** A shape that was made ready here, by its number. */
  known(number: string): Template | undefined {
    return this.#templates.get(number);
  }

  /** A shape that values had here, to hold others against. */
  template(number: string, shape: string, resource: string): Template {
    let template = this.#templates.get(number);
    if (template === undefined) {
      const { texts, holes } = piecesOf(shape, this.path, resource);
      template = {
        number,
        texts,
        holes: holes.map((hole) => ({ ...hole, place: this.#places.at(hole.path) })),
      };
      if (this.#templates.size === MOST_KEYS) this.#templates.clear();
      this.#templates.set(number, template);
    }
    return template;
  }

  /** @param top As of `pathBelow`. */
  below(key: string, top: string | null): Place {
    let place = this.#below.get(key);
    if (place === undefined) {
      place = this.#places.at(pathBelow(this.path, key, top));
      if (this.#below.size < MOST_KEYS) this.#below.set(key, place);
    }
    return place;
  }
}

/** The places of a block of lines. */
export class Places {
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
      place = new Place(this, path);
      if (places.size === MOST_PLACES) places.clear();
      places.set(key, place);
    }
    return place;
  }
}

/** Notes that a text had this shape, as the first to hold others against. */
export function remember(recent: Template[], template: Template): void {
  recent.unshift(template);
  if (recent.length > RECENT) recent.pop();
}

/** Takes the shape at a position to the front, where it is looked for first. */
export function toFront(recent: Template[], at: number): Template {
  const found = recent[at]!;
  if (at > 0) {
    recent.splice(at, 1);
    recent.unshift(found);
  }
  return found;
}
