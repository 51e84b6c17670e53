import type { Weights } from '../../src/model/bilstm.js';
import { Native } from '../../src/model/kernels/native.js';
import { cpuModelAddon, cpuVectors } from '../../src/native/cpu-model.js';
import { loadTensorFlow } from '../../src/native/load.js';
import { CpuEngine } from '../../src/training/cpu-engine.js';
import type { Engine, EngineOptions, TrainingData } from '../../src/training/engine.js';
import { TensorFlowEngine } from '../../src/training/tensorflow-engine.js';

export type MakeEngine = (options: EngineOptions, weights: Weights, data: TrainingData) => Engine;

const tf = await loadTensorFlow({ device: 'cpu' });
export const native = new Native(tf);

/** The CPU's own engines that this machine can run: each kind of vectors in one thread and in two. */
export const CPU_ENGINES: [name: string, make: MakeEngine][] = cpuVectors().flatMap((vectors) =>
  ([1, 2] as const).map((threads): [string, MakeEngine] => [
    `the CPU’s engine with ${vectors} in ${threads === 1 ? 'one thread' : 'two threads'}`,
    (...given) => new CpuEngine(cpuModelAddon(vectors)!, ...given, { threads }),
  ]),
);

/** Everything that trains. */
export const ENGINES: [name: string, make: MakeEngine][] = [
  ['TensorFlow’s ops', (...given) => new TensorFlowEngine(native, ...given)],
  ...CPU_ENGINES,
];
