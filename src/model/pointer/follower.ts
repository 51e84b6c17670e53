import { Candidates } from './candidates.js';
import { Cause, hearMore } from './notes.js';
import { type Member, People, type Silences } from './people.js';
import { Registry, type RegistryLimits } from './registry.js';
import { isCommand, isConnect, type Request } from './request.js';
import type { Asked, RuleAnswer } from './rules/rule.js';
import { whyOf } from './rules/rules.js';
import type { Words } from './words.js';

/** What was found of a request. */
export interface Finding {
  /** The cause; a person's change is its own. Null: nobody's but the control plane's own. */
  cause: Cause | null;
  /** Probability that it is right, in [0, 1]. */
  confidence: number;
  /** Why, in words. */
  reason: string;
  /** Whether `confidence` is less than it has to be. */
  uncertain?: true;
}

/** A line of the control plane whose cause is to be chosen: row k of `candidates.rows` is cause k − 1, row 0 nobody. */
export interface Choice {
  request: Request;
  candidates: Candidates;
  /** Rows there are. */
  rows: number;
  answer: RuleAnswer | null;
  /** Whether the log has nearly all bodies. */
  whole: boolean;
}

export type Choose = (choice: Choice) => Finding;

export interface FollowerOptions {
  words: Words;
  choose: Choose;
  /** What a rule of identity says of a line, or null. Default: nothing. */
  ask?: (asked: Asked) => RuleAnswer | null;
  /** Whether an answer of a rule is taken for the finding. Default: what comes by the clock. */
  take?: (answer: RuleAnswer, asked: Asked) => boolean;
  /** Microseconds of log time that a person's read may wait for what it prepares. Default 3 s. */
  patience?: number;
  /** Why a cause is that of a line, in words. Default: it is not said. */
  explain?: (asked: Asked, cause: Cause | null, answer: RuleAnswer | null) => string;
  /** Told of each cause when it is met. */
  onCause?: (cause: Cause) => void;
  silences?: Partial<Silences>;
  limits?: Partial<RegistryLimits>;
}

/** A person's request that waits for its trigger, or for its last line. */
interface Entry {
  request: Request;
  lines: number[];
  member: Member;
  finding: Finding | null;
}

/** Requests whose further lines are waited for. */
const UNFINISHED = 10_000;

/**
 * Follows a log: says of each request who caused it. Lines come in the order in which their requests were received. Those of the control
 * plane are decided at once; a person's read when its command is over, `patience` later at most. What was found is never changed.
 *
 * @example
 * const follower = new Follower({ words, choose });
 * follower.push(readRequest(event), 0);
 * follower.end();
 * follower.take() // [{ line: 0, finding: { cause, confidence: 1, reason: 'its own change' } }]
 */
