import { randomStream } from '../../random.js';
import type { GroupedRows } from '../trees/boost.js';
import { COLUMNS, WIDTH } from './columns.js';
import { type Choose, type Finding, Follower, type FollowerOptions } from './follower.js';
import type { Cause } from './notes.js';
import type { Request } from './request.js';
import type { Asked } from './rules/rule.js';
import { WORD_FIELDS, type WordField, type Words } from './words.js';

/** A line that counts, and its true cause. */
export interface TaughtLine {
  request: Request;
  /** auditID of the request that caused it; null: nobody did. */
  trigger: string | null;
  /** Whether it teaches; one that does not only leaves its marks. Default true. */
  taught?: boolean;
}

/** Lines of one log that are taught, read at one level. */
export interface TaughtPart {
  capture: string;
  lines: TaughtLine[];
}

/** How one pass over the lines of a capture goes. */
export interface PassOptions
  extends Pick<FollowerOptions, 'ask' | 'take' | 'patience' | 'silences' | 'limits'> {
  words: Words;
  /** Decides, so that marks carry the model's own mistakes. Default: marks carry the truth. */
  choose?: Choose;
  /** Which answers of rules are believed in its place, though their lines teach. Default: none. */
  believe?: NonNullable<FollowerOptions['take']>;
  /** Share of the truth's marks that are given to another candidate instead. Default 0. */
  spoil?: number;
  /** Root seed of what is drawn. */
  seed: number;
}

/** Lines in groups of candidates. */
export interface Examples {
  /** Shape [R, WIDTH]. */
  rows: Float32Array[];
  /** Rows of each group, and which of them is right. Shape [G]. */
  sizes: number[];
  right: number[];
  /** Lines whose true cause is not among the candidates; they teach nothing. */
  missing: number;
}

/** Lines that are followed in a turn: some tens of milliseconds. */
const TURN = 500;

/**
 * Follows one capture and keeps the candidates of every line that teaches.
 *
 * @param lines In the order in which their requests were received.
 * @returns Turns, each of which gives how many lines were followed in it, and the examples in the end.
 */
export function* collectExamples(
  lines: readonly TaughtLine[],
  options: PassOptions,
): Generator<number, Examples> {
  const { choose, believe, ask, spoil = 0, seed, ...rest } = options;
  const known = new Map<string, Cause>();
  const truth = new Map<string, string | null>();
  const silent = new Set<string>();
  for (const { request, trigger, taught = true } of lines) {
    truth.set(request.auditID, trigger);
    if (!taught) silent.add(request.auditID);
  }
  const own = ownOf(lines);
  const random = randomStream(seed, 'spoil');
  const examples: Examples = { rows: [], sizes: [], right: [], missing: 0 };
  let asked: Asked;
  const follower = new Follower({
    ...rest,
    ask: (line) => {
      asked = line;
      return ask?.(line) ?? null;
    },
    onCause: (cause) => known.set(cause.auditID, cause),
    choose: (at) => {
      const { request, candidates, rows } = at;
      const trigger = own.has(request.auditID) ? null : (truth.get(request.auditID) ?? null);
      const cause = trigger === null ? null : (known.get(trigger) ?? null);
      const right =
        trigger === null ? 0 : 1 + candidates.causes.findIndex(({ auditID }) => auditID === trigger);
      if (trigger !== null && right === 0) examples.missing++;
      else if (!silent.has(request.auditID)) {
        examples.rows.push(candidates.rows.slice(0, rows * WIDTH));
        examples.sizes.push(rows);
        examples.right.push(right);
      }
      if (choose && at.answer && believe?.(at.answer, asked))
        return { cause: at.answer.cause, confidence: 1, reason: 'told by a rule' };
      if (choose) return choose(at);
      const found: Finding = { cause, confidence: 1, reason: 'taught' };
      if (!(random.next() < spoil)) return found;
      const others = candidates.causes.slice(0, 5).filter((other) => other !== cause);
      return others.length > 0 ? { ...found, cause: others[random.integer(others.length)]! } : found;
    },
  });
  for (let from = 0; from < lines.length; from += TURN) {
    const turn = lines.slice(from, from + TURN);
    // A pass may change a request; the next is to find it as it was.
    for (const { request } of turn) follower.push({ ...request }, 0);
    yield turn.length;
  }
  follower.end();
  return examples;
}

/** auditIDs of what programs ask for of their own accord: they are nobody's effect. */
export function ownOf(lines: Iterable<Pick<TaughtLine, 'request' | 'trigger'>>): Set<string> {
  const actors = new Map<string, string>();
  for (const { request } of lines) actors.set(request.auditID, request.actor);
  const own = new Set<string>();
  for (const { request, trigger } of lines)
    if (request.kind === 'robot' && trigger !== null && actors.get(trigger) === request.actor)
      own.add(request.auditID);
  return own;
}

/** How examples are made harder to learn by heart. */
export interface Hiding {
  /** Share of the lines whose words of one field are hidden, for kinds that were never met. */
  words: number;
  /** Share of the lines of which one family of relations is hidden. */
  relations: number;
}

/** Columns that are hidden together: those of one field's words, and relations whose names begin alike. */
const WORD_COLUMNS = WORD_FIELDS.filter((field) => field !== 'verb').map((field: WordField) =>
  COLUMNS.flatMap((column, f) => (column.field === field ? [f] : [])),
);
const RELATION_COLUMNS = [
  'self_',
  'own_',
  'anc_',
  'inv',
  'pre_',
  'ns_',
  'pop_',
  'user',
  'served',
  'refby_',
].map((start) => COLUMNS.flatMap(({ name }, f) => (name.startsWith(start) ? [f] : [])));

/**
 * Puts passes together as boosting reads them.
 *
 * @param hide Draws what is hidden from `hide` of the seed.
 */
export function groupExamples(parts: readonly Examples[], hide: Hiding & { seed: number }): GroupedRows {
  const groups = parts.flatMap(({ rows }) => rows);
  const starts = new Int32Array(groups.length + 1);
  groups.forEach((group, i) => {
    starts[i + 1] = starts[i]! + group.length / WIDTH;
  });
  const rows = new Float32Array(starts.at(-1)! * WIDTH);
  const random = randomStream(hide.seed, 'hide');
  groups.forEach((group, i) => {
    const base = starts[i]! * WIDTH;
    rows.set(group, base);
    for (const [share, columns] of [
      [hide.words, WORD_COLUMNS],
      [hide.relations, RELATION_COLUMNS],
    ] as const) {
      if (!(random.next() < share)) continue;
      const hidden = columns[random.integer(columns.length)]!;
      for (let row = base; row < base + group.length; row += WIDTH)
        for (const f of hidden) rows[row + f] = Number.NaN;
    }
  });
  const right = parts.flatMap((part) => part.right).map((row, i) => starts[i]! + row);
  return { rows, kinds: COLUMNS.map(({ kind }) => kind), starts, right: Int32Array.from(right) };
}
