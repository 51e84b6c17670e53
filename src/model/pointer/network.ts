import { randomStream } from '../../random.js';
import type { EngineState } from '../model.js';
import type { GroupedRows } from '../trees/boost.js';
import type { Weights } from '../weights.js';
import { WIDTH } from './columns.js';
import type { Learner } from './ranker.js';
import { MOST_WORDS } from './words.js';

/** How a network learns. */
export interface NetworkOptions {
  /** Units of the two hidden layers. Default 48, 24. */
  hidden?: [number, number];
  /** Numbers that stand for a word. Default 4. */
  embedding?: number;
  /** Greatest learning rate, reached at the start and gone at the end. Default 0.002. */
  rate?: number;
  /** Steps over all lines that are planned. Default 6. */
  epochs?: number;
  /** Lines a batch. Default 64. */
  batch?: number;
  /** Root seed of weights and order. */
  seed: number;
}

/** Tensors of a state: embeddings, weights and biases of the layers; and the steps and epochs so far. */
const TENSORS = ['words', 'w1', 'b1', 'w2', 'b2', 'w3'] as const;
const COUNTS = 'counts';

/** β₁, β₂ and ε of Adam [KINGMA2015]. */
const [B1, B2, EPSILON] = [0.9, 0.999, 1e-8];

/**
 * A small network in place of trees: words as learned vectors, numbers as log(1 + |x|) with a sign beside whether they are there, two hidden
 * layers of rectified units, one score a candidate; a softmax over the candidates of a line.
 *
 *     f(x) = w₃ · relu(W₂ relu(W₁ e(x) + b₁) + b₂) + b₃,   loss = −log softmax(f)_right
 *
 * What is absent costs nothing: of the columns of a candidate a tenth are there. One step is an epoch.
 */
export class Network implements Learner {
  readonly #groups: GroupedRows;
  readonly #options: Required<NetworkOptions>;
  /** First input of each column. */
  readonly #first: Int32Array;
  /** Embeddings, W₁ [inputs, H₁], b₁, W₂ [H₁, H₂], b₂, w₃ with b₃ behind. */
  readonly #weights: Float32Array[];
  readonly #gradients: Float32Array[];
  readonly #moments: { first: Float32Array[]; second: Float32Array[] };
  #steps = 0;
  #epoch = 0;

