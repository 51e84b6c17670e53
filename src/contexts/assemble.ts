import type { AuditEvent } from '../audit/event.js';
import { type Label, labelOf, type ResourceTable } from '../audit/labels.js';
import { MismatchError } from '../errors.js';
import type { Attribution } from './attribution.js';
import {
  type Context,
  contextId,
  type DecidedBy,
  microsText,
  type Outcome,
  type Trigger,
  triggerOf,
} from './context.js';
import { flat } from './flat.js';
import type { ContextLine } from './line.js';
import { RecentMap } from './recent-map.js';

export interface AssembleOptions {
  /** Resources and verbs by id, for labels of triggering events. */
  table: ResourceTable;
  /** Microseconds of the log without a line after which a context is closed. Default one hour. */
  idle?: number;
  /** Contexts open at once; beyond, the one without a line for longest is closed. Default 50,000. */
  mostOpen?: number;
  /** Lines listed of one context; more are counted. Default 100,000. */
  mostLines?: number;
  /** Whether contexts are given as soon as they are closed, as somebody waits for them. Default false: now and then. */
  live?: boolean;
  /** Told of each line, from 0, and of the line that came first of its context, which no other context has. */
  assigned?: (line: number, context: number, event: AuditEvent) => void;
}

/** What is told of a triggering line: it may wait for an hour, and no more is kept of it. */
interface Head {
  trigger: Trigger;
  own: Label | null;
  text: string;
  actor: string;
  via: string | undefined;
  outcome: Outcome;
}

interface Open {
  /** What its lines have in common: the line that triggered them. That one may come later than they, or be of a part that is closed. */
  trigger: number;
  /** The line that came first. */
  first: number;
  continues: number | null;
  /** Of its triggering line; of its first one, until that comes. */
  head: Head;
  label: Label | undefined;
  incident: string | undefined;
  /** A line, its cause and its reason, one line after the other: three lists would have room for 17 each. */
  told: (number | string | null)[];
  more: number;
  from: number;
  to: number;
  /** The clock when its last line came. */
  last: number;
  confidence: number | null;
  background: boolean;
  decidedBy: DecidedBy;
}

/** Things told of a line. */
const TOLD = 3;
/** Lines between two looks for contexts to give, where nobody waits for them. */
const EVERY = 512;
/** Closed contexts remembered, so that what comes late is told to go on. */
const MOST_CLOSED = 100_000;

/**
 * Gathers attributed lines into contexts, in bounded memory: a context is closed after an hour of the log without a line. A line that comes
 * later still opens another, which says what it continues. A background request is closed at once.
 *
 * A context is named by one of its own lines: the triggering one, or the first where that is of another part. So no two have one name.
 */
export class Assembler {
  readonly #options: Required<Omit<AssembleOptions, 'assigned'>> & Pick<AssembleOptions, 'assigned'>;
  /** By trigger, in order of their last lines. */
  readonly #open = new Map<number, Open>();
  /** By trigger the number of the context that was closed: that which has the triggering line, where there is one. */
  readonly #closed = new RecentMap<number, number>(MOST_CLOSED);
  #clock = Number.NEGATIVE_INFINITY;
  #pushed = 0;

  constructor(options: AssembleOptions) {
    this.#options = { idle: 3_600_000_000, mostOpen: 50_000, mostLines: 100_000, live: false, ...options };
  }

