import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MismatchError } from '../errors.js';

export const DEVICES = ['auto', 'cpu', 'cuda'] as const;
/** What was asked for: `auto` is CUDA where a GPU is there, the CPU else. */
export type AskedDevice = (typeof DEVICES)[number];
export type Device = 'cpu' | 'cuda';

/** What the operating system says about NVIDIA GPUs. */
export interface GpuSigns {
  /** Device files such as /dev/nvidia0. */
  devices: string[];
  /** The models that the driver names in /proc/driver/nvidia/gpus. */
  models: string[];
  /** Where libcuda.so.1, the driver's library, was found. */
  libcuda: string | null;
}

/**
 * Settles which build of TensorFlow is used.
 *
 * AUDITWEAVE_DEVICE decides where the caller leaves it open. A GPU counts when its device and the driver's library are both there.
 *
 * @example chooseDevice('auto', { AUDITWEAVE_DEVICE: 'cpu' }, gpuSigns()) // 'cpu'
 * @throws {MismatchError} AUDITWEAVE_DEVICE is something else.
 */
export function chooseDevice(asked: AskedDevice, env: NodeJS.ProcessEnv, signs: () => GpuSigns): Device {
  const wanted = asked === 'auto' ? env.AUDITWEAVE_DEVICE || 'auto' : asked;
  if (!DEVICES.includes(wanted as AskedDevice))
    throw new MismatchError(
      {
        folder: 'native',
        expected: `AUDITWEAVE_DEVICE to be one of ${DEVICES.join(', ')}`,
        got: `“${wanted}”`,
      },
      { hint: 'Unset AUDITWEAVE_DEVICE to let auditweave choose.' },
    );
  if (wanted === 'auto') return hasGpu(signs()) ? 'cuda' : 'cpu';
  return wanted as Device;
}

export function hasGpu({ devices, models, libcuda }: GpuSigns): boolean {
  return (devices.length > 0 || models.length > 0) && libcuda !== null;
}

/**
 * Refuses CUDA where there is no GPU: before its library is fetched, which is 3 GB.
 *
 * @throws {MismatchError} No device, or no driver's library.
 */
export function checkGpu(device: Device, signs: GpuSigns): void {
  if (device !== 'cuda' || hasGpu(signs)) return;
  const seen = [...signs.models, ...signs.devices].join(', ');
  throw new MismatchError(
    {
      folder: 'native',
      expected: 'an NVIDIA GPU, as CUDA was asked for',
      got: seen ? `${seen} without libcuda.so.1, the driver’s library` : 'none on this machine',
    },
    {
      hint: seen
        ? DRIVER
        : 'Use --device cpu and unset AUDITWEAVE_DEVICE, or start the container with its GPU support.',
    },
  );
}

/** What to do about a GPU without its driver's library. */
export const DRIVER = 'Install NVIDIA’s driver, or start the container with its GPU support.';

/** Looks for NVIDIA GPUs without touching the driver. */
export function gpuSigns(env: NodeJS.ProcessEnv = process.env): GpuSigns {
  const devices = namesIn('/dev')
    .filter((name) => /^(nvidia\d+|dxg)$/.test(name))
    .map((name) => join('/dev', name));
  const models = namesIn('/proc/driver/nvidia/gpus').map((gpu) => {
    const text = textOf(join('/proc/driver/nvidia/gpus', gpu, 'information'));
    return /^Model:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? 'NVIDIA GPU';
  });
  return { devices, models, libcuda: devices.length + models.length > 0 ? findLibcuda(env) : null };
}

function findLibcuda(env: NodeJS.ProcessEnv): string | null {
  const folders = [
    ...(env.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean),
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib64',
    '/usr/lib',
  ];
  const found = folders.map((folder) => join(folder, 'libcuda.so.1')).find((path) => existsSync(path));
  if (found) return found;
  return /[^\0]*\/libcuda\.so\.1(?=\0)/.exec(textOf('/etc/ld.so.cache'))?.[0] ?? null;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
