import { timeText } from './dom.js';
import type { State } from './state.js';
import type { Store } from './store.js';

/** Pixels of one bar. */
const BAR = 6;

/** The time line: how many contexts began when, what failed in another colour, with a part that is chosen by dragging or by keys. */
export class TimeLine {
  readonly #canvas: HTMLCanvasElement;
  readonly #store: Store;
  readonly #choose: (from: number | null, to: number | null) => void;
  readonly #first: number;
  readonly #last: number;
  #rows: Uint32Array = new Uint32Array();
  #state: Pick<State, 'from' | 'to' | 'zone'> = { from: null, to: null, zone: 'UTC' };
  #drag: { at: number; moved: boolean } | null = null;

  constructor(
    canvas: HTMLCanvasElement,
    store: Store,
    choose: (from: number | null, to: number | null) => void,
  ) {
    this.#canvas = canvas;
    this.#store = store;
    this.#choose = choose;
    const from = store.numbers.from!;
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const one of from) {
      if (one < first) first = one;
      if (one > last) last = one;
    }
    this.#first = Number.isFinite(first) ? first : 0;
    this.#last = Math.max(this.#first + 1000, Number.isFinite(last) ? last : 1);
    canvas.addEventListener('pointerdown', (event) => this.#down(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    canvas.addEventListener('pointerup', () => this.#up());
    canvas.addEventListener('pointercancel', () => this.#up());
    canvas.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  show(rows: Uint32Array, state: State): void {
    this.#rows = rows;
    this.#state = state;
    const { from, to, zone } = state;
    const text =
      from === null || to === null
        ? 'all of the time'
        : `${timeText(from, zone, true)} to ${timeText(to, zone, true)}`;
    this.#canvas.setAttribute('aria-valuetext', text);
    this.draw();
  }

  draw(): void {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext('2d');
    if (!context) return;
    const style = getComputedStyle(canvas);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    context.scale(ratio, ratio);
    const bars = Math.max(1, Math.floor(width / BAR));
    const [all, bad] = this.#counts(bars);
    const highest = Math.max(1, ...all);
    const floor = height - 18;
    const each = width / bars;
    const tall = (count: number): number => (count === 0 ? 0 : Math.max(2, (count / highest) * (floor - 6)));
    for (let i = 0; i < bars; i++) {
      context.fillStyle = colour('--accent');
      context.fillRect(i * each, floor - tall(all[i]!), each - 1, tall(all[i]!));
      const share = (tall(all[i]!) * bad[i]!) / Math.max(1, all[i]!);
      context.fillStyle = colour('--leak');
      if (bad[i]! > 0) context.fillRect(i * each, floor - Math.max(2, share), each - 1, Math.max(2, share));
    }
    const { from, to, zone } = this.#state;
    if (from !== null && to !== null) {
      const [left, right] = [this.#x(from), this.#x(to)];
      context.fillStyle = colour('--paper');
      context.globalAlpha = 0.72;
      context.fillRect(0, 0, left, floor);
      context.fillRect(right, 0, width - right, floor);
      context.globalAlpha = 1;
      context.fillStyle = colour('--ink');
      context.fillRect(left - 1, 0, 2, floor);
      context.fillRect(right - 1, 0, 2, floor);
    }
    context.fillStyle = colour('--muted');
    context.font = '12px system-ui, sans-serif';
    const ticks = width > 600 ? 5 : 2;
    for (let i = 0; i < ticks; i++) {
      const share = i / (ticks - 1);
      context.textAlign = i === 0 ? 'left' : i === ticks - 1 ? 'right' : 'center';
      const text = timeText(
        this.#first + share * (this.#last - this.#first),
        zone,
        i === 0 || this.#last - this.#first > 864e8,
      );
      context.fillText(text.slice(0, -4), share * width, height - 4);
    }
  }

  #counts(bars: number): [Uint32Array, Uint32Array] {
    const all = new Uint32Array(bars);
    const bad = new Uint32Array(bars);
    const { numbers, texts } = this.#store;
    const from = numbers.from!;
    const { values, ids } = texts.outcome!;
    const isBad = values.map((value) => value === 'failed' || value === 'refused');
    const scale = bars / (this.#last - this.#first);
    for (const row of this.#rows) {
      const bar = Math.min(bars - 1, Math.max(0, Math.floor((from[row]! - this.#first) * scale)));
      all[bar]!++;
      if (isBad[ids[row]!]) bad[bar]!++;
    }
    return [all, bad];
  }

  #x(micros: number): number {
    return ((micros - this.#first) / (this.#last - this.#first)) * this.#canvas.clientWidth;
  }

  #time(event: PointerEvent): number {
    const { left, width } = this.#canvas.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    return Math.round(this.#first + share * (this.#last - this.#first));
  }

  #down(event: PointerEvent): void {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#drag = { at: this.#time(event), moved: false };
  }

  #move(event: PointerEvent): void {
    if (!this.#drag) return;
    const now = this.#time(event);
    if (!this.#drag.moved && Math.abs(this.#x(now) - this.#x(this.#drag.at)) < 4) return;
    this.#drag.moved = true;
    this.#choose(Math.min(now, this.#drag.at), Math.max(now, this.#drag.at));
  }

  /** A press without a drag takes the choice back. */
  #up(): void {
    if (this.#drag && !this.#drag.moved) this.#choose(null, null);
    this.#drag = null;
  }

  /** Left and right move the part, with Shift its end; Escape takes it back. */
  #key(event: KeyboardEvent): void {
    const span = this.#last - this.#first;
    const step = Math.round(span / 40);
    const { from, to } = this.#state;
    if (event.key === 'Escape' && from !== null) this.#choose(null, null);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const by = event.key === 'ArrowLeft' ? -step : step;
      if (from === null || to === null) this.#choose(this.#first, this.#first + 4 * step);
      else if (event.shiftKey) this.#choose(from, Math.min(this.#last, Math.max(from + step, to + by)));
      else {
        const moved = Math.max(this.#first - from, Math.min(this.#last - to, by));
        this.#choose(from + moved, to + moved);
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
