import { describe, expect, it } from 'vitest';
import { checkMachine, cpuName, type Machine, thisMachine } from '../../src/native/machine.js';
import { failure } from './toys.js';

const GOOD: Machine = {
  platform: 'linux',
  arch: 'x64',
  node: '22.12.0',
  cpuinfo: 'model name\t: AMD EPYC 7B13\nflags\t\t: fpu sse4_2 avx avx2\n',
  glibc: '2.36',
};

describe('checkMachine', () => {
  it('accepts Linux on x86-64 with AVX and glibc', () => {
    expect(() => checkMachine(GOOD)).not.toThrow();
    expect(() => checkMachine({ ...GOOD, node: '20.19.0', glibc: '2.27' })).not.toThrow();
  });

  it('accepts the machine that runs this test', () => {
    expect(() => checkMachine(thisMachine())).not.toThrow();
  });

  it.each<[string, Partial<Machine>, string]>([
    [
      'another system',
      { platform: 'darwin', arch: 'arm64' },
      'native: expected Linux on an x86-64 processor, got darwin on arm64.\n' +
        '  Hint: Run it in a Linux container or virtual machine on an x86-64 machine.',
    ],
    [
      'an old Node',
      { node: '18.20.4' },
      'native: expected Node 20.19 or newer, got Node 18.20.4.\n  Hint: Install Node 20, 22 or 24.',
    ],
    [
      'musl',
      { glibc: null },
      'native: expected the GNU C library, got another one (musl, as on Alpine Linux).\n' +
        '  Hint: Use an image or machine based on Debian, Ubuntu or Fedora.',
    ],
    [
      'an old glibc',
      { glibc: '2.17' },
      'native: expected glibc 2.27 or newer, got glibc 2.17.\n' +
        '  Hint: Use a newer release of the operating system, or a container with one.',
    ],
    [
      'a processor without AVX',
      { cpuinfo: 'model name\t: QEMU Virtual CPU version 2.5+\nflags\t\t: fpu sse4_2\n' },
      'native: expected a processor with AVX, got QEMU Virtual CPU version 2.5+.\n' +
        '  Hint: Give the virtual machine its host’s processor type, or point AUDITWEAVE_LIBTENSORFLOW at a library built for this one.',
    ],
  ])('refuses %s', async (_, change, text) => {
    expect(await failure(() => checkMachine({ ...GOOD, ...change }))).toBe(text);
  });

  it('leaves AVX and glibc to a library of the user’s own', () => {
    expect(() =>
      checkMachine({ ...GOOD, cpuinfo: 'flags : sse', glibc: '2.17' }, { ownLibrary: true }),
    ).not.toThrow();
  });

  it('does not take avx2 alone, or a flag in another line, for avx', () => {
    expect(() => checkMachine({ ...GOOD, cpuinfo: 'bugs : avx\nflags : avx2\n' })).toThrow('AVX');
  });
});

describe('cpuName', () => {
  it('reads the first model name', () => {
    expect(cpuName(GOOD.cpuinfo)).toBe('AMD EPYC 7B13');
  });

  it('says so when there is none', () => {
    expect(cpuName('')).toBe('an unknown processor');
  });
});
