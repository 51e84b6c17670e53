import { gatherWindows } from '../../windows/batches.js';
import { majorityVote } from '../../windows/vote.js';
import { likeliest, type Session } from './session.js';

export interface RowLabels {
  /** Label of each row as one number: Σ class · K^(L − 1 − part), shape [N]. */
  codes: number[];
  /** Confidence of each row, in [0, 1], shape [N]. */
  confidence: number[];
}

/** Windows that were predicted together. */
interface Group {
  /** First row of each window, shape [B]. */
  starts: number[];
  /** Shape [W, B, L, K]. */
  probabilities: Float32Array;
  /** Label codes, one window after another, shape [B, W]. */
  codes: Int32Array;
}

/**
 * Labels rows as they come, in order: predicts windows of W rows, S apart, and gives each row the label that most of its windows
 * give it (the earliest window's on a tie).
 *
 * A row's confidence is the probability that its windows give the voted label, all five parts together:
 *
 *     confidence = 1/n · Σ_windows Π_parts p(part of the voted label)
 *
 * The last window ends at the last row. Fewer than W rows make one shorter window.
 *
 * @example
 * const sequence = new LabelSequence(session, { stride: 15 });
 * const first = await sequence.push(matrix); // rows that no later window covers
 * const rest = await sequence.end();
 */
export class LabelSequence {
  readonly #session: Session;
  readonly #stride: number;
  readonly #batch: number;
  #matrix = new Float32Array(0);
  /** Row of the sequence that `#matrix` begins with. */
  #base = 0;
  /** First row of the next window. */
  #next = 0;
  /** Rows given so far. */
  #given = 0;
  #groups: Group[] = [];

  /**
   * @param options.stride S, rows between two window starts: from 1 (slowest) to W.
   * @param options.batch B, windows predicted at once. Default 32.
   */
  constructor(session: Session, { stride, batch = 32 }: { stride: number; batch?: number }) {
    this.#session = session;
    this.#stride = stride;
    this.#batch = batch;
  }

  /**
   * Takes rows of shape [N, F]; gives the labels of the rows that are settled, following on from those given before.
   *
   * @param least Windows worth a prediction: 1 gives every label that can be given now. Default B.
   */
  async push(rows: Float32Array, least = this.#batch): Promise<RowLabels> {
    const { features, window } = this.#session.model.config;
    const kept = this.#matrix.subarray((this.#open - this.#base) * features);
    const matrix = new Float32Array(kept.length + rows.length);
    matrix.set(kept);
    matrix.set(rows, kept.length);
    this.#base = this.#open;
    this.#matrix = matrix;
    const settled: RowLabels = { codes: [], confidence: [] };
    for (;;) {
      const ready = Math.floor((this.#base + this.#rows - window - this.#next) / this.#stride) + 1;
      if (ready < least) return settled;
      await this.#predict(this.#starts(Math.min(ready, this.#batch)), window);
      this.#settle(this.#open, settled);
    }
  }

  /** Gives the labels of all rows that are left; more rows may follow. */
  async end(): Promise<RowLabels> {
    const { window } = this.#session.model.config;
    const total = this.#base + this.#rows;
    const settled: RowLabels = { codes: [], confidence: [] };
    if (total === this.#given) return settled;
    if (total < window) await this.#predict([0], total);
    else {
      const ready = Math.max(0, Math.floor((total - window - this.#next) / this.#stride) + 1);
      const starts = this.#starts(ready);
      if (this.#next - this.#stride + window < total) starts.push(total - window);
      if (starts.length > 0) await this.#predict(starts, window);
    }
    this.#settle(total, settled);
    return settled;
  }

  get #rows(): number {
    return this.#matrix.length / this.#session.model.config.features;
  }

  /** First row that a later window may cover: the last window of all may start anywhere after the last one so far. */
  get #open(): number {
    return Math.max(0, this.#next - this.#stride + 1);
  }

  /** First rows of the next windows. */
  #starts(count: number): number[] {
    const starts = Array.from({ length: count }, (_, i) => this.#next + i * this.#stride);
    this.#next += count * this.#stride;
    return starts;
  }

  async #predict(starts: number[], window: number): Promise<void> {
    const { features, heads, classes } = this.#session.model.config;
    const batch = starts.length;
    const relative = Int32Array.from(starts, (start) => start - this.#base);
    const x = gatherWindows(this.#matrix, features, relative, window);
    const probabilities = await this.#session.probabilities(x, batch);
    const parts = likeliest(probabilities, classes);
    const codes = new Int32Array(batch * window);
    for (let t = 0; t < window; t++)
      for (let b = 0; b < batch; b++) {
        let code = 0;
        for (let part = 0; part < heads; part++)
          code = code * classes + parts[(t * batch + b) * heads + part]!;
        codes[b * window + t] = code;
      }
    this.#groups.push({ starts, probabilities, codes });
  }

  /** Votes on the rows from the last one given up to `end`, which no later window covers; of those that an early end has given, on none again. */
  #settle(end: number, into: RowLabels): void {
    if (end <= this.#given) return;
    const windows = this.#groups.flatMap((group) =>
      group.starts.map((start, b) => ({ start, b, group, size: group.codes.length / group.starts.length })),
    );
    const open = windows.filter(({ start, size }) => start + size > this.#given);
    const first = open[0]!.start;
    const { size } = open[0]!;
    const predictions = new Int32Array(open.length * size);
    open.forEach(({ b, group }, m) => {
      predictions.set(group.codes.subarray(b * size, (b + 1) * size), m * size);
    });
    const vote = majorityVote({
      starts: Int32Array.from(open, ({ start }) => start - first),
      size,
      predictions,
      rows: open.at(-1)!.start + size - first,
    });
    let covering = 0;
    vote.row.forEach((relative, i) => {
      const row = relative + first;
      if (row < this.#given || row >= end) return;
      while (open[covering]!.start + size <= row) covering++;
      const code = vote.code[i]!;
      let sum = 0;
      let count = 0;
      for (let m = covering; m < open.length && open[m]!.start <= row; m++, count++) {
        const { group, b, start } = open[m]!;
        sum += this.#probability(group, (row - start) * group.starts.length + b, code);
      }
      into.codes.push(code);
      into.confidence.push(sum / count);
    });
    this.#given = end;
    this.#groups = this.#groups.filter(({ starts }) => starts.at(-1)! + size > end);
  }

  /** Probability of a whole label: the product over its parts. */
  #probability({ probabilities }: Group, cell: number, code: number): number {
    const { heads, classes } = this.#session.model.config;
    let product = 1;
    for (let part = heads - 1, rest = code; part >= 0; part--, rest = Math.floor(rest / classes))
      product *= probabilities[(cell * heads + part) * classes + (rest % classes)]!;
    return product;
  }
}
