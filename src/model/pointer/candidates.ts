import { BACKGROUND, FIRST_FAMILY, FIRST_PAIR, FIRST_RELATION, RULED, WIDTH } from './columns.js';
import type { Cause, Mark, ObjectNote } from './notes.js';
import { lookOf, type Registry } from './registry.js';
import { FAMILIES, RELATIONS, type Relation, relate } from './relations.js';
import type { Request } from './request.js';
import type { Asked, RuleAnswer } from './rules/rule.js';
import { WORD_FIELDS, type WordField, type Words } from './words.js';

/** Most causes that a line is compared with. */
export const MOST_CANDIDATES = 14;
/** Causes that relations may name before the nearest are kept. */
const NAMED = 64;

const R = RELATIONS.length;
const F = FAMILIES.length;
/** Family of each relation; −1 of those that are in none. */
const FAMILY_OF = Int8Array.from(RELATIONS, (relation) =>
  FAMILIES.findIndex((family) => family.includes(relation)),
);
/**
 * The candidates of one line after the other, and a row of columns for each. The first row stands for "nobody caused it". What it holds is
 * overwritten by the next line.
 */
export class Candidates {
  /** Row k + 1 is that of cause k. Shape [≤ 15, WIDTH]. */
  readonly rows = new Float32Array((MOST_CANDIDATES + 1) * WIDTH);
  /** Nearest first. */
  causes: Cause[] = [];
  /** Age of each relation of each cause, infinite without. Shape [≤ 64, R], in the order in which they were named; and the least of each. */
  readonly #ages = new Float64Array(NAMED * R);
  readonly #near = new Float64Array(NAMED);
  readonly #named: Cause[] = [];
  #slots: number[] = [];
  /** Least age of each family of each candidate, and of each family. Shapes [≤ 14, F], [F]. */
  readonly #nearest = new Float64Array(MOST_CANDIDATES * F);
  readonly #best = new Float64Array(F);
  /** A row with nothing but what all of a line are alike in. */
  readonly #line = new Float32Array(WIDTH).fill(Number.NaN);
  readonly #words: Readonly<Record<WordField, ReadonlyMap<string, number>>>;

  constructor(words: Words) {
    this.#words = Object.fromEntries(WORD_FIELDS.map((field) => [field, words.of(field)])) as Record<
      WordField,
      ReadonlyMap<string, number>
    >;
  }

  /** R of candidate k, counted as in `causes`: which relations name it, and how old their marks are, in microseconds. */
  relationsOf(k: number): { relation: Relation; age: number }[] {
    const base = this.#slots[k]! * R;
    return RELATIONS.map((relation, i) => ({ relation, age: this.#ages[base + i]! })).filter(({ age }) =>
      Number.isFinite(age),
    );
  }

  /** Finds the candidates of a line. Gives how many rows there are. */
  find({ request, note, registry }: Asked, answer: RuleAnswer | null): number {
    const named = this.#named;
    const near = this.#near;
    const ages = this.#ages;
    named.length = 0;
    let [last, slot] = [null as Cause | null, -1];
    const put = (relation: number, mark: Mark | null | undefined): void => {
      if (!mark) return;
      if (mark.cause !== last) {
        last = mark.cause;
        slot = this.#slot(last);
      }
      if (slot < 0) return;
      const age = request.micros - mark.micros;
      const at = slot * R + relation;
      if (age < ages[at]!) ages[at] = age;
      if (age < near[slot]!) near[slot] = age;
    };
    const { owners, involved } = relate(request, note, registry, put);
    if (answer?.cause) this.#slot(answer.cause);
    this.#sort();
    this.causes = this.#slots.map((one) => named[one]!);
    if (answer?.cause && !this.causes.includes(answer.cause)) {
      this.#slots[this.#slots.length - 1] = named.indexOf(answer.cause);
      this.causes[this.causes.length - 1] = answer.cause;
    }
    this.#fillLine(request, note, registry, { owners, involved, answer });
    this.#fillPairs(request, answer);
    return this.causes.length + 1;
  }

  #slot(cause: Cause): number {
    const named = this.#named;
    const known = named.indexOf(cause);
    if (known >= 0) return known;
    if (named.length === NAMED) return -1;
    const slot = named.push(cause) - 1;
    this.#ages.fill(Number.POSITIVE_INFINITY, slot * R, (slot + 1) * R);
    this.#near[slot] = Number.POSITIVE_INFINITY;
    return slot;
  }

  /** Brings causes into order, the nearest first, the later one of two that are as near; by hand, for they are few and lines many. */
  #sort(): void {
    const near = this.#near;
    const named = this.#named;
    const slots = this.#slots;
    slots.length = 0;
    for (let slot = 0; slot < named.length; slot++) {
      let at = slots.length;
      while (at > 0) {
        const before = slots[at - 1]!;
        if (near[before]! < near[slot]!) break;
        if (near[before] === near[slot] && named[before]!.rank >= named[slot]!.rank) break;
        slots[at] = before;
        at--;
      }
      slots[at] = slot;
    }
    slots.length = Math.min(slots.length, MOST_CANDIDATES);
  }

