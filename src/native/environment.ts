import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type { Device } from './device.js';

const require = createRequire(import.meta.url);

/**
 * The variables that TensorFlow reads when it is loaded. What the user has set stays, but for the number of threads when the caller
 * names one and for the GPUs when the CPU is asked for.
 *
 * One thread per operation is the default: with more the small matrices of a recurrent net get slower, and sums depend on how they are
 * split. oneDNN stays off unless asked for: TensorFlow turns it on for some CPUs only, says so on stderr, and rounds otherwise then.
 * Messages are left to what TensorFlow throws.
 *
 * @param threads Threads that one operation may use.
 * @example tensorFlowEnvironment('cpu', undefined, {}).TF_NUM_INTRAOP_THREADS // '1'
 */
export function tensorFlowEnvironment(
  device: Device,
  threads: number | undefined,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  return {
    TF_NUM_INTRAOP_THREADS: threads === undefined ? (env.TF_NUM_INTRAOP_THREADS ?? '1') : String(threads),
    TF_ENABLE_ONEDNN_OPTS: env.TF_ENABLE_ONEDNN_OPTS ?? '0',
    TF_CPP_MIN_LOG_LEVEL: env.TF_CPP_MIN_LOG_LEVEL ?? '3',
    TF_FORCE_GPU_ALLOW_GROWTH: env.TF_FORCE_GPU_ALLOW_GROWTH ?? 'true',
    ...(device === 'cpu' ? { CUDA_VISIBLE_DEVICES: '-1' } : {}),
  };
}

/** Sets variables for C code too. A worker thread's `process.env` is a copy, so there a small addon does it. */
export function applyEnvironment(variables: Record<string, string>, addon: string): void {
  const changed = Object.entries(variables).filter(([name, value]) => process.env[name] !== value);
  if (changed.length === 0) return;
  Object.assign(process.env, Object.fromEntries(changed));
  if (isMainThread) return;
  const { set } = require(addon) as { set(name: string, value: string): void };
  for (const [name, value] of changed) set(name, value);
}
