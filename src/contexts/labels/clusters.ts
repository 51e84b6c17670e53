import type { Label, ResourceTable } from '../../audit/labels.js';
import { ownLabel } from '../assemble.js';
import type { Attribution } from '../attribution.js';
import type { ContextLine } from '../line.js';
import { RecentMap } from '../recent-map.js';
import { METHODS, type Method, ownKeys, relatedKeys } from './methods.js';

/** A line and the label that a model gave it. */
export interface LabelledLine {
  line: ContextLine;
  label: Label;
  confidence: number | null;
}

interface Mark {
  trigger: number;
  micros: number;
}

/** What is known of one label: when its triggering events were, and the lines that no link has told apart. */
interface LabelState {
  triggers: Mark[];
  left: LabelledLine[];
  last: number;
}

/** How long a line waits for a triggering event that follows it, as a read does for the change that it prepares: 2 s. */
const AHEAD = 2_000_000;
/** How long lines that nothing tells apart wait for more of their label: one minute. */
const QUIET = 60_000_000;
/** Lines that wait, triggering events of a label, marks of a key, and keys, at most. */
const MOST = { waiting: 20_000, left: 5_000, triggers: 2_000, marks: 64, keys: 200_000 };

/**
 * Separates lines of one label into contexts by the paper's methods [K8NTEXT, §5.9].
 *
 * A request whose own action is the label, and that no controller sent, starts a context. The rest goes to the context of its label
 * that has its object, else one that has an object it refers to, else, in equal shares by time, to those around it; where shares are
 * not equal, to the last one before. What no triggering event of its label explains has a context of its own. Bounded.
 */
export class LabelClusters {
  readonly #table: ResourceTable;
  readonly #methods: readonly Method[];
  readonly #waiting: LabelledLine[] = [];
  readonly #keys = new RecentMap<Mark[]>(MOST.keys);
  readonly #labels = new Map<string, LabelState>();
  #clock = Number.NEGATIVE_INFINITY;
  #looked = Number.NEGATIVE_INFINITY;

  /** @param methods Which ways are taken. Default all. */
  constructor(table: ResourceTable, methods: readonly Method[] = METHODS) {
    this.#table = table;
    this.#methods = methods;
  }

