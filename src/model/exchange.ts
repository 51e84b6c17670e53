import type { Native, Tensor, Tensor2D } from './kernels/native.js';
import { SHARDS } from './layout.js';

/**
 * How shards give each other activations and gradients.
 *
 * Both ways are exact and add in the same order, so the number of threads changes no bit of the result.
 */
export interface Exchange {
  /** Shards held by this thread, ascending. */
  readonly shards: readonly number[];
  /** Each shard's [R, C] side by side, shape [R, 2C]: everyone gets the whole. */
  concat(own: Tensor2D[], point: number): Tensor2D;
  /** Sums the shards' partial [R, 2C] and gives each shard its own C columns. */
  scatterSum(own: Tensor2D[], point: number): Tensor2D[];
  /** The sum of one number a shard, in shard order. */
  sum(own: number[], point: number): number;
}

/** Points of a step where shards meet; each has its own memory, so that one barrier a meeting is enough. */
export const MEETING = { layer1: 0, layer2: 1, dense: 2, hidden: 3, loss: 4 } as const;
const POINTS = Object.keys(MEETING).length;

/** Both shards in one thread. */
export class LocalExchange implements Exchange {
  readonly shards = [0, 1];
  readonly #native: Native;

  constructor(native: Native) {
    this.#native = native;
  }

  concat(own: Tensor2D[]): Tensor2D {
    return this.#native.tf.concat2d(own, 1);
  }

  scatterSum(own: Tensor2D[]): Tensor2D[] {
    const total = own[0]!.add(own[1]!) as Tensor2D;
    return this.#native.tf.split(total, SHARDS, 1) as Tensor2D[];
  }

  sum(own: number[]): number {
    return own[0]! + own[1]!;
  }
}

/** Memory that two threads exchange through. */
export interface ExchangeMemory {
  /** Barrier: arrivals, generation, failed. */
  control: SharedArrayBuffer;
  /** A slot for each shard and meeting point. */
  slots: SharedArrayBuffer;
  /** Floats a slot. */
  capacity: number;
}

/** @param capacity Most floats that one shard gives at one meeting. */
export function exchangeMemory(capacity: number): ExchangeMemory {
  return {
    control: new SharedArrayBuffer(3 * 4),
    slots: new SharedArrayBuffer(SHARDS * POINTS * capacity * 4),
    capacity,
  };
}

/** A shard in another thread failed; this one must not wait for it. */
export class PeerFailed extends Error {}

/** Waits until both threads are here. Gives up when the other has failed. */
export class Barrier {
  readonly #control: Int32Array;

  constructor(control: SharedArrayBuffer) {
    this.#control = new Int32Array(control);
  }

  wait(): void {
    const generation = Atomics.load(this.#control, 1);
    if (Atomics.add(this.#control, 0, 1) === SHARDS - 1) {
      Atomics.store(this.#control, 0, 0);
      Atomics.add(this.#control, 1, 1);
      Atomics.notify(this.#control, 1);
    } else {
      while (Atomics.load(this.#control, 1) === generation) {
        if (Atomics.load(this.#control, 2) === 1) throw new PeerFailed('The other shard has failed.');
        Atomics.wait(this.#control, 1, generation, 1000);
      }
    }
    if (Atomics.load(this.#control, 2) === 1) throw new PeerFailed('The other shard has failed.');
  }

  /** Lets the other thread go on to its error. */
  fail(): void {
    Atomics.store(this.#control, 2, 1);
    Atomics.notify(this.#control, 1);
  }
}

/** One shard a thread, through shared memory. */
export class SharedExchange implements Exchange {
  readonly shards: readonly number[];
  readonly #native: Native;
  readonly #memory: ExchangeMemory;
  readonly #barrier: Barrier;

  constructor(native: Native, shard: number, memory: ExchangeMemory) {
    this.#native = native;
    this.shards = [shard];
    this.#memory = memory;
    this.#barrier = new Barrier(memory.control);
  }

  concat([own]: Tensor2D[], point: number): Tensor2D {
    const other = this.#swap(own!, point);
    const [mine] = this.shards;
    return this.#native.tf.concat2d(mine === 0 ? [own!, other] : [other, own!], 1);
  }

  scatterSum([own]: Tensor2D[], point: number): Tensor2D[] {
    const halves = this.#native.tf.split(own!, SHARDS, 1) as Tensor2D[];
    const mine = this.shards[0]!;
    const other = this.#swap(halves[1 - mine]!, point);
    return [(mine === 0 ? halves[0]!.add(other) : other.add(halves[1]!)) as Tensor2D];
  }

  sum([own]: number[], point: number): number {
    const mine = this.shards[0]!;
    this.#slot(mine, point, 1)[0] = own!;
    this.#barrier.wait();
    return this.#slot(0, point, 1)[0]! + this.#slot(1, point, 1)[0]!;
  }

  #slot(shard: number, point: number, length: number): Float32Array {
    const { slots, capacity } = this.#memory;
    return new Float32Array(slots, (shard * POINTS + point) * capacity * 4, length);
  }

  /** Gives a tensor and gets the other shard's tensor of the same shape. */
  #swap<T extends Tensor>(own: T, point: number): T {
    const mine = this.shards[0]!;
    this.#slot(mine, point, own.size).set(own.dataSync() as Float32Array);
    this.#barrier.wait();
    const other = Float32Array.from(this.#slot(1 - mine, point, own.size));
    return this.#native.tf.tensor(other, own.shape) as T;
  }
}
