import { parentPort, workerData } from 'node:worker_threads';
import { Barrier, PeerFailed, SharedExchange } from '../model/exchange.js';
import { Native } from '../model/kernels/native.js';
import { loadTensorFlow } from '../native/load.js';
import { ShardTrainer } from './engine.js';
import { COMMAND, readState, type ShardWorkerData, writeState } from './threaded-engine.js';

/** The second thread of a `ThreadedEngine`: serves commands until told to stop. */
const { shard, options, weights, data, memory } = workerData as ShardWorkerData;
const barrier = new Barrier(memory.barrier);
const meetings = new Barrier(memory.exchange.control);

try {
  const native = new Native(await loadTensorFlow({ device: 'cpu' }));
  const exchange = new SharedExchange(native, shard, memory.exchange);
  const trainer = new ShardTrainer(native, exchange, options, [weights], data);
  const words = new Int32Array(memory.command);
  for (;;) {
    barrier.wait();
    const [command, step, count] = words as unknown as [number, number, number];
    const starts = Int32Array.from(words.subarray(3, 3 + count));
    if (command === COMMAND.train) {
      trainer.train(starts, step, new Float64Array(memory.learningRate)[0]!);
      continue;
    }
    if (command === COMMAND.infer) {
      const { classes } = trainer.infer(starts);
      new Int32Array(memory.classes).set(classes[0]!);
    } else if (command === COMMAND.read) writeState(memory, trainer.shardState(0));
    else if (command === COMMAND.write) trainer.assignShard(0, readState(memory));
    barrier.wait();
  }
} catch (error) {
  if (!(error instanceof PeerFailed))
    parentPort?.postMessage(error instanceof Error ? error.message : String(error));
  barrier.fail();
  meetings.fail();
}
