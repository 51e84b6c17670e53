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
/** Values of a column that are held together: it grows by so many, and never is copied. */
const CHUNK = 1 << 16;

/** Integers by place, `NONE` where none was put. */
class Integers {
  readonly #chunks: Int32Array[] = [];

  get(at: number): number {
    return this.#chunks[Math.floor(at / CHUNK)]?.[at % CHUNK] ?? NONE;
  }

  set(at: number, value: number): void {
    const place = Math.floor(at / CHUNK);
    while (this.#chunks.length <= place) this.#chunks.push(new Int32Array(CHUNK).fill(NONE));
    this.#chunks[place]![at % CHUNK] = value;
  }
}

/** What numbers say of a context. */
type Measures = Pick<ContextNote, 'lines' | 'from' | 'to' | 'confidence'>;
/** How many they are. */
const NUMBERS = 4;

/** Which line belongs to which context, in 16 bytes a line and 36 a context: contexts come when they close, lines are stored in order. */
export class Links {
  readonly #contexts = new Integers();
  readonly #causes = new Integers();
  readonly #reasons = new Integers();
  /** Of a triggering line, the place of what is known of its context. */
  readonly #notes = new Integers();
  readonly #numbers: Float64Array[] = [];
  /** What else is said of a context, which few texts say; JSON. */
  readonly #said = new Integers();
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
    this.#notes.set(trigger, place);
    this.#measure(place, {
      lines: lines.length + more,
      from: microsOf(context.from),
      to: microsOf(context.to),
      confidence: context.confidence,
    });
    this.#said.set(
      place,
      this.#sayings.idOf(JSON.stringify({ background, label, decidedBy, incident, continues })),
    );
    for (const [i, line] of lines.entries()) {
      this.#contexts.set(line, trigger);
      this.#causes.set(line, causes?.[i] ?? NONE);
      this.#reasons.set(line, this.#words.idOf(reasons?.[i] ?? ''));
    }
  }

  /** The triggering line of a line's context, or null. */
  contextOf(line: number): number | null {
    return known(this.#contexts.get(line));
  }

  causeOf(line: number): number | null {
    return known(this.#causes.get(line));
  }

  reasonOf(line: number): string | null {
    return this.#words.of(this.#reasons.get(line)) || null;
  }

  /** Of the context that a line triggers. */
  noteOf(trigger: number): ContextNote | undefined {
    const place = known(this.#notes.get(trigger));
    if (place === null) return undefined;
    return { ...this.#measured(place), ...this.#saying(this.#said.get(place)) };
  }

  #measure(place: number, { lines, from, to, confidence }: Measures): void {
    const at = (place * NUMBERS) % CHUNK;
    if (at === 0) this.#numbers.push(new Float64Array(CHUNK));
    this.#numbers.at(-1)!.set([lines, from, to, confidence ?? Number.NaN], at);
  }

  #measured(place: number): Measures {
    const at = (place * NUMBERS) % CHUNK;
    const [lines, from, to, confidence] = this.#numbers[Math.floor((place * NUMBERS) / CHUNK)]!.subarray(
      at,
      at + NUMBERS,
    );
    return {
      lines: lines!,
      from: from!,
      to: to!,
      confidence: Number.isNaN(confidence) ? null : confidence!,
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

const known = (value: number): number | null => (value === NONE ? null : value);