export class Follower {
  readonly registry: Registry;
  readonly #options: FollowerOptions;
  readonly #people: People;
  readonly #candidates: Candidates;
  /** Requests that may have further lines, by auditID, and those of people by their members. */
  readonly #found = new Map<string, Finding>();
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<Member, Entry>();
  #given: { line: number; finding: Finding }[] = [];
  #clock = 0;
  #rank = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.registry = new Registry(options.limits);
    this.#people = new People(options.silences);
    this.#candidates = new Candidates(options.words);
  }

  /** What is remembered: objects, names, namespaces, people at work, reads that wait. */
  get size(): Record<'objects' | 'names' | 'namespaces' | 'people' | 'reads', number> {
    return { ...this.registry.size, people: this.#people.size, reads: this.#waiting.size };
  }

  /** Takes the next line; its number is given back with what is found of it. */
  push(request: Request, line: number): void {
    this.#clock = Math.max(this.#clock, request.micros);
    this.passed(0);
    const known = this.#found.get(request.auditID);
    const entry = this.#entries.get(request.auditID);
    if (entry) this.#hear(entry, request, line);
    else if (known) this.#given.push({ line, finding: known });
    else if (request.kind === 'person') this.#askPerson(request, line);
    else this.#askOthers(request, line);
  }

  /** Findings that were made since the last call, in the order in which they were made. */
  take(): { line: number; finding: Finding }[] {
    const given = this.#given;
    this.#given = [];
    return given;
  }

  /** Decides the reads that have waited for long enough where no request was received for so many microseconds. */
  passed(silent: number): void {
    this.#give(this.#people.settle(this.#clock + silent, this.#options.patience ?? 3_000_000));
  }

  /** Ends the log: what still waits is decided. */
  end(): void {
    this.#give(this.#people.settle(Number.POSITIVE_INFINITY, 0));
  }

  /** A further line of a person's request. */
  #hear(entry: Entry, request: Request, line: number): void {
    const until = Math.max(entry.request.until, request.until);
    // The command knows this very object.
    Object.assign(entry.request, request, { until });
    entry.member.line = line;
    if (entry.finding) this.#given.push({ line, finding: entry.finding });
    else entry.lines.push(line);
    this.#enter(entry);
  }

  /** What it would say of a line that has no place in the order; nothing is remembered of it. */
  alone(request: Request, line: number): Finding {
    const own: Finding = {
      cause: new Cause(request, { line, rank: this.#rank }),
      confidence: 1,
      reason: 'its own',
    };
    if (request.kind === 'person') return own;
    const finding = this.#choose({ request, note: this.registry.peek(request), registry: this.registry });
    return request.kind === 'robot' && !finding.cause ? own : finding;
  }

  #askPerson(request: Request, line: number): void {
    const { member, settled } = this.#people.add(request, line);
    const entry: Entry = { request, lines: [line], member, finding: null };
    this.#waiting.set(member, entry);
    if (request.stage === 'ResponseStarted') remember(this.#entries, request.auditID, entry);
    if (member.trigger) this.#causeOf(member);
    this.#enter(entry);
    this.#give(settled);
  }

  #askOthers(request: Request, line: number): void {
    const note = this.registry.objectOf(request);
    const finding = this.#choose({ request, note, registry: this.registry });
    if (request.kind === 'robot' && !finding.cause) {
      this.#askPerson(request, line);
      return;
    }
    this.registry.record(request, note, finding.cause);
    if (request.stage === 'ResponseStarted') remember(this.#found, request.auditID, finding);
    this.#given.push({ line, finding });
  }

  #choose(asked: Asked): Finding {
    const { choose, ask, take = ({ id }) => id === 'background', explain } = this.#options;
    const answer = ask?.(asked) ?? null;
    if (answer && take(answer, asked)) {
      const reason = explain?.(asked, answer.cause, answer) ?? whyOf(answer.id, asked.request.background);
      return { cause: answer.cause, confidence: 1, reason };
    }
    const rows = this.#candidates.find(asked, answer);
    const { whole } = this.registry;
    const found = choose({ request: asked.request, candidates: this.#candidates, rows, answer, whole });
    return explain ? { ...found, reason: explain(asked, found.cause, answer) } : found;
  }

  #causeOf(member: Member): Cause {
    if (!member.cause) {
      member.cause = new Cause(member.request, { line: member.line, rank: this.#rank++ });
      this.#options.onCause?.(member.cause);
    }
    return member.cause;
  }

  /** Enters what a person's request did. */
  #enter({ request, member }: Entry): void {
    const own = member.trigger === member ? member.cause : null;
    if (own) hearMore(own, request, member.line);
    this.registry.record(request, own ? this.registry.objectOf(request) : null, own);
  }

  #give(settled: readonly Member[]): void {
    for (const member of settled) {
      const entry = this.#waiting.get(member);
      if (!entry) continue;
      this.#waiting.delete(member);
      const own = member.trigger === member;
      const change = isCommand(entry.request) || isConnect(entry.request);
      entry.finding = {
        cause: this.#causeOf(member.trigger!),
        confidence: 1,
        reason: own ? (change ? 'its own action' : 'its own question') : 'of the same command',
      };
      for (const line of entry.lines) this.#given.push({ line, finding: entry.finding });
      entry.lines = [];
    }
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value);
  if (map.size > UNFINISHED) map.delete(map.keys().next().value!);
}
