import type { Device } from './device.js';
import pinned from './wheels.json' with { type: 'json' };

/** A Python wheel, pinned to one file. */
export interface Wheel {
  name: string;
  version: string;
  /** Size of the wheel. */
  bytes: number;
  /** Size of what is unpacked from it. */
  unpacked: number;
  /** Of the wheel, in hex. */
  sha256: string;
}

/** The parts of one TensorFlow library. */
export interface LibraryPlan {
  /** The wheel that holds libtensorflow: `tensorflow-cpu` or `tensorflow`. */
  package: string;
  version: string;
  /** libtensorflow's wheel first, then CUDA's. */
  wheels: readonly Wheel[];
}

/** The Python and the platforms that the wheels are built for: pip is told so, whatever Python it runs on. */
export const WHEEL_TAGS = { python: pinned.python, platforms: pinned.platforms };

/**
 * What makes up TensorFlow's library for a device: for CUDA also NVIDIA's run-time libraries, those of the wheel's own
 * `and-cuda` extra without the compiler.
 *
 * @example planFor('cpu') // { package: 'tensorflow-cpu', version: '2.21.0', wheels: [...] }
 */
export function planFor(device: Device): LibraryPlan {
  const name = device === 'cuda' ? 'tensorflow' : 'tensorflow-cpu';
  const wheels = pinned.packages[name];
  return { package: name, version: wheels[0]!.version, wheels };
}
