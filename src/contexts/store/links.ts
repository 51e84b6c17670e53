import type { Label } from '../../audit/labels.js';
import { microsOf } from '../../audit/time.js';
import type { Context, DecidedBy } from '../context.js';

/** What a store keeps of a context beside its lines. Times are microseconds since 1970. */
export interface ContextNote {
  lines: number;
  from: number;
  to: number;
  confidence: number | null;
  background: boolean;
  label: Label | null;
  decidedBy: DecidedBy;
  incident?: string;
  continues?: string;
}

type Saying = Pick<ContextNote, 'background' | 'label' | 'decidedBy' | 'incident' | 'continues'>;

const NONE = -1;
/** Numbers held of a context, and their places. */
const NUMBERS = 4;
const [LINES, FROM, TO, CONFIDENCE] = [0, 1, 2, 3];

/** Which line belongs to which context, in 16 bytes a line and 40 a context: contexts come when they close, lines are stored in order. */
export class Links {
  #contexts = new Int32Array(1 << 12).fill(NONE);
  #causes = new Int32Array(1 << 12).fill(NONE);
  #reasons = new Uint32Array(1 << 12);
  /** Of a triggering line, the place of what is known of its context. */
  #notes = new Int32Array(1 << 12).fill(NONE);
  #numbers = new Float64Array(NUMBERS << 10);
  /** What else is said of a context, which few texts say; JSON. */
  #said = new Int32Array(1 << 10);
  readonly #words = new Words();
  readonly #sayings = new Words();
  readonly #read: Saying[] = [];
  #count = 0;

  /** How many contexts there are. */
  get contexts(): number {
    return this.#count;
  }

  add(context: Context): void {
    const { label, background, decidedBy, incident, continues, lines, causes, reasons, more = 0 } = context;
    const trigger = context.trigger.line;
    const place = this.#count++;
    this.#reach(Math.max(trigger, lines.at(-1) ?? 0));
    if (place >= this.#said.length) {
      this.#said = grown(this.#said, new Int32Array(place * 2), 0);
      this.#numbers = grown(this.#numbers, new Float64Array(place * 2 * NUMBERS), 0);
    }
    this.#notes[trigger] = place;
    const at = place * NUMBERS;
    this.#numbers[at + LINES!] = lines.length + more;
    this.#numbers[at + FROM!] = microsOf(context.from);
    this.#numbers[at + TO!] = microsOf(context.to);
    this.#numbers[at + CONFIDENCE!] = context.confidence ?? Number.NaN;
    this.#said[place] = this.#sayings.idOf(
      JSON.stringify({ background, label, decidedBy, incident, continues }),
    );
    for (const [i, line] of lines.entries()) {
      this.#contexts[line] = trigger;
      this.#causes[line] = causes?.[i] ?? NONE;
      this.#reasons[line] = this.#words.idOf(reasons?.[i] ?? '');
    }
  }

  /** The triggering line of a line's context, or null. */
  contextOf(line: number): number | null {
    return known(this.#contexts[line]);
  }

  causeOf(line: number): number | null {
    return known(this.#causes[line]);
  }

  reasonOf(line: number): string | null {
    return this.#words.of(this.#reasons[line] ?? 0) || null;
  }

  /** Of the context that a line triggers. */
  noteOf(trigger: number): ContextNote | undefined {
    const place = known(this.#notes[trigger]);
    if (place === null) return undefined;
    const [lines, from, to, confidence] = this.#numbers.subarray(place * NUMBERS, (place + 1) * NUMBERS);
    return {
      lines: lines!,
      from: from!,
      to: to!,
      confidence: Number.isNaN(confidence) ? null : confidence!,
      ...this.#saying(this.#said[place]!),
    };
  }

  /** Asked for line after line, so what was read is kept. */
  #saying(id: number): Saying {
    let saying = this.#read[id];
    if (saying === undefined) {
      saying = JSON.parse(this.#sayings.of(id)) as Saying;
      this.#read[id] = saying;
    }
    return saying;
  }

  #reach(line: number): void {
    if (line < this.#contexts.length) return;
    const length = Math.max(line + 1, this.#contexts.length * 2);
    this.#contexts = grown(this.#contexts, new Int32Array(length), NONE);
    this.#causes = grown(this.#causes, new Int32Array(length), NONE);
    this.#notes = grown(this.#notes, new Int32Array(length), NONE);
    this.#reasons = grown(this.#reasons, new Uint32Array(length), 0);
  }
}

/** Texts by number; 0 is the empty one. */
class Words {
  readonly #texts: string[] = [''];
  readonly #ids = new Map<string, number>([['', 0]]);

  idOf(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#texts.length;
      this.#ids.set(text, id);
      this.#texts.push(text);
    }
    return id;
  }

  of(id: number): string {
    return this.#texts[id] ?? '';
  }
}

const known = (value = NONE): number | null => (value === NONE ? null : value);

/** The longer array with the values of the other, and the rest filled. */
function grown<T extends Int32Array | Uint32Array | Float64Array>(old: T, longer: T, rest: number): T {
  longer.set(old);
  longer.fill(rest, old.length);
  return longer;
}