  constructor(groups: GroupedRows, options: NetworkOptions) {
    const { hidden = [48, 24], embedding = 4, rate = 0.002, epochs = 6, batch = 64, seed } = options;
    this.#groups = groups;
    this.#options = { hidden, embedding, rate, epochs, batch, seed };
    this.#first = new Int32Array(WIDTH);
    let inputs = 0;
    groups.kinds.forEach((kind, f) => {
      this.#first[f] = inputs;
      inputs += kind === 'word' ? embedding : 2;
    });
    const [h1, h2] = hidden;
    const random = randomStream(seed, 'network');
    const drawn = (length: number, scale: number): Float32Array =>
      Float32Array.from({ length }, () => scale * (2 * random.next() - 1));
    this.#weights = [
      drawn(WIDTH * (MOST_WORDS + 1) * embedding, 0.5),
      ...[drawn(inputs * h1, Math.sqrt(6 / 40)), new Float32Array(h1)],
      ...[drawn(h1 * h2, Math.sqrt(6 / h1)), new Float32Array(h2)],
      drawn(h2 + 1, Math.sqrt(3 / h2)),
    ];
    const zeros = () => this.#weights.map((own) => new Float32Array(own.length));
    this.#gradients = zeros();
    this.#moments = { first: zeros(), second: zeros() };
  }

  /** Trainable numbers. */
  get parameters(): number {
    return this.#weights.reduce((sum, { length }) => sum + length, 0);
  }

  score(rows: Float32Array, count: number, out: Float64Array): void {
    const state = this.#state();
    for (let k = 0; k < count; k++) out[k] = this.#forward(rows, k * WIDTH, state);
  }

  /** @param rate Greatest learning rate. Default: as in the options. */
  step(rate = this.#options.rate): number {
    const { starts, right, rows } = this.#groups;
    const { batch, seed, epochs } = this.#options;
    const order = randomStream(seed, `network/epoch-${this.#epoch++}`).permutation(right.length);
    const total = epochs * Math.ceil(order.length / batch);
    let loss = 0;
    for (let from = 0; from < order.length; from += batch) {
      const own = order.subarray(from, from + batch);
      for (const group of own) {
        const [first, last] = [starts[group]!, starts[group + 1]!];
        const states = Array.from({ length: last - first }, () => this.#state());
        const scores = states.map((state, k) => this.#forward(rows, (first + k) * WIDTH, state));
        const most = Math.max(...scores);
        const sum = scores.reduce((all, score) => all + Math.exp(score - most), 0);
        loss -= scores[right[group]! - first]! - most - Math.log(sum);
        states.forEach((state, k) => {
          const error = Math.exp(scores[k]! - most) / sum - (first + k === right[group] ? 1 : 0);
          if (Math.abs(error) > 1e-4) this.#backward(error / own.length, state);
        });
      }
      this.#update(rate * Math.max(0.02, 1 - this.#steps / total));
    }
    return loss / Math.max(1, order.length);
  }

  /** Everything that a later process needs to go on. */
  state(): EngineState {
    const named = (tensors: readonly Float32Array[]): Weights =>
      Object.fromEntries(
        TENSORS.map((name, i) => [name, { shape: [tensors[i]!.length], data: tensors[i]!.slice() }]),
      );
    const counts = { shape: [2], data: Float32Array.of(this.#steps, this.#epoch) };
    return {
      weights: { ...named(this.#weights), [COUNTS]: counts },
      first: named(this.#moments.first),
      second: named(this.#moments.second),
    };
  }

  /** Goes on from a state; from weights alone, what Adam remembers stays. */
  assign({ weights, first, second }: Pick<EngineState, 'weights'> & Partial<EngineState>): void {
    const set = (into: readonly Float32Array[], from: Weights | undefined): void =>
      TENSORS.forEach((name, i) => {
        const data = from?.[name]?.data;
        if (data) into[i]!.set(data);
      });
    set(this.#weights, weights);
    set(this.#moments.first, first);
    set(this.#moments.second, second);
    const counts = weights[COUNTS]?.data;
    if (counts) [this.#steps, this.#epoch] = [counts[0]!, counts[1]!];
  }

  #state(): State {
    const [h1, h2] = this.#options.hidden;
    return { inputs: [], values: [], sources: [], one: new Float32Array(h1), two: new Float32Array(h2) };
  }

  /** The inputs of a row that are not zero. */
  #read(rows: Float32Array, base: number, { inputs, values, sources }: State): void {
    const { kinds } = this.#groups;
    const { embedding } = this.#options;
    const table = this.#weights[0]!;
    for (let f = 0; f < WIDTH; f++) {
      const value = rows[base + f]!;
      const first = this.#first[f]!;
      if (kinds[f] === 'word') {
        const word = (f * (MOST_WORDS + 1) + (Number.isNaN(value) ? MOST_WORDS : value)) * embedding;
        for (let e = 0; e < embedding; e++) {
          inputs.push(first + e);
          values.push(table[word + e]!);
          sources.push(word + e);
        }
      } else if (!Number.isNaN(value)) {
        inputs.push(first, first + 1);
        values.push((Math.sign(value) * Math.log1p(Math.abs(value))) / 4, 1);
        sources.push(-1, -1);
      }
    }
  }

  #forward(rows: Float32Array, base: number, state: State): number {
    const [h1, h2] = this.#options.hidden;
    const [, W1, b1, W2, b2, w3] = this.#weights as [
      ...[Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array],
    ];
    state.inputs.length = state.values.length = state.sources.length = 0;
    this.#read(rows, base, state);
    const { inputs, values, one, two } = state;
    one.set(b1);
    for (let i = 0; i < inputs.length; i++) {
      const [at, value] = [inputs[i]! * h1, values[i]!];
      for (let h = 0; h < h1; h++) one[h]! += value * W1[at + h]!;
    }
    two.set(b2);
    for (let h = 0; h < h1; h++) {
      if (one[h]! <= 0) one[h] = 0;
      else for (let j = 0; j < h2; j++) two[j]! += one[h]! * W2[h * h2 + j]!;
    }
    let score = w3[h2]!;
    for (let j = 0; j < h2; j++) {
      if (two[j]! <= 0) two[j] = 0;
      else score += two[j]! * w3[j]!;
    }
    return score;
  }

  #backward(error: number, { inputs, values, sources, one, two }: State): void {
    const [h1, h2] = this.#options.hidden;
    const [, W1, , W2, , w3] = this.#weights;
    const [gE, gW1, gb1, gW2, gb2, gw3] = this.#gradients;
    const back = new Float32Array(h1);
    gw3![h2]! += error;
    for (let j = 0; j < h2; j++) {
      if (two[j] === 0) continue;
      gw3![j]! += error * two[j]!;
      const own = error * w3![j]!;
      gb2![j]! += own;
      for (let h = 0; h < h1; h++) {
        if (one[h] === 0) continue;
        gW2![h * h2 + j]! += own * one[h]!;
        back[h]! += own * W2![h * h2 + j]!;
      }
    }
    for (let h = 0; h < h1; h++) gb1![h]! += back[h]!;
    for (let i = 0; i < inputs.length; i++) {
      const [at, value, source] = [inputs[i]! * h1, values[i]!, sources[i]!];
      let own = 0;
      for (let h = 0; h < h1; h++) {
        gW1![at + h]! += back[h]! * value;
        own += back[h]! * W1![at + h]!;
      }
      if (source >= 0) gE![source]! += own;
    }
  }

  #update(rate: number): void {
    this.#steps++;
    const [c1, c2] = [1 - B1 ** this.#steps, 1 - B2 ** this.#steps];
    this.#weights.forEach((own, w) => {
      const [g, m, v] = [this.#gradients[w]!, this.#moments.first[w]!, this.#moments.second[w]!];
      for (let i = 0; i < own.length; i++) {
        m[i] = B1 * m[i]! + (1 - B1) * g[i]!;
        v[i] = B2 * v[i]! + (1 - B2) * g[i]! * g[i]!;
        own[i]! -= (rate * (m[i]! / c1)) / (Math.sqrt(v[i]! / c2) + EPSILON);
      }
      g.fill(0);
    });
  }
}

/** What a row came to on its way, for the way back. */
interface State {
  inputs: number[];
  values: number[];
  /** Where in the embeddings a value stands; −1: it is no word's. */
  sources: number[];
  one: Float32Array;
  two: Float32Array;
}
