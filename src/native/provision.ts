import { cacheFolder } from '../files/cache.js';
import type { ProgressSink } from '../progress.js';
import { type Binding, ensureBinding, findBinding, WHAT } from './binding.js';
import { type AskedDevice, chooseDevice, type Device, gpuSigns } from './device.js';
import { givenLibrary } from './given.js';
import { ensureLibrary, type Library, soundLibrary, type Tools } from './library.js';
import { checkMachine, glibcVersion, thisMachine } from './machine.js';
import { checkNeeds } from './needs.js';
import { runProgram } from './program.js';
import { planFor } from './wheels.js';

/** A library and its binding, ready to be loaded. */
export interface Native {
  device: Device;
  library: Library;
  binding: Binding;
}

export interface ProvisionOptions {
  /** Default `auto`: AUDITWEAVE_DEVICE, else CUDA where a GPU is there, else the CPU. */
  device?: AskedDevice;
  /** Default `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** Where progress is shown. Default `process.stderr`. */
  sink?: ProgressSink;
  /** Compares the hash of every file of the library, whatever it looks like. Default false. */
  thorough?: boolean;
}

/**
 * Brings TensorFlow's C library and tfjs-node's binding to it onto this machine, once. When both are there this takes about a
 * millisecond and starts no other program.
 *
 * The library is the user's (AUDITWEAVE_LIBTENSORFLOW) or taken from pinned Python wheels by pip; it lies in `cacheFolder()`. What is
 * damaged is fetched or built again. What this takes of the machine is looked at before anything is fetched.
 *
 * @throws {AuditweaveError} wrong machine, no Python, pip, compiler or network, wrong hash, full disk; the hint says what to do.
 * @example const { library } = await provision({ device: 'cpu' });
 */
export async function provision(options: ProvisionOptions = {}): Promise<Native> {
  const { device: asked = 'auto', env = process.env, sink = process.stderr, thorough = false } = options;
  const given = env.AUDITWEAVE_LIBTENSORFLOW;
  const machine = thisMachine();
  checkMachine(machine, { ownLibrary: Boolean(given) });
  const device = chooseDevice(asked, env, () => gpuSigns(env));
  const cache = cacheFolder(env);
  const plan = planFor(device);
  const tools: Tools = { run: runProgram, env, sink };
  const here = given ? givenLibrary(given) : await soundLibrary(plan, cache, tools, { thorough });
  const built = here && findBinding(here, cache);
  if (here && built) return { device, library: here, binding: built };
  if (!here) checkMachine({ ...machine, glibc: glibcVersion() });
  await checkNeeds({ fetch: here ? null : plan, build: WHAT, cache }, tools);
  const library = here ?? (await ensureLibrary(plan, cache, tools));
  return { device, library, binding: await ensureBinding(library, cache, tools) };
}

/**
 * `provision` for a test runner's global set-up: shows progress, and does nothing when everything is there.
 *
 * @example export { ensureNative as setup } from '../src/native/provision.js'; // vitest's globalSetup
 */
export async function ensureNative(): Promise<void> {
  await provision();
}
