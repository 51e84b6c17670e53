import { Fork } from './forks.js';
import { pathBelow } from './pieces.js';
import type { Stream, Streams } from './streams.js';

/** Keys of a place, and places, that are known at once. */
const [MOST_KEYS, MOST_PLACES] = [256, 65_536] as const;

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
