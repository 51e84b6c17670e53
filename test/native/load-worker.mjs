// A worker thread starts from a file that Node itself can read. It says what TensorFlow computes there, and sets a variable.
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { applyEnvironment } = await import('../../src/native/environment.ts');
const { loadTensorFlow, tensorFlowInfo } = await import('../../src/native/load.ts');
const { provision } = await import('../../src/native/provision.ts');

const tf = await loadTensorFlow({ device: 'cpu' });
const { binding } = await provision({ device: 'cpu' });
applyEnvironment({ [workerData]: 'set by a worker' }, binding.environment);
parentPort.postMessage({
  product: Array.from(tf.matMul([[1, 2]], [[3], [4]]).dataSync()),
  info: tensorFlowInfo(),
});
