import type { EngineState } from '../model.js';
import { Boosting, type GroupedRows } from '../trees/boost.js';
import { type Forest, forestOf, forestTensors, joinForests } from '../trees/forest.js';
import type { PointerTraining } from './captured.js';
import { COLUMNS, WIDTH } from './columns.js';
import { Network } from './network.js';
import { type Ranker, UNLEARNED } from './ranker.js';
import { boostOptions, teach, teachInTurns } from './teach.js';

/** What an engine trains: a ranker that is better after each step. */
export interface Growth {
  /** What ranks now. */
  readonly ranker: Forest | Ranker;
  /** Trainable numbers; 0 where there is no such count. */
  readonly parameters: number;
  /** Reads what it learns from, which takes minutes; `step` does it where it was not done. */
  prepare?(signal?: AbortSignal): Promise<void>;
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

  async prepare(signal?: AbortSignal): Promise<void> {
    if (this.#boosting) return;
    const taught = await teachInTurns(this.#of, signal);
    if (taught) this.#boosting = this.#goOn(taught);
  }

  step(rate: number): number {
    this.#boosting ??= this.#goOn(teach(this.#of));
    const loss = this.#boosting.step(rate);
    this.ranker = this.#boosting.forest;
    return loss;
  }

  #goOn(taught: GroupedRows): Boosting {
    const boosting = new Boosting(taught, boostOptions(this.#of));
    boosting.assign(forestTensors(this.ranker));
    return boosting;
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

  async prepare(signal?: AbortSignal): Promise<void> {
    if (this.#taught) return;
    const taught = await teachInTurns(this.#of, signal);
    if (taught) this.#goOn(taught);
  }

  step(rate: number): number {
    if (!this.#taught) this.#goOn(teach(this.#of));
    return this.#network.step(rate);
  }

  #goOn(taught: GroupedRows): void {
    const state = this.#network.state();
    this.#network = new Network(taught, this.#options());
    this.#network.assign(state);
    this.#taught = true;
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