  /** Takes an attributed line, and gives the contexts that are closed by now. */
  push(attribution: Attribution): Context[] {
    const { line, trigger } = attribution;
    const closed: Context[] = [];
    this.#clock = Math.max(this.#clock, line.micros);
    const open = this.#find(attribution, closed);
    this.#add(open, attribution);
    this.#options.assigned?.(line.line, open.first, line.event);
    const { live, mostOpen } = this.#options;
    const alone = attribution.background && trigger === line.line;
    if (alone) closed.push(this.#close(open));
    if (live || (!alone && ++this.#pushed % EVERY === 0) || this.#open.size > mostOpen)
      this.#closeOld(this.#clock, closed);
    return closed;
  }

  /** Every line up to a time has come: gives the contexts that are closed by that. */
  passed(until: number): Context[] {
    const closed: Context[] = [];
    this.#closeOld(until, closed);
    return closed;
  }

  /** Closes what is open, in order of the first lines. */
  *end(): Generator<Context> {
    const rest = [...this.#open.values()].sort((a, b) => b.from - a.from || b.trigger - a.trigger);
    for (let open = rest.pop(); open; open = rest.pop()) yield this.#close(open);
  }

  /** @param closed Gets what was without a line for too long, so that it does not matter who looks when. */
  #find(attribution: Attribution, closed: Context[]): Open {
    const { trigger } = attribution;
    const open = this.#open.get(trigger);
    if (open && open.last + this.#options.idle >= this.#clock) return open;
    if (open) closed.push(this.#close(open));
    return this.#begin(attribution, this.#closed.get(trigger) ?? null);
  }

  #begin({ line: first, trigger, decidedBy }: Attribution, continues: number | null): Open {
    const open: Open = {
      trigger,
      first: first.line,
      continues,
      head: headOf(first, this.#options.table),
      label: undefined,
      incident: undefined,
      told: [],
      more: 0,
      from: Number.POSITIVE_INFINITY,
      to: Number.NEGATIVE_INFINITY,
      last: this.#clock,
      confidence: null,
      background: true,
      decidedBy,
    };
    this.#open.set(trigger, open);
    return open;
  }

  #add(open: Open, { line, cause, reason, confidence, background, label, incident }: Attribution): void {
    if (line.line === open.trigger) {
      if (open.head.trigger.line !== line.line) open.head = headOf(line, this.#options.table);
      open.incident = incident;
    }
    if (label) open.label ??= label;
    if (open.told.length < TOLD * this.#options.mostLines) open.told.push(line.line, cause, flat(reason));
    else open.more++;
    open.from = Math.min(open.from, line.micros);
    open.to = Math.max(open.to, line.until);
    open.last = this.#clock;
    if (confidence !== null) open.confidence = Math.min(open.confidence ?? 1, confidence);
    open.background &&= background;
    this.#open.delete(open.trigger);
    this.#open.set(open.trigger, open);
  }

  #closeOld(clock: number, closed: Context[]): void {
    const { idle, mostOpen } = this.#options;
    for (const open of this.#open.values()) {
      if (open.last + idle >= clock && this.#open.size <= mostOpen) break;
      closed.push(this.#close(open));
    }
  }

  #close(open: Open): Context {
    this.#open.delete(open.trigger);
    const { decidedBy, told } = open;
    const { trigger, own, text, actor, via, outcome } = open.head;
    if (!open.background && (trigger.line === open.trigger || this.#closed.get(open.trigger) === undefined))
      this.#closed.set(open.trigger, trigger.line);
    const order: number[] = [];
    for (let at = 0; at < told.length; at += TOLD) order.push(at);
    order.sort((a, b) => (told[a] as number) - (told[b] as number));
    return {
      context: contextId(trigger.line),
      label: open.label ?? own,
      text,
      actor,
      ...(via === undefined ? {} : { via }),
      outcome,
      from: microsText(open.from),
      to: microsText(open.to),
      milliseconds: Math.round((open.to - open.from) / 1000),
      trigger,
      lines: order.map((at) => told[at] as number),
      ...(decidedBy === 'labels' ? {} : { causes: order.map((at) => told[at + 1] as number | null) }),
      reasons: order.map((at) => told[at + 2] as string),
      ...(open.more > 0 ? { more: open.more } : {}),
      confidence: open.confidence,
      background: open.background,
      ...(open.incident === undefined ? {} : { incident: open.incident }),
      ...(open.continues === null ? {} : { continues: contextId(open.continues) }),
      decidedBy,
    };
  }
}

function headOf(line: ContextLine, table: ResourceTable): Head {
  const { event, actor } = line;
  const carrier = event.user.username;
  return {
    trigger: triggerOf(event, line.line),
    own: ownLabel(line, table),
    text: flat(line.text),
    actor,
    via: event.impersonatedUser && carrier !== actor ? carrier : undefined,
    outcome: line.outcome,
  };
}

/** The label of an event's own action, or null when the table has none. */
export function ownLabel({ event }: Pick<ContextLine, 'event'>, table: ResourceTable): Label | null {
  try {
    return labelOf(event, table);
  } catch (error) {
    if (error instanceof MismatchError) return null;
    throw error;
  }
}