  #fillLine(
    request: Request,
    note: ObjectNote | null,
    registry: Registry,
    found: { owners: readonly ObjectNote[]; involved: readonly ObjectNote[]; answer: RuleAnswer | null },
  ): void {
    const { rows } = this;
    const { facts } = request;
    const words = this.#words;
    const subject = found.involved[0] ?? note;
    const place = registry.namespace(request.place);
    const waits = subject?.waiting && (registry.nodeChange?.micros ?? 0) > subject.waiting ? 1 : 0;
    const line = this.#line;
    // In the order of LINE; one by one, as those of a pair.
    let at = 0;
    line[at++] = words.role.get(request.role) ?? Number.NaN;
    line[at++] = words.verb.get(request.verb) ?? Number.NaN;
    line[at++] = words.resource.get(request.resource) ?? Number.NaN;
    line[at++] = words.subresource.get(request.subresource) ?? Number.NaN;
    line[at++] = words.reason.get(facts.reason) ?? Number.NaN;
    line[at++] = words.rule.get(found.answer?.id ?? '') ?? Number.NaN;
    line[at++] = request.code;
    line[at++] = request.level;
    line[at++] = registry.reshapes(request, note) ? 1 : 0;
    line[at++] = found.owners.length;
    line[at++] = place?.emptying ? 1 : 0;
    line[at++] = place?.ending ? 1 : 0;
    line[at++] = waits;
    line[at++] = facts.targets?.size ?? -1;
    line[at++] = request.namespace ? 0 : 1;
    line[at++] = note?.touched ? 1 : 0;
    line[at++] = request.name ? 1 : 0;
    line[at++] = this.causes.length;
    for (let k = 0; k <= this.causes.length; k++) rows.set(line, k * WIDTH);
  }

  #fillPairs(request: Request, answer: RuleAnswer | null): void {
    const { rows, causes } = this;
    const slots = this.#slots;
    const near = this.#near;
    const nearest = this.#nearest;
    const best = this.#best;
    rows[BACKGROUND] = 1;
    rows[RULED] = answer && !answer.cause ? 1 : 0;
    let first = Number.POSITIVE_INFINITY;
    for (const slot of slots) first = Math.min(first, near[slot]!);
    const look = lookOf(request);
    const { resource, verb, subresource, role } = this.#words;
    best.fill(Number.POSITIVE_INFINITY);
    for (let k = 0; k < causes.length; k++) {
      const cause = causes[k]!;
      const base = (k + 1) * WIDTH;
      const slot = slots[k]!;
      const relations = this.#fillRelations(k, slot);
      const same = cause.place === request.place;
      const distance = near[slot]!;
      // In the order of PAIR; one by one, for lists of numbers are made anew each time.
      let at = base + FIRST_PAIR;
      rows[at++] = resource.get(cause.resource) ?? Number.NaN;
      rows[at++] = verb.get(cause.verb) ?? Number.NaN;
      rows[at++] = subresource.get(cause.subresource) ?? Number.NaN;
      rows[at++] = role.get(cause.last.role) ?? Number.NaN;
      rows[at++] = resource.get(cause.last.resource) ?? Number.NaN;
      rows[at++] = verb.get(cause.last.verb) ?? Number.NaN;
      rows[at++] = cause.code;
      rows[at++] = cause.kind === 'person' ? 0 : 1;
      rows[at++] = (request.micros - cause.micros) / 1000;
      rows[at++] = cause.lines;
      rows[at++] = (request.micros - cause.seen) / 1000;
      rows[at++] = cause.alikeTo(look);
      rows[at++] = same ? 1 : 0;
      rows[at++] = cause.resource === request.resource ? 1 : 0;
      rows[at++] = same && cause.resource === request.resource && cause.name === request.name ? 1 : 0;
      rows[at++] = cause.resource === 'namespaces' ? 1 : 0;
      rows[at++] = same ? shared(cause.name, request.name) : -1;
      rows[at++] = cause.micros <= request.micros && request.micros <= cause.until ? 1 : 0;
      rows[at++] = distance === first ? 1 : 0;
      rows[at++] = laterThan(cause, causes);
      rows[at++] = relations;
      rows[at++] = Number.isFinite(distance) ? distance / 1000 : Number.NaN;
      rows[at++] = Number.isFinite(distance) ? (distance - first) / 1000 : Number.NaN;
      rows[at++] = answer?.cause === cause ? 1 : 0;
      rows[at++] = 0;
    }
    for (let k = 0; k < causes.length; k++) {
      const at = (k + 1) * WIDTH + FIRST_FAMILY;
      for (let f = 0; f < F; f++) {
        const age = nearest[k * F + f]!;
        if (age === Number.POSITIVE_INFINITY) continue;
        rows[at + f] = age / 1000;
        rows[at + F + f] = (age - best[f]!) / 1000;
      }
    }
  }

  /** Enters the relations that name a candidate, and the least age of each family. Gives how many there are. */
  #fillRelations(k: number, slot: number): number {
    const { rows } = this;
    const ages = this.#ages;
    const nearest = this.#nearest;
    const best = this.#best;
    const base = (k + 1) * WIDTH + FIRST_RELATION;
    nearest.fill(Number.POSITIVE_INFINITY, k * F, (k + 1) * F);
    let relations = 0;
    for (let i = 0; i < R; i++) {
      const age = ages[slot * R + i]!;
      if (age === Number.POSITIVE_INFINITY) continue;
      relations++;
      rows[base + i] = age / 1000;
      const f = FAMILY_OF[i]!;
      if (f < 0) continue;
      if (age < nearest[k * F + f]!) nearest[k * F + f] = age;
      if (age < best[f]!) best[f] = age;
    }
    return relations;
  }
}

/** How many of some causes came after one. */
function laterThan({ rank }: Cause, causes: readonly Cause[]): number {
  let later = 0;
  for (const other of causes) if (other.rank > rank) later++;
  return later;
}

/** Share of a cause's name that the line's name begins with. */
function shared(own: string, other: string): number {
  let i = 0;
  while (i < own.length && i < other.length && own.charCodeAt(i) === other.charCodeAt(i)) i++;
  return own.length === 0 ? 0 : i / own.length;
}
