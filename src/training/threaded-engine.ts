import { Worker } from 'node:worker_threads';
import { AuditweaveError, EXIT } from '../errors.js';
import type { Weights } from '../model/bilstm.js';
import {
  Barrier,
  type ExchangeMemory,
  exchangeMemory,
  PeerFailed,
  SharedExchange,
} from '../model/exchange.js';
import type { Native } from '../model/kernels/native.js';
import { headRange, MOVING, SHARDS, type ShardWeights, splitWeights, TRAINABLE } from '../model/layout.js';
import {
  type Engine,
  type EngineOptions,
  type EngineState,
  EVALUATION_BATCH,
  type Evaluation,
  evaluateInBatches,
  joinHeads,
  mergeState,
  ShardTrainer,
  splitState,
  type TrainingData,
} from './engine.js';
import { SLOTS } from './optimizer.js';

/** What the main thread asks of the other one. */
export const COMMAND = { train: 1, infer: 2, read: 3, write: 4 } as const;

/** Where a shard's weights and moments lie in shared memory, one after another. */
export interface StateSlot {
  part: 'weights' | 'first' | 'second';
  name: (typeof TRAINABLE)[number] | (typeof MOVING)[number];
  shape: number[];
  offset: number;
}

/** Everything the second thread starts with. */
export interface ShardWorkerData {
  shard: number;
  options: EngineOptions;
  weights: ShardWeights;
  data: TrainingData;
  memory: ThreadMemory;
}

export interface ThreadMemory {
  exchange: ExchangeMemory;
  /** Barrier of the commands. */
  barrier: SharedArrayBuffer;
  /** Command, step, number of windows; then the windows' first rows. */
  command: SharedArrayBuffer;
  learningRate: SharedArrayBuffer;
  /** Classes that the other shard predicted, [W, B, its heads]. */
  classes: SharedArrayBuffer;
  state: SharedArrayBuffer;
  slots: StateSlot[];
}

/**
 * A half of the model in each of two threads: two cores, the same bytes as in one thread.
 *
 * The other thread is a server: it waits for a command, does its half of the work, meets this thread where activations or
 * gradients are exchanged.
 *
 * @example const engine = new ThreadedEngine(native, options, weights, data);
 */
export class ThreadedEngine implements Engine {
  readonly #config: EngineOptions['config'];
  readonly #trainer: ShardTrainer;
  readonly #worker: Worker;
  readonly #barrier: Barrier;
  readonly #memory: ThreadMemory;
  #failure: string | undefined;

