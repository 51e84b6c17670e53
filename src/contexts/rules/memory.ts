import { RecentMap } from '../recent-map.js';

/** A request that may have caused others. */
export interface Mark {
  /** Its line, and the line that started its context. */
  line: number;
  trigger: number;
  micros: number;
}

/** What is known of one object. */
export interface Note {
  /** Last change of it, its status left out. */
  touched?: Mark;
  /** Last change of more than its labels and annotations. */
  shaped?: Mark;
  /** Last of those that was no removal. */
  made?: Mark;
  /** Last change of any kind, its status too. */
  moved?: Mark;
  removed?: Mark;
  /** Last change, and last removal, of something that it owns. */
  signalled?: Mark;
  gone?: Mark;
  owners?: readonly string[];
  /** The uid that this name stands for. */
  uid?: string;
  /** What it is to be, as a hash. */
  shape?: number;
  /** Pods behind it, when it is of endpoints: uid → state. */
  targets?: ReadonlyMap<string, string>;
}

export type MarkName = 'touched' | 'shaped' | 'made' | 'moved' | 'removed' | 'signalled' | 'gone';

/** Objects remembered; those not spoken of for longest are forgotten first. */
const MOST = 100_000;

/** Objects of a log by uid and by `resource/namespace/name`, and who changed them last. Bounded. */
export class Memory {
  readonly #notes: RecentMap<Note>;

  constructor(most: number = MOST) {
    this.#notes = new RecentMap(most);
  }

  /** The note of a key, made when there is none. */
  note(key: string): Note {
    const known = this.#notes.get(key);
    if (known) return known;
    const note: Note = {};
    this.#notes.set(key, note);
    return note;
  }

  get(key: string): Note | undefined {
    return this.#notes.get(key);
  }

  /** The mark of an object: its uid's, which no other object shares, or its name's. */
  of(name: MarkName, keys: readonly string[]): Mark | null {
    let byUid: Mark | null = null;
    let byName: Mark | null = null;
    for (const key of keys) {
      const mark = this.#notes.get(key)?.[name];
      if (!mark) continue;
      if (key.includes('/')) byName = later(byName, mark);
      else byUid = later(byUid, mark);
    }
    return byUid ?? byName;
  }

  /** Owners of an object, nearest first, as far up as is known, at most 16. */
  ancestors(keys: readonly string[], owners: readonly string[]): string[] {
    const found = [...owners];
    const add = (key: string): void => {
      for (const owner of this.#notes.get(key)?.owners ?? []) if (!found.includes(owner)) found.push(owner);
    };
    keys.forEach(add);
    for (let i = 0; i < found.length && i < 16; i++) add(found[i]!);
    return found;
  }
}

/** The later of two marks. */
export function later(a: Mark | null | undefined, b: Mark | null | undefined): Mark | null {
  if (!a || !b) return a ?? b ?? null;
  return b.micros > a.micros ? b : a;
}

/** The latest of marks. */
export function latest(marks: Iterable<Mark | null | undefined>): Mark | null {
  let best: Mark | null = null;
  for (const mark of marks) best = later(best, mark);
  return best;
}
