import type { ColumnKind } from '../trees/bins.js';
import type { Cause, Mark, ObjectNote } from './notes.js';
import { lookOf, type Registry } from './registry.js';
import { FAMILIES, RELATIONS, type Relation, relate } from './relations.js';
import type { Request } from './request.js';
import type { Asked, RuleAnswer } from './rules/rule.js';
import type { WordField, Words } from './words.js';

/** Most causes that a line is compared with. */
export const MOST_CANDIDATES = 14;
/** Causes that relations may name before the nearest are kept. */
const NAMED = 64;

/** Columns about the line; those of words are numbered by the field after the colon. */
const LINE = [
  ...['role:role', 'verb:verb', 'resource:resource', 'subresource:subresource', 'reason:reason', 'rule:rule'],
  ...[
    'code',
    'level',
    'shaping',
    'owners',
    'emptying',
    'ending',
    'waits',
    'targets',
    'cluster',
    'known',
    'named',
  ],
  'candidates',
];
/** Columns about the candidate: its request, the lines that it has already, and how near the line is. */
const PAIR = [
  ...[
    'c_resource:resource',
    'c_verb:verb',
    'c_subresource:subresource',
    'c_lastRole:role',
    'c_lastResource:resource',
  ],
  ...[
    'c_lastVerb:verb',
    'c_code',
    'c_robot',
    'c_age',
    'c_lines',
    'c_idle',
    'c_alike',
    'c_samePlace',
    'c_sameResource',
  ],
  ...[
    'c_sameObject',
    'c_namespace',
    'c_prefix',
    'c_open',
    'c_latest',
    'c_order',
    'c_relations',
    'c_near',
    'c_behind',
  ],
  ...[
    'c_rule',
    'c_background',
    ...FAMILIES.map((_, i) => `near${i}`),
    ...FAMILIES.map((_, i) => `behind${i}`),
  ],
];

/** Columns of a row: a name, and what it holds. */
export const COLUMNS: readonly { name: string; kind: ColumnKind; field: WordField | null }[] = [
  ...[...LINE, ...PAIR].map((text) => {
    const [name = '', field] = text.split(':') as [string, WordField?];
    return { name, kind: field ? ('word' as const) : ('number' as const), field: field ?? null };
  }),
  ...RELATIONS.map((name: string) => ({ name, kind: 'number' as const, field: null })),
];
export const WIDTH = COLUMNS.length;
/** Columns, from the first on, that are alike in all rows of a line. */
export const SHARED = LINE.length;
const R = RELATIONS.length;
const FIRST_PAIR = LINE.length;
const FIRST_FAMILY = LINE.length + PAIR.length - 2 * FAMILIES.length;
const FIRST_RELATION = LINE.length + PAIR.length;
const FAMILY_OF = FAMILIES.map((family) => family.map((relation) => RELATIONS.indexOf(relation)));

/**
 * The candidates of one line after the other, and a row of columns for each. The first row stands for "nobody caused it". What it holds is
 * overwritten by the next line.
 */
export class Candidates {
  /** Row k + 1 is that of cause k. Shape [≤ 15, WIDTH]. */
  readonly rows = new Float32Array((MOST_CANDIDATES + 1) * WIDTH);
  /** Nearest first. */
  causes: Cause[] = [];
  /** Age of each relation of each cause, infinite without. Shape [≤ 64, R], in the order in which they were named. */
  readonly #ages = new Float64Array(NAMED * R);
  #named: Cause[] = [];
  #slots: number[] = [];
  readonly #words: Words;

  constructor(words: Words) {
    this.#words = words;
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
    this.#named = [];
    const put = (relation: number, mark: Mark | null | undefined): void => {
      if (!mark) return;
      const age = request.micros - mark.micros;
      const slot = this.#slot(mark.cause);
      if (slot < 0) return;
      const at = slot * R + relation;
      if (age < this.#ages[at]!) this.#ages[at] = age;
    };
    const { owners, involved } = relate(request, note, registry, put);
    if (answer?.cause) this.#slot(answer.cause);
    const near = this.#named.map((_, slot) => {
      let least = Number.POSITIVE_INFINITY;
      for (let i = slot * R; i < (slot + 1) * R; i++) if (this.#ages[i]! < least) least = this.#ages[i]!;
      return least;
    });
    this.#slots = near
      .map((_, slot) => slot)
      .sort((a, b) => near[a]! - near[b]! || this.#named[b]!.rank - this.#named[a]!.rank)
      .slice(0, MOST_CANDIDATES);
    this.causes = this.#slots.map((slot) => this.#named[slot]!);
    const ruled = answer?.cause ? this.causes.indexOf(answer.cause) : -1;
    if (answer?.cause && ruled < 0) {
      this.#slots[this.#slots.length - 1] = this.#named.indexOf(answer.cause);
      this.causes[this.causes.length - 1] = answer.cause;
    }
    this.#fillLine(request, note, registry, { owners, involved, answer });
    this.#fillPairs(request, near, answer);
    return this.causes.length + 1;
  }

  #slot(cause: Cause): number {
    const known = this.#named.indexOf(cause);
    if (known >= 0) return known;
    if (this.#named.length === NAMED) return -1;
    this.#ages.fill(Number.POSITIVE_INFINITY, this.#named.length * R, (this.#named.length + 1) * R);
    return this.#named.push(cause) - 1;
  }

  #fillLine(
    request: Request,
    note: ObjectNote | null,
    registry: Registry,
    found: { owners: ObjectNote[]; involved: ObjectNote[]; answer: RuleAnswer | null },
  ): void {
    const { rows } = this;
    const { facts } = request;
    const word = (field: WordField, text: string): number => this.#words.code(field, text);
    const subject = found.involved[0] ?? note;
    const place = registry.namespace(request.place);
    const waits = subject?.waiting && (registry.nodeChange?.micros ?? 0) > subject.waiting ? 1 : 0;
    const line = [
      ...[word('role', request.role), word('verb', request.verb), word('resource', request.resource)],
      ...[word('subresource', request.subresource), word('reason', facts.reason)],
      word('rule', found.answer?.id ?? ''),
      ...[request.code, request.level, registry.reshapes(request, note) ? 1 : 0, found.owners.length],
      ...[place?.emptying ? 1 : 0, place?.ending ? 1 : 0, waits, facts.targets?.size ?? -1],
      ...[request.namespace ? 0 : 1, note?.touched ? 1 : 0, request.name ? 1 : 0, this.causes.length],
    ];
    for (let k = 0; k <= this.causes.length; k++) {
      rows.set(line, k * WIDTH);
      rows.fill(Number.NaN, k * WIDTH + FIRST_PAIR, (k + 1) * WIDTH);
    }
  }

