import { numberText, timeText } from './dom.js';
import type { State } from './state.js';
import type { Store } from './store.js';
import { barsOf, drawBars, drawChoice, drawOpen, drawTicks, type Frame } from './timeline-drawing.js';

/** Pixels of one bar, of a handle, and of the least that is a choice. */
const BAR = 5;
const HANDLE = 7;
const LEAST = 4;

type Choose = (part: Partial<Pick<State, 'from' | 'to' | 'viewFrom' | 'viewTo'>>) => void;
type Drag = { kind: 'new' | 'from' | 'to' | 'move'; at: number; from: number; to: number; moved: boolean };

/**
 * The time line: how many contexts began when, what failed in another colour, with a part that is chosen by dragging or by keys, moved and
 * drawn longer, and looked at nearer.
 */
export class TimeLine {
  readonly #canvas: HTMLCanvasElement;
  readonly #moment: HTMLElement;
  readonly #store: Store;
  readonly #choose: Choose;
  /** First and last beginning: of all, and of all but background. */
  readonly #spans: Record<'all' | 'shown', [number, number]>;
  #rows: Uint32Array = new Uint32Array();
  #state: Pick<State, 'from' | 'to' | 'zone' | 'viewFrom' | 'viewTo' | 'background'>;
  #open = -1;
  #drag: Drag | null = null;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, moment: HTMLElement, store: Store, state: State, choose: Choose) {
    this.#canvas = canvas;
    this.#moment = moment;
    this.#store = store;
    this.#state = state;
    this.#choose = choose;
    this.#spans = { all: spanOf(store, true), shown: spanOf(store, false) };
    canvas.addEventListener('pointerdown', (event) => this.#down(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    canvas.addEventListener('pointerup', () => this.#up());
    canvas.addEventListener('pointercancel', () => this.#up());
    canvas.addEventListener('pointerleave', () => this.#say(null));
    canvas.addEventListener('dblclick', () => this.zoom(true));
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
    const [first, last] = this.#span;
    this.#canvas.setAttribute('aria-valuetext', text);
    this.#canvas.setAttribute(
      'aria-valuenow',
      String(from === null ? 0 : Math.round((100 * (from - first)) / (last - first))),
    );
    this.draw();
  }

  /** The context that is open, or −1: its time is marked. */
  opened(row: number): void {
    this.#open = row;
    this.draw();
  }

  /** Looks at the chosen part nearer, or at the whole again. */
  zoom(nearer: boolean): void {
    const { from, to } = this.#state;
    if (!nearer) this.#choose({ viewFrom: null, viewTo: null });
    else if (from !== null && to !== null && to > from) this.#choose({ viewFrom: from, viewTo: to });
  }

  /** What is looked at. */
  get #view(): [number, number] {
    const { viewFrom, viewTo } = this.#state;
    return viewFrom !== null && viewTo !== null && viewTo > viewFrom ? [viewFrom, viewTo] : this.#span;
  }

