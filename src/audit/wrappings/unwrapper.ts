import { isRecord, reasonOf, show } from '../event.js';
import { valuesOf } from '../pieces.js';
import { packedText } from './amazon.js';
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
/** What stands before an object: a node's name, a time, a stream, syslog's head. */
const PREFIX = /^[^{}"]{0,1024}?[\s:](?=\{)/;
const BRACKETED = /^\[[^\]{}"[]{1,500}\] +\{/;
const AUDITD = /^(node=\S+ )?type=\w+ msg=audit\(/;

/** Finds the audit events in what tools wrap them in. One for each source, for parts of long lines are joined. */
export class Unwrapper {
  readonly #most: number;
  readonly #parts: TextParts;
  #parsed: { text: string; value: unknown } | null = null;
  /** Values that may still be asked about for the line at hand. */
  #budget = 0;

  /** @param most Characters a text may have that is joined from parts. */
  constructor(most: number) {
    this.#most = most;
    this.#parts = new TextParts(most);
  }

  /** What is in a line that is not JSON as a whole. */
  ofText(text: string): Unwrapped[] {
    this.#budget = MOST_ASKED;
    return this.#text(text, 0, true);
  }

  /** What is in a value, or the value itself when it is no wrapping. */
  ofValue(value: unknown, text: string): Unwrapped[] {
    this.#budget = MOST_ASKED;
    return this.#value(value, 0, true, text);
  }

  /** What is left of parts whose rest did not come. */
  end(): Unwrapped[] {
    return this.#parts.end().flatMap((text) => this.#text(text, 1, false));
  }

  #text(text: string, depth: number, strict: boolean): Unwrapped[] {
    const bare = text.trim();
    // A name or a time in brackets before an object, as kubectl logs --prefix writes it, is no list.
    if (/^[{[]/.test(bare) && !BRACKETED.test(bare)) {
      const whole = this.#parse(bare);
      if (!(whole instanceof Error)) return this.#value(whole, depth, strict, bare);
      const { values, rest } = valuesOf(bare, this.#most);
      if (values.length === 0) return [notJson(whole)];
      const found = values.flatMap((one) => {
        const value = this.#parse(one);
        return value instanceof Error ? [notJson(value)] : this.#value(value, depth + 1, strict, one);
      });
      return rest === null ? found : [...found, notJson(this.#parse(rest) as Error)];
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
    const prefix = PREFIX.exec(bare)?.[0];
    const after = prefix === undefined ? null : this.#parse(bare.slice(prefix.length));
    if (after !== null && !(after instanceof Error) && this.#holds(after, depth))
      return this.#value(after, depth + 1, strict, bare.slice(prefix!.length));
    if (!strict)
      return [
        { skipped: bare === '' ? 'an empty line, in a wrapping' : 'a line of another log, in a wrapping' },
      ];
    if (AUDITD.test(bare))
      return [{ problem: { expected: 'an audit event of Kubernetes', got: 'a line of Linux auditd' } }];
    return [notJson(this.#parse(bare) as Error)];
  }

  #value(value: unknown, depth: number, strict: boolean, text?: string): Unwrapped[] {
    if (isEvent(value)) return [text === undefined ? { event: value } : { event: value, text }];
    if (depth >= DEEPEST)
      return [{ problem: { expected: `at most ${DEEPEST} wrappings around an event`, got: 'more' } }];
    if (Array.isArray(value)) return value.flatMap((item) => this.#value(item, depth + 1, strict));
    if (typeof value === 'string' && (depth > 0 || /^\s*[{[]/.test(value)))
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
    if (!(partial === true || (partial === 'unless whole' && parts.isOpen(stream))))
      return this.#text(parts.take(stream), depth + 1, strict);
    if (parts.lengthOf(stream) <= this.#most)
      return parts.overflow().flatMap((left) => this.#text(left, depth + 1, false));
    parts.take(stream);
    return [{ problem: { expected: `a line of at most ${this.#most} bytes`, got: 'a longer one' } }];
  }

  #holds(inner: unknown, depth: number): boolean {
    if (depth >= DEEPEST || this.#budget-- <= 0) return false;
    if (typeof inner === 'string') {
      const bare = inner.trim();
      const from = /^[{[]/.test(bare) ? 0 : (CRI.exec(bare)?.[0] ?? PREFIX.exec(bare)?.[0])?.length;
      const value = from === undefined ? null : this.#parse(bare.slice(from));
      return !(value instanceof Error) && this.#holds(value, depth + 1);
    }
    if (isEvent(inner)) return true;
    if (Array.isArray(inner)) return inner.some((item) => this.#holds(item, depth + 1));
    return (
      isRecord(inner) &&
      WRAPPINGS.some((wrapping) => wrapping.open(inner, (next) => this.#holds(next, depth + 1)) !== null)
    );
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
