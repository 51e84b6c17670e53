import { describe, expect, it } from 'vitest';
import { checkGpu, chooseDevice, type GpuSigns, hasGpu } from '../../src/native/device.js';
import { tensorFlowEnvironment } from '../../src/native/environment.js';
import { planFor } from '../../src/native/wheels.js';
import { failure } from './toys.js';

const NONE: GpuSigns = { devices: [], models: [], libcuda: null };
const H100: GpuSigns = {
  devices: ['/dev/nvidia0'],
  models: ['NVIDIA H100'],
  libcuda: '/usr/lib64/libcuda.so.1',
};

describe('chooseDevice', () => {
  it('takes CUDA where a GPU is there, the CPU else', () => {
    expect(chooseDevice('auto', {}, () => NONE)).toBe('cpu');
    expect(chooseDevice('auto', {}, () => H100)).toBe('cuda');
  });

  it('does not count a driver’s library without a device, nor a device without the library', () => {
    expect(hasGpu({ ...NONE, libcuda: '/usr/lib64/libcuda.so.1' })).toBe(false);
    expect(hasGpu({ ...H100, libcuda: null })).toBe(false);
  });

  it('follows AUDITWEAVE_DEVICE where the caller leaves it open', () => {
    expect(chooseDevice('auto', { AUDITWEAVE_DEVICE: 'cpu' }, () => H100)).toBe('cpu');
    expect(chooseDevice('auto', { AUDITWEAVE_DEVICE: 'cuda' }, () => NONE)).toBe('cuda');
    expect(chooseDevice('cpu', { AUDITWEAVE_DEVICE: 'cuda' }, () => H100)).toBe('cpu');
    expect(chooseDevice('auto', { AUDITWEAVE_DEVICE: '' }, () => H100)).toBe('cuda');
  });

  it('refuses a device it does not know', async () => {
    expect(await failure(() => chooseDevice('auto', { AUDITWEAVE_DEVICE: 'gpu' }, () => NONE))).toBe(
      'native: expected AUDITWEAVE_DEVICE to be one of auto, cpu, cuda, got “gpu”.\n' +
        '  Hint: Unset AUDITWEAVE_DEVICE to let auditweave choose.',
    );
  });
});

describe('checkGpu', () => {
  it('refuses CUDA without a GPU, and without its driver’s library', async () => {
    expect(await failure(() => checkGpu('cuda', NONE))).toMatch(
      /got none on this machine\.\n {2}Hint: Use --device cpu/,
    );
    expect(await failure(() => checkGpu('cuda', { ...H100, libcuda: null }))).toBe(
      'native: expected an NVIDIA GPU, as CUDA was asked for, got NVIDIA H100, /dev/nvidia0 without libcuda.so.1, the driver’s library.\n' +
        '  Hint: Install NVIDIA’s driver, or start the container with its GPU support.',
    );
  });

  it('is content with a GPU, and with the CPU', () => {
    expect(() => checkGpu('cuda', H100)).not.toThrow();
    expect(() => checkGpu('cpu', NONE)).not.toThrow();
  });
});

describe('planFor', () => {
  it('takes one wheel for the CPU', () => {
    expect(planFor('cpu').wheels.map(({ name }) => name)).toEqual(['tensorflow-cpu']);
  });

  it('adds NVIDIA’s run-time libraries for CUDA', () => {
    const [first, ...rest] = planFor('cuda').wheels;
    expect(first?.name).toBe('tensorflow');
    expect(rest.length).toBe(11);
    for (const { name } of rest) expect(name).toMatch(/^nvidia-.*-cu12$/);
  });

  it('has the same version of TensorFlow on both', () => {
    expect(planFor('cpu').version).toBe(planFor('cuda').version);
  });

  it('pins every wheel by its hash', () => {
    for (const { sha256, bytes, unpacked } of [...planFor('cpu').wheels, ...planFor('cuda').wheels]) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(Math.min(bytes, unpacked)).toBeGreaterThan(0);
    }
  });
});

describe('tensorFlowEnvironment', () => {
  it('gives one thread to an operation and hides the GPUs from the CPU', () => {
    expect(tensorFlowEnvironment('cpu', undefined, {})).toEqual({
      TF_NUM_INTRAOP_THREADS: '1',
      TF_ENABLE_ONEDNN_OPTS: '0',
      TF_CPP_MIN_LOG_LEVEL: '3',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      CUDA_VISIBLE_DEVICES: '-1',
    });
  });

  it('keeps what the user has set', () => {
    const env = {
      TF_NUM_INTRAOP_THREADS: '4',
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_CPP_MIN_LOG_LEVEL: '0',
      TF_FORCE_GPU_ALLOW_GROWTH: 'false',
    };
    expect(tensorFlowEnvironment('cuda', undefined, env)).toEqual(env);
  });

  it('takes the caller’s number of threads before the user’s', () => {
    const { TF_NUM_INTRAOP_THREADS: threads } = tensorFlowEnvironment('cuda', 2, {
      TF_NUM_INTRAOP_THREADS: '4',
    });
    expect(threads).toBe('2');
  });
});
