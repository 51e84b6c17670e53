import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type * as TensorFlowModule from '@tensorflow/tfjs-node-gpu';
import { AuditweaveError, MismatchError } from '../errors.js';
import type { ProgressSink } from '../progress.js';
import { type AskedDevice, checkGpu, chooseDevice, gpuSigns } from './device.js';
import { applyEnvironment, tensorFlowEnvironment } from './environment.js';
import type { TensorFlowInfo } from './probe.js';
import { runProgram } from './program.js';
import { type Native, provision } from './provision.js';
import { tryOnce } from './trial.js';

export type { TensorFlowInfo } from './probe.js';

/** The loaded tfjs-node module. */
export type TensorFlow = typeof TensorFlowModule;

export interface LoadOptions {
  /** Default `auto`: AUDITWEAVE_DEVICE, else CUDA where a GPU is there, else the CPU. */
  device?: AskedDevice;
  /** Threads that one operation may use, for the whole process. Default TF_NUM_INTRAOP_THREADS, else 1. */
  threads?: number;
  /** Where the progress of provisioning is shown. Default `process.stderr`. */
  sink?: ProgressSink;
  /** Whether a library or binding that is new here is tried in a process of its own first, in which it may crash. Default true. */
  probe?: boolean;
}

interface Loaded {
  tf: TensorFlow;
  info: TensorFlowInfo;
}

/** The part of tfjs-node's binding that tells what was loaded. */
interface NativeBinding {
  TF_Version: string;
  isUsingGpuDevice(): boolean;
}

const require = createRequire(import.meta.url);
const OLDEST = [2, 9] as const;
let loading: Promise<Loaded> | undefined;
let loaded: Loaded | undefined;

/**
 * Gives TensorFlow through tfjs-node, provisioning it on first use. Nothing is written into node_modules: the binding is loaded from
 * the cache. Every later call in a thread gives the same module; each worker thread calls this itself.
 *
 * @throws {AuditweaveError} it cannot be provisioned or loaded, or CUDA was asked for and TensorFlow finds no GPU.
 * @example const tf = await loadTensorFlow({ device: 'auto' });
 */
export async function loadTensorFlow(options: LoadOptions = {}): Promise<TensorFlow> {
  loading ??= load(options).then((result) => {
    loaded = result;
    return result;
  });
  const { tf, info } = await loading.catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  if (options.device !== undefined && options.device !== 'auto' && options.device !== info.device)
    throw new MismatchError(
      {
        folder: 'native',
        expected: `TensorFlow on ${options.device}`,
        got: `one already loaded on ${info.device}`,
      },
      { hint: `Use one device a process: set AUDITWEAVE_DEVICE=${options.device} before it starts.` },
    );
  return tf;
}

/**
 * Says what is loaded.
 *
 * @throws {AuditweaveError} nothing is, yet.
 * @example tensorFlowInfo().device // 'cpu'
 */
export function tensorFlowInfo(): TensorFlowInfo {
  if (!loaded)
    throw new AuditweaveError('native: TensorFlow is not loaded.', { hint: 'Await loadTensorFlow() first.' });
  return loaded.info;
}

async function load(options: LoadOptions): Promise<Loaded> {
  const { device: asked = 'auto', threads, sink = process.stderr, probe = true } = options;
  const signs = gpuSigns();
  checkGpu(
    chooseDevice(asked, process.env, () => signs),
    signs,
  );
  const brought = await provision({ device: asked, sink });
  const tools = { run: runProgram, env: process.env, sink };
  const native = probe ? await tryOnce(brought, asked, tools) : brought;
  applyEnvironment(tensorFlowEnvironment(native.device, threads, process.env), native.binding.environment);
  restoreUtil();
  const tf = requireTensorFlow(native);
  tf.env().set('PROD', true); // silences tfjs's advice on backends and memory; checks nothing less that this project uses
  const { binding } = tf.backend() as unknown as { binding: NativeBinding };
  checkVersion(binding.TF_Version, native);
  const device = binding.isUsingGpuDevice() ? 'cuda' : 'cpu';
  const mustUseGpu = asked === 'cuda' || process.env.AUDITWEAVE_DEVICE === 'cuda';
  if (mustUseGpu && asked !== 'cpu' && device === 'cpu')
    throw new MismatchError(
      { folder: 'native', expected: 'a GPU that TensorFlow can use', got: 'only the CPU' },
      {
        hint: 'Check the driver with nvidia-smi (CUDA 12 needs 525 or newer), or use AUDITWEAVE_DEVICE=cpu.',
      },
    );
  if (device === 'cuda') checkProduct(tf);
  const gpu = device === 'cuda' ? gpuSigns().models[0] : undefined;
  return {
    tf,
    info: {
      version: binding.TF_Version,
      device,
      ...(gpu ? { gpu } : {}),
      library: native.library.library,
      binding: native.binding.path,
    },
  };
}

/** Loads tfjs-node with its binding from the cache: it asks node-pre-gyp for the path, which is answered in node-pre-gyp's place. */
function requireTensorFlow({ binding, library }: Native): TensorFlow {
  const fromTfjs = createRequire(require.resolve('@tensorflow/tfjs-node-gpu'));
  const finder = fromTfjs.resolve('@mapbox/node-pre-gyp');
  const kept = require.cache[finder];
  const stub = { id: finder, filename: finder, path: dirname(finder), loaded: true, children: [], paths: [] };
  require.cache[finder] = { ...stub, exports: { find: () => binding.path } } as unknown as NodeJS.Module;
  const warnings = process as { noDeprecation?: boolean };
  const { noDeprecation = false } = warnings;
  warnings.noDeprecation = true; // tfjs-node's dependencies use punycode and old parts of util
  try {
    return require('@tensorflow/tfjs-node-gpu') as TensorFlow;
  } catch (error) {
    throw new AuditweaveError(`native: TensorFlow could not be loaded: ${(error as Error).message}`, {
      hint: `Remove ${dirname(binding.path)} and run the same command again; the library is ${library.library}.`,
      cause: error,
    });
  } finally {
    warnings.noDeprecation = noDeprecation;
    if (kept) require.cache[finder] = kept;
    else delete require.cache[finder];
  }
}

/** Node 23 took these away, and Node 22 warns of them; tfjs-node 4.22.0 still calls them. */
function restoreUtil(): void {
  Object.assign(require('node:util') as object, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}

function checkVersion(version: string, { library }: Native): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === OLDEST[0] && minor >= OLDEST[1]) return;
  throw new MismatchError(
    {
      folder: 'native',
      expected: `TensorFlow ${OLDEST.join('.')} or newer, below 3`,
      got: `${version} at ${library.library}`,
    },
    { hint: 'Unset AUDITWEAVE_LIBTENSORFLOW, or point it at a newer library.' },
  );
}

/** A GPU may be listed and yet not work (driver too old, libraries missing): a product shows it. */
function checkProduct(tf: TensorFlow): void {
  let got: string;
  try {
    got = tf.tidy(() =>
      tf
        .matMul(
          [
            [1, 2],
            [3, 4],
          ],
          [[5], [6]],
        )
        .dataSync()
        .join(', '),
    );
  } catch (error) {
    got = (error as Error).message;
  }
  if (got === '17, 39') return;
  throw new MismatchError(
    { folder: 'native', expected: 'a matrix product on the GPU to be 17, 39', got },
    { hint: 'Check the driver with nvidia-smi, or use AUDITWEAVE_DEVICE=cpu.' },
  );
}
