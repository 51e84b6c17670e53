import { cpuModelAddon, cpuVectors } from '../../../src/model/bilstm/addon.js';
import { CpuEngine } from '../../../src/model/bilstm/cpu-engine.js';
import type { EngineOptions, TrainingData } from '../../../src/model/bilstm/engine.js';
import { TensorFlowEngine } from '../../../src/model/bilstm/tensorflow-engine.js';
import { Native } from '../../../src/model/kernels/ops.js';
import type { Engine } from '../../../src/model/model.js';
import type { Weights } from '../../../src/model/weights.js';
import { loadTensorFlow } from '../../../src/native/load.js';

export type MakeEngine = (options: EngineOptions, weights: Weights, data: TrainingData) => Engine;

const tf = await loadTensorFlow({ device: 'cpu' });
export const native = new Native(tf);

/** The CPU's own engines that this machine can run: each kind of vectors in one thread and in two. */
export const CPU_ENGINES: [name: string, make: MakeEngine][] = [];
for (const vectors of cpuVectors()) {
  const addon = (await cpuModelAddon(vectors))!;
  for (const threads of [1, 2] as const)
    CPU_ENGINES.push([
      `the CPU’s engine with ${vectors} in ${threads === 1 ? 'one thread' : 'two threads'}`,
      (...given) => new CpuEngine(addon, ...given, { threads }),
    ]);
}

/** Everything that trains. */
export const ENGINES: [name: string, make: MakeEngine][] = [
  ['TensorFlow’s ops', (...given) => new TensorFlowEngine(native, ...given)],
  ...CPU_ENGINES,
];