  get #span(): [number, number] {
    return this.#spans[this.#state.background ? 'all' : 'shown'];
  }

  draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    const context = canvas.getContext('2d');
    if (width === 0 || !context) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const style = getComputedStyle(canvas);
    const [first, last] = this.#view;
    const frame: Frame = {
      context,
      width,
      height,
      floor: height - 18,
      first,
      last,
      colour: (name) => style.getPropertyValue(name).trim(),
    };
    context.scale(ratio, ratio);
    const { numbers } = this.#store;
    drawBars(frame, barsOf(this.#store, this.#rows, frame, Math.max(1, Math.floor(width / BAR))));
    drawTicks(frame, this.#state.zone);
    const { from, to } = this.#state;
    if (from !== null && to !== null) drawChoice(frame, from, to);
    if (this.#open >= 0) {
      const start = numbers.from![this.#open]!;
      drawOpen(frame, start, start + numbers.took![this.#open]! * 1000);
    }
  }

  #x(micros: number): number {
    const [first, last] = this.#view;
    return ((micros - first) / (last - first)) * this.#canvas.clientWidth;
  }

  #time({ clientX }: MouseEvent): number {
    const { left, width } = this.#canvas.getBoundingClientRect();
    const [first, last] = this.#view;
    const share = Math.min(1, Math.max(0, (clientX - left) / width));
    return Math.round(first + share * (last - first));
  }

  /** What a press at a place takes hold of. */
  #holdAt(event: MouseEvent): Drag['kind'] {
    const { from, to } = this.#state;
    if (from === null || to === null) return 'new';
    const x = event.clientX - this.#canvas.getBoundingClientRect().left;
    const [left, right] = [this.#x(from), this.#x(to)];
    if (Math.abs(x - left) <= HANDLE) return 'from';
    if (Math.abs(x - right) <= HANDLE) return 'to';
    return x > left && x < right ? 'move' : 'new';
  }

  #down(event: PointerEvent): void {
    this.#canvas.setPointerCapture(event.pointerId);
    const at = this.#time(event);
    const { from, to } = this.#state;
    this.#drag = { kind: this.#holdAt(event), at, from: from ?? at, to: to ?? at, moved: false };
  }

  #move(event: PointerEvent): void {
    const now = this.#time(event);
    this.#say(event);
    const drag = this.#drag;
    if (!drag) {
      const hold = this.#holdAt(event);
      this.#canvas.style.cursor = { new: 'crosshair', from: 'ew-resize', to: 'ew-resize', move: 'grab' }[
        hold
      ];
      return;
    }
    if (!drag.moved && Math.abs(this.#x(now) - this.#x(drag.at)) < LEAST) return;
    drag.moved = true;
    const [first, last] = this.#span;
    const by = Math.max(first - drag.from, Math.min(last - drag.to, now - drag.at));
    const ends = {
      new: [drag.at, now],
      from: [now, drag.to],
      to: [drag.from, now],
      move: [drag.from + by, drag.to + by],
    }[drag.kind] as [number, number];
    this.#choose({ from: Math.min(...ends), to: Math.max(...ends) });
  }

  /** A press without a drag takes the choice back. */
  #up(): void {
    if (this.#drag && !this.#drag.moved && this.#drag.kind !== 'move') this.#choose({ from: null, to: null });
    this.#drag = null;
  }

  /** What is at the pointer, in words. */
  #say(event: MouseEvent | null): void {
    this.#moment.hidden = event === null;
    if (!event) return;
    const { width } = this.#canvas.getBoundingClientRect();
    const bars = Math.max(1, Math.floor(width / BAR));
    const [first, last] = this.#view;
    const bar = Math.min(bars - 1, Math.floor(((this.#time(event) - first) / (last - first)) * bars));
    const [all, bad] = barsOf(this.#store, this.#rows, { first, last }, bars);
    const time = timeText(first + (bar / bars) * (last - first), this.#state.zone, last - first > 864e8);
    const failed = bad[bar]! > 0 ? `, ${numberText(bad[bar]!)} not done` : '';
    this.#moment.textContent = `${time.slice(0, -4)} · ${numberText(all[bar]!)}${failed}`;
    const x = event.clientX - this.#canvas.getBoundingClientRect().left;
    this.#moment.style.left = `${Math.min(width - this.#moment.offsetWidth, Math.max(0, x + 10))}px`;
  }

  /** Left and right move the part, with Shift its end; Enter looks nearer, Escape takes it back. */
  #key(event: KeyboardEvent): void {
    const [first, last] = this.#view;
    const step = Math.max(1, Math.round((last - first) / 40));
    const { from, to, viewFrom } = this.#state;
    if (event.key === 'Escape' && from !== null) this.#choose({ from: null, to: null });
    else if (event.key === 'Escape' && viewFrom !== null) this.zoom(false);
    else if (event.key === 'Enter') this.zoom(true);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const by = event.key === 'ArrowLeft' ? -step : step;
      if (from === null || to === null) this.#choose({ from: first, to: first + 4 * step });
      else if (event.shiftKey) this.#choose({ from, to: Math.min(last, Math.max(from + step, to + by)) });
      else {
        const moved = Math.max(first - from, Math.min(last - to, by));
        this.#choose({ from: from + moved, to: to + moved });
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function spanOf({ numbers, size }: Store, background: boolean): [number, number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < size; row++) {
    if (!background && numbers.background![row] === 1) continue;
    const one = numbers.from![row]!;
    if (one < first) first = one;
    if (one > last) last = one;
  }
  if (!Number.isFinite(first)) return background ? [0, 1000] : spanOf({ numbers, size } as Store, true);
  return [first, Math.max(first + 1000, last)];
}