  /** Takes a line in the order of time, and gives what is certain now. */
  push(item: LabelledLine): Attribution[] {
    const { line } = item;
    this.#clock = Math.max(this.#clock, line.micros);
    const out: Attribution[] = [];
    if (this.#starts(item)) out.push(this.#start(item));
    else this.#waiting.push(item);
    this.#settleBy(this.#clock, out);
    if (this.#clock - this.#looked > QUIET) {
      this.#looked = this.#clock;
      this.#shareBy(this.#clock, out);
    }
    return out;
  }

  /** Every request received up to a time has come: gives what is certain by that. */
  passed(until: number): Attribution[] {
    const out: Attribution[] = [];
    this.#settleBy(until, out);
    this.#shareBy(until, out);
    return out;
  }

  /** No more lines come. */
  end(): Attribution[] {
    const out = this.#waiting.splice(0).flatMap((item) => this.#settle(item));
    for (const state of this.#labels.values()) out.push(...this.#share(state));
    this.#labels.clear();
    return out;
  }

  /** Decides the lines that have waited for what follows them. */
  #settleBy(clock: number, out: Attribution[]): void {
    let settled = 0;
    while (
      settled < this.#waiting.length &&
      (this.#waiting[settled]!.line.micros + AHEAD < clock || this.#waiting.length - settled > MOST.waiting)
    )
      out.push(...this.#settle(this.#waiting[settled++]!));
    if (settled > 0) this.#waiting.splice(0, settled);
  }

  /** Shares out the lines of the labels that are quiet. */
  #shareBy(clock: number, out: Attribution[]): void {
    for (const [labelKey, state] of this.#labels)
      if (clock - state.last > QUIET) {
        out.push(...this.#share(state));
        this.#labels.delete(labelKey);
      }
  }

  /** Whether a line is the triggering event of its label: its own action, asked for by no controller or by the clock. */
  #starts({ line, label }: LabelledLine): boolean {
    const own = ownLabel(line, this.#table);
    if (own === null || keyOf(own) !== keyOf(label)) return false;
    return line.role !== 'system' || line.background !== null;
  }

  #start(item: LabelledLine): Attribution {
    const { line } = item;
    const background = line.background !== null;
    const mark = { trigger: line.line, micros: line.micros };
    if (!background) {
      const state = this.#state(item);
      state.triggers.push(mark);
      if (state.triggers.length > MOST.triggers) state.triggers.shift();
      this.#remember(item, mark);
    }
    return attribution(item, line.line, background ? line.background! : 'triggering event', background);
  }

  #settle(item: LabelledLine): Attribution[] {
    const { line, label } = item;
    const labelKey = keyOf(label);
    for (const method of ['object', 'related'] as const) {
      if (!this.#methods.includes(method)) continue;
      const mark = this.#find(labelKey, method === 'object' ? ownKeys(line) : relatedKeys(line), line);
      if (!mark) continue;
      this.#remember(item, { trigger: mark.trigger, micros: line.micros });
      this.#state(item);
      return [attribution(item, mark.trigger, method)];
    }
    if (!this.#methods.includes('uniform')) return [attribution(item, line.line, 'no link')];
    const state = this.#state(item);
    state.left.push(item);
    if (state.left.length <= MOST.left) return [];
    return this.#share(state);
  }

  /**
   * The mark of a key that a line comes of: the last one before it, else the first after. A person's read comes before the change that it
   * prepares, where one follows at once.
   */
  #find(labelKey: string, keys: readonly string[], { micros, role }: ContextLine): Mark | null {
    let before: Mark | null = null;
    let after: Mark | null = null;
    for (const key of keys)
      for (const mark of this.#keys.get(`${labelKey} ${key}`) ?? [])
        if (mark.micros <= micros) before = before && before.micros >= mark.micros ? before : mark;
        else after = after && after.micros <= mark.micros ? after : mark;
    if (role === 'person' && after && after.micros - micros <= AHEAD) return after;
    return before ?? after;
  }

  #remember({ line, label }: LabelledLine, mark: Mark): void {
    const labelKey = keyOf(label);
    for (const key of ownKeys(line)) {
      const known = this.#keys.get(`${labelKey} ${key}`) ?? [];
      if (known.at(-1)?.trigger === mark.trigger) continue;
      known.push(mark);
      if (known.length > MOST.marks) known.shift();
      this.#keys.set(`${labelKey} ${key}`, known);
    }
  }

  #state({ label, line }: LabelledLine): LabelState {
    const labelKey = keyOf(label);
    const state = this.#labels.get(labelKey) ?? { triggers: [], left: [], last: line.micros };
    this.#labels.set(labelKey, state);
    state.last = Math.max(state.last, line.micros);
    return state;
  }

  /** Shares out the lines of a label that no link told apart: of each kind the same number to each context, in the order of time. */
  #share({ triggers, left }: LabelState): Attribution[] {
    const items = left.splice(0);
    const kinds = new Map<string, LabelledLine[]>();
    for (const item of items) {
      const { event, resource, subresource, actor } = item.line;
      const kind = `${event.verb} ${resource}/${subresource} ${actor}`;
      const same = kinds.get(kind);
      if (same) same.push(item);
      else kinds.set(kind, [item]);
    }
    const ordered = [...triggers].sort((a, b) => a.micros - b.micros);
    const first = items[0]?.line.line;
    const out: Attribution[] = [];
    for (const same of kinds.values()) {
      const [from, to] = [same[0]!.line.micros - QUIET, same.at(-1)!.line.micros + AHEAD];
      const near = ordered.filter(({ micros }) => micros >= from && micros <= to);
      const equal = near.length > 0 && same.length % near.length === 0;
      same.forEach((item, i) => {
        const { micros } = item.line;
        const last = ordered.findLast((one) => one.micros <= micros) ?? ordered[0];
        const mark = equal ? near[Math.floor((i * near.length) / same.length)] : last;
        out.push(
          attribution(
            item,
            mark?.trigger ?? first!,
            mark ? (equal ? 'uniform' : 'last before') : 'no trigger',
          ),
        );
      });
    }
    return out.sort((a, b) => a.line.micros - b.line.micros || a.line.line - b.line.line);
  }
}

/** What stands for a label; a model may say one that no action has, and no number of ours. */
function keyOf(label: Label): string {
  return label.join('.');
}

function attribution(
  { line, label, confidence }: LabelledLine,
  trigger: number,
  reason: string,
  background = false,
): Attribution {
  return { line, trigger, cause: null, reason, confidence, background, label, decidedBy: 'labels' };
}
