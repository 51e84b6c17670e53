import { asksChange, type ContextLine, connects, removes } from '../line.js';
import { RecentMap } from '../recent-map.js';

/** A person's requests that one command may have sent. */
export interface Burst {
  lines: ContextLine[];
  last: number;
  /** Objects that were asked for and are not there, with the namespace that they would be in. */
  absent: string[];
}

/** Silence after which a person's next request is another command: 150 ms. */
const SILENCE = 150_000;
/** The same before the request that makes what was asked for and was not there: one second. */
const SILENCE_ABSENT = 1_000_000;
/** How long a client that has deleted something goes on to ask whether it is gone: 5 s from one question to the next. */
const WAITING = 5_000_000;
/** Bursts and deletions remembered; beyond, the oldest end. */
const MOST = 5_000;

/** Finds which requests of people belong together: by person, program and address, and by silence. Bounded. */
export class People {
  readonly #bursts = new Map<string, Burst>();
  readonly #deleted = new RecentMap<{ trigger: number; micros: number }>(MOST);
  #next = Number.POSITIVE_INFINITY;

  /** Takes a line, and gives the burst that it ends. */
  push(line: ContextLine): Burst[] {
    const key = keyOf(line);
    const burst = this.#bursts.get(key);
    const { event, namespace } = line;
    const missing = event.verb === 'get' && event.responseStatus?.code === 404;
    const absent = missing ? [objectOf(line), `/namespaces//${namespace}`] : [];
    if (burst && (line.micros <= burst.last + SILENCE || burst.absent.includes(objectOf(line)))) {
      burst.lines.push(line);
      burst.last = Math.max(burst.last, line.micros);
      burst.absent.push(...absent);
      if (startsContext(line)) burst.absent = [];
      return [];
    }
    this.#bursts.set(key, { lines: [line], last: line.micros, absent });
    this.#next = Math.min(this.#next, line.micros + SILENCE);
    return burst ? [burst] : [];
  }

  /** Ends the bursts whose person has been silent since. */
  over(micros: number): Burst[] {
    if (micros <= this.#next && this.#bursts.size <= MOST) return [];
    const over: Burst[] = [];
    this.#next = Number.POSITIVE_INFINITY;
    let excess = this.#bursts.size - MOST;
    for (const [key, burst] of this.#bursts)
      if (endOf(burst) < micros || excess-- > 0) {
        over.push(burst);
        this.#bursts.delete(key);
      } else this.#next = Math.min(this.#next, endOf(burst));
    return over;
  }

  /** Remembers that a deletion was carried out, and the line that started its context. */
  hasDeleted(line: ContextLine, trigger: number): void {
    this.#deleted.set(`${keyOf(line)} ${objectOf(line)}`, { trigger, micros: line.micros });
  }

  /** The deletion that a read waits for, or null. */
  waitsFor(line: ContextLine): number | null {
    if (line.name === '') return null;
    const known = this.#deleted.get(`${keyOf(line)} ${objectOf(line)}`);
    if (!known || line.micros - known.micros > WAITING) return null;
    known.micros = line.micros;
    return known.trigger;
  }
}

/**
 * Triggering events of one burst.
 *
 * Each changing request starts a context. A read before a change of the same object prepares it, one after it waits for it; other
 * reads prepare the next change. Where nothing is changed, what is connected to is asked for, else each list is a question, and a get
 * takes the reads after it along.
 *
 * @returns For each line the position of its triggering event.
 */
export function triggersOf(lines: readonly ContextLine[]): number[] {
  const positions = lines.map((_, i) => i);
  const changes = positions.filter((i) => startsContext(lines[i]!));
  if (changes.length > 0) {
    const isChange = new Set(changes);
    return positions.map((i) => (isChange.has(i) ? i : changeOf(lines, changes, i)));
  }
  const connected = positions.filter((i) => connects(lines[i]!));
  if (connected.length > 0)
    return positions.map((i) => connected.find((one) => one >= i) ?? connected.at(-1)!);
  let current = 0;
  return positions.map((i) => {
    const { event, resource } = lines[i]!;
    const another = event.verb === 'list' && resource !== 'events' && lines[current]!.event.verb === 'list';
    if (i > 0 && another) current = i;
    return current;
  });
}

/** Whether a person's request starts a context at once: it asks for a change, and does more than ask or connect. */
export function startsContext(line: ContextLine): boolean {
  return asksChange(line) && !connects(line) && !line.resource.endsWith('reviews');
}

function changeOf(lines: readonly ContextLine[], changes: readonly number[], read: number): number {
  const object = lines[read]!.name === '' ? null : objectOf(lines[read]!);
  const same = (i: number): boolean => object !== null && objectOf(lines[i]!) === object;
  const earlier = changes.filter((i) => i < read);
  const before = earlier.findLast(same);
  if (before !== undefined && removes(lines[before]!) && lines[before]!.outcome === 'done') return before;
  const after = changes.filter((i) => i > read);
  return after.find(same) ?? before ?? after[0] ?? earlier.at(-1)!;
}

function endOf({ last, absent }: Burst): number {
  return last + (absent.length > 0 ? SILENCE_ABSENT : SILENCE);
}

function keyOf({ actor, event }: ContextLine): string {
  return JSON.stringify([actor, event.user.username, event.userAgent, event.sourceIPs?.[0]]);
}

function objectOf({ group, resource, namespace, name }: ContextLine): string {
  return `${group}/${resource}/${namespace}/${name}`;
}
