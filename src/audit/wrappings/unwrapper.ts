import { isRecord, reasonOf, show } from '../event.js';
import { textsOf, valuesOf } from '../pieces.js';
import { Columns, type Taken } from './columns.js';
import { foreignText } from './foreign.js';
import { packedText } from './packed.js';
import { list } from './shippers.js';
import { WRAPPINGS } from './table.js';
import { TextParts } from './text-parts.js';
import type { Inner, Unwrapped } from './wrapping.js';

/** Wrappings that may lie in each other. */
const DEEPEST = 12;
/** Values of one line of which is asked whether they hold an event. */
const MOST_ASKED = 10_000;
/** A line of a container's log, as CRI runtimes write it: time, stream, and whether the rest of the text follows. */
const CRI = /^\d{4}-\d\d-\d\d[Tt][\d:.]+(?:[Zz]|[+-]\d\d:\d\d) (stdout|stderr) ([FP])(?::\S*)?(?: |$)/;
/** A name or a time in brackets before an object, as `kubectl logs --prefix` writes it, is no list. */
const BRACKETED = /^\[[^\]{}"[]{1,500}\][^{}"[\]]{0,500}\{/;
/** How an object begins that is one of JSON, and no labels. */
const [OBJECT, BEGUN] = [/^\{\s*"/, /\{\s*"/] as const;
/** What a text has that holds an event, or what is taken for one, or an event that is packed: to tell quickly which has none. */
const MAY_HOLD =
  /udit|Admission|eventSource|involvedObject|regarding|H4sI|(?:ey[A-Z]|ew[o0]|W3s|W1s|Wwo)[\w+/]{24}/;
/** Characters that may stand before an object, and objects that are tried. */
const [HEAD, TRIES] = [4096, 4] as const;

/** Finds the audit events in what tools wrap them in. One for each source, for parts of long lines are joined. */
export class Unwrapper {
  readonly #most: number;
  readonly #parts: TextParts;
  readonly #columns: Columns;
  #parsed: { text: string; value: unknown } | null = null;
  /** Values that may still be asked about for the line at hand. */
  #budget = 0;

  /**
   * @param most Characters a text may have that is joined from parts.
   * @param parts Those that an earlier file left. Default none.
   */
  constructor(most: number, parts: TextParts = new TextParts(most)) {
    this.#most = most;
    this.#parts = parts;
    this.#columns = new Columns(most);
  }

  /** What is in a line that is not JSON as a whole. */
  ofText(text: string): Unwrapped[] {
    this.#budget = MOST_ASKED;
    const taken = this.#columns.take(text);
    if (taken !== null) return this.#row(taken);
    return this.#text(text, 0, true);
  }

  /** What is in a value, or the value itself when it is no wrapping. */
  ofValue(value: unknown, text: string): Unwrapped[] {
    this.#budget = MAY_HOLD.test(text) ? MOST_ASKED : 0;
    const taken = typeof value === 'string' || this.#columns.isOpen ? this.#columns.take(text) : null;
    if (taken !== null) return this.#row(taken);
    return this.#value(value, 0, true, text);
  }

  /**
   * What is left of parts whose rest did not come.
   *
   * @param last Whether it cannot come in a later file.
   */
  end(last = true): Unwrapped[] {
    this.#budget = MOST_ASKED;
    const problem = this.#columns.end();
    const left = (last ? this.#parts.end() : []).flatMap((text) => this.#text(text, 1, false));
    return problem ? [...left, { problem }] : left;
  }

  /** Whether the next line goes on with a cell of a table, whatever it is. */
  get isInCell(): boolean {
    return this.#columns.isOpen;
  }

  #row(taken: Exclude<Taken, null>): Unwrapped[] {
    if (taken === 'taken') return [];
    return 'row' in taken ? this.#value(taken.row, 1, true) : [{ problem: taken }];
  }

  #text(text: string, depth: number, strict: boolean): Unwrapped[] {
    const bare = text.trim();
    const whole = /^[{["]/.test(bare) ? this.#parse(bare) : undefined;
    if (whole !== undefined && !(whole instanceof Error)) return this.#value(whole, depth, strict, bare);
    if (depth > 0 && bare.includes('\n')) {
      const texts = textsOf(bare, this.#most);
      if (texts.length > 1) return texts.flatMap((one) => this.#text(one, depth + 1, strict));
    }
    const foreign = strict ? foreignText(bare) : null;
    if (foreign !== null) return [foreign];
    if (/^[{[]/.test(bare) && !BRACKETED.test(bare)) {
      const { values, rest } = valuesOf(bare, this.#most);
      if (values.length === 0) return [notJson(whole)];
      const found = values.flatMap((one) => {
        const value = this.#parse(one);
        return value instanceof Error ? [notJson(value)] : this.#value(value, depth + 1, strict, one);
      });
      return rest === null ? found : [...found, notJson(this.#parse(rest))];
    }
    const packed = depth < DEEPEST ? packedText(bare) : null;
    if (packed !== null) return this.#inner(packed, depth, strict);
    const [head, stream, tag] = CRI.exec(bare) ?? [];
    if (head !== undefined && depth < DEEPEST)
      return this.#inner(
        { text: bare.slice(head.length), stream: stream!, partial: tag === 'P' },
        depth,
        false,
      );
    const behind = this.#behindHead(bare, depth);
    if (behind !== null) return behind.flatMap((one) => this.#text(one, depth + 1, strict));
    if (!strict)
      return [
        { skipped: bare === '' ? 'an empty line, in a wrapping' : 'a line of another log, in a wrapping' },
      ];
    return [notJson(this.#parse(bare))];
  }

  #value(value: unknown, depth: number, strict: boolean, text?: string): Unwrapped[] {
    if (isEvent(value)) return [text === undefined ? { event: value } : { event: value, text }];
    if (depth >= DEEPEST)
      return [{ problem: { expected: `at most ${DEEPEST} wrappings around an event`, got: 'more' } }];
    if (Array.isArray(value)) return value.flatMap((item) => this.#value(item, depth + 1, strict));
    if (typeof value === 'string' && (depth > 0 || /^\s*[{["]/.test(value)))
      return this.#text(value, depth + 1, strict);
    if (isRecord(value))
      for (const wrapping of WRAPPINGS) {
        const inside = wrapping.open(value, (inner) => this.#holds(inner, depth + 1));
        if (inside) return inside.flatMap((inner) => this.#inner(inner, depth, strict && wrapping === list));
      }
    return strict ? [{ event: value }] : [{ skipped: 'JSON that is no audit event, in a wrapping' }];
  }

  #inner(inner: Inner, depth: number, strict: boolean): Unwrapped[] {
    if ('value' in inner) return this.#value(inner.value, depth + 1, strict);
    if (!('text' in inner) || 'event' in inner) return [inner];
    const { text, stream, partial } = inner as Extract<Inner, { stream?: string }>;
    if (stream === undefined) return this.#text(text, depth + 1, strict);
    const parts = this.#parts;
    // A text that is whole by itself begins anew; what came before it was cut off.
    if (parts.has(stream) && this.#isWhole(text) && !this.#isWhole(parts.peek(stream) + text))
      return [...this.#text(parts.take(stream), depth + 1, false), ...this.#text(text, depth + 1, strict)];
    parts.add(stream, text);
    if (!(partial === true || (partial === 'unless whole' && parts.isOpen(stream)))) {
      const whole = parts.take(stream);
      // The last part may have nothing of what the first ones have.
      if (whole.length > text.length) this.#budget = MOST_ASKED;
      return this.#text(whole, depth + 1, strict);
    }
    if (parts.lengthOf(stream) <= this.#most)
      return parts.overflow().flatMap((left) => this.#text(left, depth + 1, false));
    parts.take(stream);
    return [{ problem: { expected: `a line of at most ${this.#most} bytes`, got: 'a longer one' } }];
  }

  #holds(inner: unknown, depth: number): boolean {
    if (depth >= DEEPEST || this.#budget-- <= 0) return false;
    if (typeof inner === 'string') return this.#textHolds(inner.trim(), depth + 1);
    if (isEvent(inner)) return true;
    if (Array.isArray(inner)) return inner.some((item) => this.#holds(item, depth + 1));
    return (
      isRecord(inner) &&
      WRAPPINGS.some((wrapping) => wrapping.open(inner, (next) => this.#holds(next, depth + 1)) !== null)
    );
  }

  #textHolds(bare: string, depth: number): boolean {
    if (!MAY_HOLD.test(bare)) return false;
    if (/^[{["]/.test(bare)) {
      const whole = this.#parse(bare);
      if (!(whole instanceof Error)) return this.#holds(whole, depth);
    }
    const packed = packedText(bare);
    if (packed !== null) return 'text' in packed && this.#holds(packed.text, depth);
    if (bare.includes('\n')) {
      const texts = textsOf(bare, this.#most);
      if (texts.length > 1) return texts.some((one) => this.#holds(one, depth));
    }
    const head = CRI.exec(bare)?.[0];
    if (head !== undefined) return this.#holds(bare.slice(head.length), depth);
    return this.#behindHead(bare, depth) !== null;
  }

  /**
   * The texts of the values behind a name, a time, labels or whatever a line begins with, where one of them holds an event. What
   * stands behind them belongs to the line as well, as an end of a list does, but for the beginning of a further object.
   */
  #behindHead(bare: string, depth: number): string[] | null {
    if (!MAY_HOLD.test(bare)) return null;
    let tries = TRIES;
    for (let at = bare.indexOf('{'); at >= 0 && at <= HEAD && tries > 0; at = bare.indexOf('{', at + 1)) {
      if (!OBJECT.test(bare.slice(at, at + 64))) continue;
      tries--;
      const text = bare.slice(at);
      const { values, rest } =
        this.#parse(text) instanceof Error ? valuesOf(text, this.#most) : { values: [text], rest: null };
      const objects = values.filter((one) => OBJECT.test(one));
      const found = objects.some((one) => {
        const value = this.#parse(one);
        return !(value instanceof Error) && this.#holds(value, depth);
      });
      if (!found) continue;
      const begun = rest?.search(BEGUN) ?? -1;
      return begun < 0 ? objects : [...objects, rest!.slice(begun)];
    }
    return null;
  }

  #isWhole(text: string): boolean {
    return /^\s*[{[]/.test(text) && !(this.#parse(text.trim()) instanceof Error);
  }

  /** The value of a text, or what is wrong; the last one is kept, for a text is asked about before it is opened. */
  #parse(text: string): unknown {
    if (this.#parsed?.text === text) return this.#parsed.value;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      value = error;
    }
    this.#parsed = { text, value };
    return value;
  }
}

/** Whether a value is an audit event, sound or not. */
export function isEvent(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const { auditID, kind, apiVersion } = value;
  return typeof auditID === 'string' || (kind === 'Event' && String(apiVersion).startsWith('audit.k8s.io/'));
}

function notJson(error: unknown): Unwrapped {
  const got = error instanceof Error ? reasonOf(error) : show(error);
  return { problem: { expected: 'a JSON object', got } };
}
