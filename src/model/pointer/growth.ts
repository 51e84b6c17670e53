import type { EngineState } from '../model.js';
import { Boosting } from '../trees/boost.js';
import { type Forest, forestOf, forestTensors, joinForests } from '../trees/forest.js';
import type { PointerTraining } from './captured.js';
import { COLUMNS, WIDTH } from './columns.js';
import { Network } from './network.js';
import { type Ranker, UNLEARNED } from './ranker.js';
import { boostOptions, teach } from './teach.js';

/** What an engine trains: a ranker that is better after each step. */
export interface Growth {
  /** What ranks now. */
  readonly ranker: Forest | Ranker;
  /** Trainable numbers; 0 where there is no such count. */
  readonly parameters: number;
  /** @returns The mean loss. */
  step(rate: number): number;
  state(): EngineState;
  assign(state: Pick<EngineState, 'weights'> & Partial<EngineState>): void;
  /** Forgets what it learns from, not what it has learned. */
  dispose(): void;
}

/** What is trained under the settings of a model. */
export function growthOf(of: PointerTraining, known: Forest | null): Growth {
  const { learner } = of.settings;
  if (learner === 'trees') return new GrowingTrees(of, known ?? joinForests([]));
  return learner === 'network' ? new GrowingNetwork(of) : resting(UNLEARNED[learner]);
}

class GrowingTrees implements Growth {
  readonly parameters = 0;
  readonly #of: PointerTraining;
  #boosting: Boosting | null = null;
  ranker: Forest;

  constructor(of: PointerTraining, known: Forest) {
    this.#of = of;
    this.ranker = known;
  }

  step(rate: number): number {
    if (!this.#boosting) {
      this.#boosting = new Boosting(teach(this.#of), boostOptions(this.#of));
      this.#boosting.assign(forestTensors(this.ranker));
    }
    const loss = this.#boosting.step(rate);
    this.ranker = this.#boosting.forest;
    return loss;
  }

  state(): EngineState {
    return { weights: forestTensors(this.ranker), first: {}, second: {} };
  }

  assign({ weights }: Pick<EngineState, 'weights'>): void {
    this.ranker = forestOf(weights, WIDTH);
    this.#boosting = null;
  }

  dispose(): void {
    this.#boosting = null;
  }
}

/** Nothing to learn from: a network that only ranks. */
const NOTHING = {
  ...{ rows: new Float32Array(0), kinds: COLUMNS.map(({ kind }) => kind) },
  ...{ starts: new Int32Array(1), right: new Int32Array(0) },
};

class GrowingNetwork implements Growth {
  readonly #of: PointerTraining;
  #network: Network;
  #taught = false;

  constructor(of: PointerTraining) {
    this.#of = of;
    this.#network = new Network(NOTHING, this.#options());
  }

  get ranker(): Ranker {
    return this.#network;
  }

  get parameters(): number {
    return this.#network.parameters;
  }

  step(rate: number): number {
    if (!this.#taught) {
      const state = this.#network.state();
      this.#network = new Network(teach(this.#of), this.#options());
      this.#network.assign(state);
      this.#taught = true;
    }
    return this.#network.step(rate);
  }

  state(): EngineState {
    return this.#network.state();
  }

  assign(state: Pick<EngineState, 'weights'> & Partial<EngineState>): void {
    this.#network.assign(state);
  }

  dispose(): void {
    this.#network = new Network(NOTHING, this.#options());
    this.#taught = false;
  }

  #options() {
    return { seed: this.#of.seed, epochs: this.#of.epochs };
  }
}

/** A ranker that has nothing to learn. */
const resting = (ranker: Ranker): Growth => ({
  ranker,
  parameters: 0,
  step: () => 0,
  state: () => ({ weights: {}, first: {}, second: {} }),
  assign: () => {},
  dispose: () => {},
});
