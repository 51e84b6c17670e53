import { timeText } from './dom.js';
import type { State } from './state.js';
import type { Store } from './store.js';

/** Where the time line is drawn. */
export interface Frame {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
  /** Where bars stand, from above. */
  floor: number;
  /** Microseconds at both ends. */
  first: number;
  last: number;
  /** Colours of the style sheet. */
  colour: (name: string) => string;
}

/** How many contexts begin within each bar, and how many of them were refused or failed. */
export function barsOf(
  { numbers, texts }: Store,
  rows: Uint32Array,
  { first, last }: Pick<Frame, 'first' | 'last'>,
  bars: number,
): [Uint32Array, Uint32Array] {
  const all = new Uint32Array(bars);
  const bad = new Uint32Array(bars);
  const from = numbers.from!;
  const { values, ids } = texts.outcome!;
  const isBad = values.map((value) => value === 'failed' || value === 'refused');
  const scale = bars / (last - first);
  for (const row of rows) {
    const time = from[row]!;
    if (time < first || time > last) continue;
    const bar = Math.min(bars - 1, Math.floor((time - first) * scale));
    all[bar]!++;
    if (isBad[ids[row]!]) bad[bar]!++;
  }
  return [all, bad];
}

export function drawBars(
  { context, width, floor, colour }: Frame,
  [all, bad]: [Uint32Array, Uint32Array],
): void {
  const highest = all.reduce((most, count) => Math.max(most, count), 1);
  const each = width / all.length;
  // By the root, so that single contexts are seen beside thousands.
  const tall = (count: number): number =>
    count === 0 ? 0 : Math.max(3, Math.sqrt(count / highest) * (floor - 8));
  context.fillStyle = colour('--grid');
  context.fillRect(0, floor, width, 1);
  for (let i = 0; i < all.length; i++) {
    if (all[i] === 0) continue;
    const height = tall(all[i]!);
    context.fillStyle = colour('--bar');
    context.fillRect(i * each, floor - height, each - 1, height);
    if (bad[i] === 0) continue;
    const share = Math.max(3, (height * bad[i]!) / all[i]!);
    context.fillStyle = colour('--leak');
    context.fillRect(i * each, floor - share, each - 1, share);
  }
}

/** The chosen part, with what is not chosen faint, and a handle at both ends. */
export function drawChoice(frame: Frame, from: number, to: number): void {
  const { context, width, floor, colour } = frame;
  const [left, right] = [placeOf(frame, from), placeOf(frame, to)];
  context.fillStyle = colour('--surface');
  context.globalAlpha = 0.78;
  context.fillRect(0, 0, Math.max(0, left), floor + 1);
  context.fillRect(right, 0, Math.max(0, width - right), floor + 1);
  context.globalAlpha = 0.1;
  context.fillStyle = colour('--accent');
  context.fillRect(left, 0, right - left, floor);
  context.globalAlpha = 1;
  for (const x of [left, right]) {
    context.fillRect(x - 1, 0, 2, floor);
    context.beginPath();
    context.roundRect(x - 4, floor / 2 - 10, 8, 20, 3);
    context.fill();
  }
}

/** The time of the open context, above the bars. */
export function drawOpen(frame: Frame, from: number, to: number): void {
  const { context, colour, floor } = frame;
  const left = placeOf(frame, from);
  context.fillStyle = colour('--ink');
  context.fillRect(left, 0, Math.max(2, placeOf(frame, to) - left), 3);
  context.globalAlpha = 0.45;
  context.fillRect(left, 0, 1, floor);
  context.globalAlpha = 1;
}

/** Steps between ticks, in seconds. */
const STEPS = [
  ...[
    0.001, 0.01, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
  ],
  ...[86_400, 172_800, 604_800, 2_592_000, 31_536_000],
];

/** Round times below the bars. */
export function drawTicks(frame: Frame, zone: State['zone']): void {
  const { context, width, height, floor, first, last, colour } = frame;
  const seconds = (last - first) / 1e6;
  const most = Math.max(2, Math.floor(width / 95));
  const step = STEPS.find((one) => seconds / one <= most) ?? seconds / most;
  const shift = zone === 'UTC' ? 0 : new Date(first / 1000).getTimezoneOffset() * 60;
  context.font = '11.5px system-ui, sans-serif';
  context.fillStyle = colour('--muted');
  context.textBaseline = 'alphabetic';
  // From the whole step at or before the beginning.
  const begin = Math.ceil((first / 1e6 - shift) / step) * step + shift;
  let day = '';
  let free = 0;
  for (let time = begin; time <= last / 1e6; time += step) {
    const x = placeOf(frame, time * 1e6);
    const text = timeText(time * 1e6, zone, true);
    const own = text.slice(0, 10);
    const clock = step < 1 ? text.slice(11) : text.slice(11, 19);
    const label = step >= 86_400 ? own : own === day ? clock : `${own} ${clock}`;
    const wide = context.measureText(label).width;
    context.fillRect(x, floor, 1, 4);
    const left = Math.max(0, Math.min(width - wide, x + 3));
    if (left < free) continue;
    day = own;
    free = left + wide + 10;
    context.fillText(label, left, height - 3);
  }
}

const placeOf = ({ first, last, width }: Frame, micros: number): number =>
  ((micros - first) / (last - first)) * width;
