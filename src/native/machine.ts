import { closeSync, openSync, readSync } from 'node:fs';
import { MismatchError } from '../errors.js';

/** What of a machine decides whether TensorFlow's library runs on it. */
export interface Machine {
  /** As `process.platform`. */
  platform: string;
  /** As `process.arch`. */
  arch: string;
  /** As `process.versions.node`. */
  node: string;
  /** The start of /proc/cpuinfo; empty when it cannot be read. */
  cpuinfo: string;
  /** glibc's version, null where there is another C library; undefined when nobody looked. */
  glibc?: string | null;
}

/** Oldest Node the repository supports, as [major, minor]. */
const OLDEST_NODE = [20, 19] as const;
/** The glibc that TensorFlow's wheels are built for (manylinux_2_27). */
const OLDEST_GLIBC = [2, 27] as const;

/** This machine, without its C library: reading it takes less than a millisecond. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
    cpuinfo: startOf('/proc/cpuinfo', 16_384),
  };
}

/** The version of glibc this Node runs on, or null on another C library (musl). */
export function glibcVersion(): string | null {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime ?? null;
}

/**
 * Finds what keeps TensorFlow's library from running on a machine.
 *
 * @param machine What `thisMachine` gives.
 * @param options.ownLibrary The library was built elsewhere (AUDITWEAVE_LIBTENSORFLOW), so AVX is not ours to ask for.
 * @throws {MismatchError} wrong platform, CPU, C library or Node.
 * @example checkMachine(thisMachine());
 */
export function checkMachine(machine: Machine, { ownLibrary = false } = {}): void {
  const { platform, arch, node, cpuinfo, glibc } = machine;
  if (platform !== 'linux' || arch !== 'x64')
    throw new MismatchError(
      { folder: 'native', expected: 'Linux on an x86-64 processor', got: `${platform} on ${arch}` },
      { hint: 'Run it in a Linux container or virtual machine on an x86-64 machine.' },
    );
  if (older(node, OLDEST_NODE))
    throw new MismatchError(
      { folder: 'native', expected: `Node ${OLDEST_NODE.join('.')} or newer`, got: `Node ${node}` },
      { hint: 'Install Node 20, 22 or 24.' },
    );
  if (glibc === null)
    throw new MismatchError(
      { folder: 'native', expected: 'the GNU C library', got: 'another one (musl, as on Alpine Linux)' },
      { hint: 'Use an image or machine based on Debian, Ubuntu or Fedora.' },
    );
  if (glibc !== undefined && older(glibc, OLDEST_GLIBC) && !ownLibrary)
    throw new MismatchError(
      { folder: 'native', expected: `glibc ${OLDEST_GLIBC.join('.')} or newer`, got: `glibc ${glibc}` },
      { hint: 'Use a newer release of the operating system, or a container with one.' },
    );
  if (cpuinfo !== '' && !cpuFlags(cpuinfo).has('avx') && !ownLibrary)
    throw new MismatchError(
      { folder: 'native', expected: 'a processor with AVX', got: cpuName(cpuinfo) },
      {
        hint: 'Give the virtual machine its host’s processor type, or point AUDITWEAVE_LIBTENSORFLOW at a library built for this one.',
      },
    );
}

/** @example cpuName('model name\t: AMD EPYC') // 'AMD EPYC' */
export function cpuName(cpuinfo: string): string {
  return /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1]?.trim() ?? 'an unknown processor';
}

/**
 * What a processor can do, as /proc/cpuinfo names it: `avx2`, `fma`, … Empty when it cannot be read.
 *
 * @example cpuFlags().has('avx2')
 */
export function cpuFlags(cpuinfo: string = thisMachine().cpuinfo): ReadonlySet<string> {
  return new Set(/^flags\s*:\s*(.+)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/) ?? []);
}

function older(version: string, oldest: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

function startOf(path: string, bytes: number): string {
  try {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(bytes);
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, bytes, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