  constructor(native: Native, options: EngineOptions, weights: Weights, data: TrainingData) {
    const { config } = options;
    this.#config = config;
    this.#memory = threadMemory(options, weights);
    const shared = {
      matrix: share(data.matrix),
      targets: share(data.targets),
      ...(data.weights ? { weights: share(data.weights) } : {}),
    };
    this.#barrier = new Barrier(this.#memory.barrier);
    const workerData: ShardWorkerData = {
      shard: 1,
      options,
      weights: splitWeights(weights, config, 1),
      data: shared,
      memory: this.#memory,
    };
    this.#worker = new Worker(new URL('./shard-worker.mjs', import.meta.url), { workerData });
    this.#worker.on('message', (message: string) => {
      this.#failure = message;
    });
    this.#worker.on('error', (error) => {
      this.#failure = String(error);
      this.#barrier.fail();
    });
    this.#worker.unref();
    const exchange = new SharedExchange(native, 0, this.#memory.exchange);
    this.#trainer = new ShardTrainer(native, exchange, options, [splitWeights(weights, config, 0)], shared);
  }

  trainBatch(starts: Int32Array, step: number, learningRate: number): number {
    new Float64Array(this.#memory.learningRate)[0] = learningRate;
    this.#send(COMMAND.train, starts, step);
    return this.#trainer.train(starts, step, learningRate);
  }

  evaluate(starts: Int32Array, onBatch?: (windows: number) => void): Evaluation {
    const heads = Array.from({ length: SHARDS }, (_, shard) => {
      const [first, last] = headRange(this.#config, shard);
      return last - first;
    });
    return evaluateInBatches(
      starts,
      this.#config,
      (batch) => {
        this.#send(COMMAND.infer, batch);
        const { loss, classes } = this.#trainer.infer(batch);
        this.#barrier.wait();
        const rows = this.#config.window * batch.length;
        const other = new Int32Array(this.#memory.classes, 0, rows * heads[1]!);
        return { loss, classes: joinHeads([classes[0]!, other], heads) };
      },
      onBatch,
    );
  }

  state(): EngineState {
    this.#send(COMMAND.read);
    this.#barrier.wait();
    return mergeState([this.#trainer.shardState(0), readState(this.#memory)], this.#config);
  }

  assign(state: { weights: Weights } & Partial<EngineState>): void {
    const current = state.first && state.second ? state : { ...this.state(), weights: state.weights };
    writeState(this.#memory, splitState(current, this.#config, 1));
    this.#send(COMMAND.write);
    this.#trainer.assignShard(0, splitState(current, this.#config, 0));
    this.#barrier.wait();
  }

  async dispose(): Promise<void> {
    this.#barrier.fail();
    new Barrier(this.#memory.exchange.control).fail();
    await this.#worker.terminate();
    this.#trainer.dispose();
  }

  /** The error behind a `PeerFailed`: the other thread's own message arrives once this thread rests. */
  async explain(error: unknown): Promise<unknown> {
    if (!(error instanceof PeerFailed)) return error;
    for (let i = 0; i < 50 && this.#failure === undefined; i++)
      await new Promise((done) => setTimeout(done, 20));
    return new AuditweaveError(`training: the second thread failed: ${this.#failure ?? 'no message'}.`, {
      hint: 'Try again with --threads 1.',
      exitCode: EXIT.internal,
      cause: error,
    });
  }

  #send(command: number, starts: Int32Array = new Int32Array(0), step = 0): void {
    const words = new Int32Array(this.#memory.command);
    words[0] = command;
    words[1] = step;
    words[2] = starts.length;
    words.set(starts, 3);
    this.#barrier.wait();
  }
}

function share<T extends Float32Array | Int32Array>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const buffer = new SharedArrayBuffer(values.byteLength);
  const copy = values instanceof Float32Array ? new Float32Array(buffer) : new Int32Array(buffer);
  copy.set(values);
  return copy as T;
}

function threadMemory(
  { config, batchSize, optimizer = 'adam' }: EngineOptions,
  weights: Weights,
): ThreadMemory {
  const batch = Math.max(batchSize, EVALUATION_BATCH);
  const own = splitWeights(weights, config, 1);
  const slots: StateSlot[] = [];
  let offset = 0;
  for (const part of (['weights', 'first', 'second'] as const).slice(0, 1 + SLOTS[optimizer]))
    for (const name of part === 'weights' ? [...TRAINABLE, ...MOVING] : TRAINABLE) {
      const { shape, data } = own[name]!;
      slots.push({ part, name, shape, offset });
      offset += data.length;
    }
  return {
    exchange: exchangeMemory(config.window * batch * Math.max(...config.units)),
    barrier: new SharedArrayBuffer(3 * 4),
    command: new SharedArrayBuffer((3 + batch) * 4),
    learningRate: new SharedArrayBuffer(8),
    classes: new SharedArrayBuffer(config.window * EVALUATION_BATCH * config.heads * 4),
    state: new SharedArrayBuffer(offset * 4),
    slots,
  };
}

/** Copies a shard's state out of shared memory. */
export function readState({ state, slots }: ThreadMemory): ReturnType<ShardTrainer['shardState']> {
  const parts: ReturnType<ShardTrainer['shardState']> = { weights: {}, first: {}, second: {} };
  for (const { part, name, shape, offset } of slots) {
    const size = shape.reduce((a, b) => a * b, 1);
    parts[part][name] = { shape, data: Float32Array.from(new Float32Array(state, offset * 4, size)) };
  }
  return parts;
}

/** Copies a shard's state into shared memory. */
export function writeState(
  { state, slots }: ThreadMemory,
  parts: { weights: ShardWeights; first?: ShardWeights; second?: ShardWeights },
): void {
  for (const { part, name, offset } of slots) {
    const values = parts[part]?.[name];
    if (values) new Float32Array(state, offset * 4, values.data.length).set(values.data);
  }
}
