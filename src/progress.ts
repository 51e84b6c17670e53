import { printableText } from './errors.js';

/** Where progress is shown: a terminal that redraws one line, or a log that gets plain ones. */
export interface ProgressSink {
  isTTY?: boolean | undefined;
  /** How wide the terminal is; longer lines are cut there, since a wrapped one could not be redrawn. */
  columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** What is counted, as in `lines`. */
  unit: string;
  /** Total units; without it there is a rate but no time left. */
  total?: number;
  /** Default `process.stderr`. */
  sink?: ProgressSink;
  /** Milliseconds between two updates. Default 200 on a terminal, 10,000 else. */
  interval?: number;
  /** Milliseconds since some start. Default `performance.now`. */
  now?: () => number;
}

/**
 * Shows how far a long piece of work is, with its rate and the time left.
 *
 * @example
 * const progress = new Progress('reading', { unit: 'lines', total: 6310 });
 * progress.advance(100);
 * progress.done();
 */
export class Progress {
  readonly #label: string;
  readonly #options: ProgressOptions;
  readonly #sink: ProgressSink;
  readonly #now: () => number;
  readonly #start: number;
  #count = 0;
  #note = '';
  #last: number;

  constructor(label: string, options: ProgressOptions) {
    this.#label = label;
    this.#options = options;
    this.#sink = options.sink ?? process.stderr;
    this.#now = options.now ?? (() => performance.now());
    this.#start = this.#now();
    this.#last = this.#start;
  }

  /** Counts `units` more as done, with an optional note such as the loss. */
  advance(units: number, note = this.#note): void {
    this.#count += units;
    this.#note = note;
    const interval = this.#options.interval ?? (this.#sink.isTTY ? 200 : 10_000);
    if (this.#now() - this.#last >= interval) this.#show(false);
  }

  /** Shows the last state and ends the line. */
  done(note = this.#note): void {
    this.#note = note;
    if (this.#count > 0 || this.#options.total !== undefined) this.#show(true);
  }

  #show(last: boolean): void {
    this.#last = this.#now();
    const { unit, total } = this.#options;
    const seconds = (this.#last - this.#start) / 1000;
    const rate = seconds > 0 ? this.#count / seconds : 0;
    const parts = [
      total === undefined
        ? `${this.#count} ${unit}`
        : `${this.#count}/${total} ${unit} ${Math.floor((100 * this.#count) / Math.max(1, total))} %`,
      `${rate >= 100 ? Math.round(rate) : rate.toPrecision(2)} ${unit}/s`,
    ];
    if (last) parts.push(`in ${formatSeconds(seconds)}`);
    else if (total !== undefined && rate > 0) parts.push(formatLeft((total - this.#count) / rate));
    if (this.#note) parts.push(this.#note);
    const line = `${this.#label}: ${parts.join(' · ')}`;
    showLine(this.#sink, line, last);
  }
}

/**
 * Shows one line of progress: on a terminal in the place of the line before, else below it. What a terminal would act on is escaped.
 *
 * @param ends Whether the line stays, and the next one goes below it.
 */
export function showLine(sink: ProgressSink, line: string, ends: boolean): void {
  const safe = printableText(line).replaceAll('\n', '\\n');
  if (!sink.isTTY) sink.write(`${safe}\n`);
  else if (ends) sink.write(`\r\u001b[2K${safe}\n`);
  else sink.write(`\r\u001b[2K${sink.columns ? safe.slice(0, sink.columns - 1) : safe}`);
}

/**
 * The time left of something that still goes on, which is never none.
 *
 * @example formatLeft(0) // 'under 1 s left'
 */
export function formatLeft(seconds: number): string {
  return seconds < 1 ? 'under 1 s left' : `${formatSeconds(seconds)} left`;
}

/** @example formatSeconds(125) // '2 min 05 s' */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}