  #fillPairs(request: Request, near: readonly number[], answer: RuleAnswer | null): void {
    const { rows, causes } = this;
    const ages = this.#ages;
    const background = FIRST_PAIR + PAIR.indexOf('c_background');
    const ruled = FIRST_PAIR + PAIR.indexOf('c_rule');
    rows[background] = 1;
    rows[ruled] = answer && !answer.cause ? 1 : 0;
    const nearest = this.#slots.map((slot) => FAMILY_OF.map((family) => least(ages, slot * R, family)));
    const best = FAMILY_OF.map((_, f) => Math.min(...nearest.map((own) => own[f]!)));
    const first = Math.min(...this.#slots.map((slot) => near[slot]!));
    const look = lookOf(request);
    const ranks = causes.map(({ rank }) => rank).sort((a, b) => b - a);
    const word = (field: WordField, text: string): number => this.#words.code(field, text);
    causes.forEach((cause, k) => {
      const base = (k + 1) * WIDTH;
      const slot = this.#slots[k]!;
      let relations = 0;
      for (let i = 0; i < R; i++) {
        const age = ages[slot * R + i]!;
        if (age === Number.POSITIVE_INFINITY) continue;
        relations++;
        rows[base + FIRST_RELATION + i] = age / 1000;
      }
      const same = cause.place === request.place;
      const distance = near[slot]!;
      // In the order of PAIR; one by one, for lists of numbers are made anew each time.
      let at = base + FIRST_PAIR;
      rows[at++] = word('resource', cause.resource);
      rows[at++] = word('verb', cause.verb);
      rows[at++] = word('subresource', cause.subresource);
      rows[at++] = word('role', cause.last.role);
      rows[at++] = word('resource', cause.last.resource);
      rows[at++] = word('verb', cause.last.verb);
      rows[at++] = cause.code;
      rows[at++] = cause.kind === 'person' ? 0 : 1;
      rows[at++] = (request.micros - cause.micros) / 1000;
      rows[at++] = cause.lines;
      rows[at++] = (request.micros - cause.seen) / 1000;
      rows[at++] = cause.looks.get(look) ?? 0;
      rows[at++] = same ? 1 : 0;
      rows[at++] = cause.resource === request.resource ? 1 : 0;
      rows[at++] = same && cause.resource === request.resource && cause.name === request.name ? 1 : 0;
      rows[at++] = cause.resource === 'namespaces' ? 1 : 0;
      rows[at++] = same ? shared(cause.name, request.name) : -1;
      rows[at++] = cause.micros <= request.micros && request.micros <= cause.until ? 1 : 0;
      rows[at++] = distance === first ? 1 : 0;
      rows[at++] = ranks.indexOf(cause.rank);
      rows[at++] = relations;
      rows[at++] = Number.isFinite(distance) ? distance / 1000 : Number.NaN;
      rows[at++] = Number.isFinite(distance) ? (distance - first) / 1000 : Number.NaN;
      rows[at++] = answer?.cause === cause ? 1 : 0;
      rows[at++] = 0;
      nearest[k]!.forEach((age, f) => {
        if (age === Number.POSITIVE_INFINITY) return;
        rows[base + FIRST_FAMILY + f] = age / 1000;
        rows[base + FIRST_FAMILY + FAMILIES.length + f] = (age - best[f]!) / 1000;
      });
    });
  }
}

function least(ages: Float64Array, base: number, family: readonly number[]): number {
  let found = Number.POSITIVE_INFINITY;
  for (const relation of family) if (ages[base + relation]! < found) found = ages[base + relation]!;
  return found;
}

/** Share of a cause's name that the line's name begins with. */
function shared(own: string, other: string): number {
  let i = 0;
  while (i < own.length && i < other.length && own.charCodeAt(i) === other.charCodeAt(i)) i++;
  return own.length === 0 ? 0 : i / own.length;
}
