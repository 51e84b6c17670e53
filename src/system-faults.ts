import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AuditweaveError, EXIT, type ExitCode, printable } from './errors.js';

/** What a fault of the system is called, and what to do. Those that pass by themselves, or once there is room, say to try again. */
const FAULTS: Record<string, { says: string; hint: string; exitCode?: ExitCode }> = {
  ENOSPC: {
    says: 'no space left on the device',
    hint: 'Free some space (df -h shows where), then run the same command again.',
    exitCode: EXIT.tryAgain,
  },
  EDQUOT: {
    says: 'the disk quota is used up',
    hint: 'Free some space (quota shows how much), then run the same command again.',
    exitCode: EXIT.tryAgain,
  },
  EMFILE: {
    says: 'too many open files in this process',
    hint: 'Raise the limit (ulimit -n 4096), then run the same command again.',
    exitCode: EXIT.tryAgain,
  },
  ENFILE: {
    says: 'too many open files on this machine',
    hint: 'Close other programs, then run the same command again.',
    exitCode: EXIT.tryAgain,
  },
  ENOMEM: {
    says: 'no memory left',
    hint: 'Close other programs, then run the same command again.',
    exitCode: EXIT.tryAgain,
  },
  EAGAIN: {
    says: 'the system is out of some resource for now',
    hint: 'Run the same command again.',
    exitCode: EXIT.tryAgain,
  },
  EBUSY: { says: 'in use by another', hint: 'Run the same command again.', exitCode: EXIT.tryAgain },
  ETXTBSY: { says: 'in use by another', hint: 'Run the same command again.', exitCode: EXIT.tryAgain },
  EIO: {
    says: 'the device failed to read or write',
    hint: 'Check the disk (dmesg), then run the same command again.',
    exitCode: EXIT.tryAgain,
  },
  ESTALE: {
    says: 'the network drive lost it',
    hint: 'Run the same command again.',
    exitCode: EXIT.tryAgain,
  },
  EFBIG: { says: 'larger than a file may be here', hint: 'Raise the limit (ulimit -f), or write elsewhere.' },
  EACCES: { says: 'permission denied', hint: 'Check who may read or write it: ls -ld.' },
  EPERM: { says: 'not permitted', hint: 'Check who may read or write it: ls -ld.' },
  EROFS: { says: 'on a read-only file system', hint: 'Name a place that can be written.' },
  ENAMETOOLONG: { says: 'its name is too long', hint: 'Name a shorter one: most systems allow 255 bytes.' },
  ENOENT: { says: 'no such file or folder', hint: 'Check the name: ls.' },
  ENOTDIR: {
    says: 'a file stands where a folder is expected',
    hint: 'Name a folder, or remove the file.',
  },
  EISDIR: { says: 'a folder stands where a file is expected', hint: 'Name a file, or another place.' },
  EEXIST: { says: 'it is there already', hint: 'Name another one, or remove it.' },
  ENOTEMPTY: { says: 'the folder is not empty', hint: 'Name another one, or remove it.' },
  ELOOP: { says: 'its links go in a circle', hint: 'Look where they point: ls -l.' },
  EXDEV: { says: 'on another file system', hint: 'Name places on one file system.' },
  ENXIO: { says: 'a device or pipe that nobody serves', hint: 'Name a file.' },
};

/**
 * A fault of the operating system as an error that a person can act on: one line with the path, then the next step.
 *
 * @param error What was thrown.
 * @returns Null when it is no such fault.
 * @example systemFault(error)?.exitCode // 75 on a full disk
 */
export function systemFault(error: unknown): AuditweaveError | null {
  if (error instanceof AuditweaveError || !(error instanceof Error)) return null;
  const { code, path, dest, syscall } = error as NodeJS.ErrnoException & { dest?: string };
  const fault = code === undefined ? undefined : FAULTS[code];
  if (!fault) return error.cause === undefined ? null : systemFault(error.cause);
  const where = code === 'ENOTDIR' && path !== undefined ? fileIn(path) : (dest ?? path);
  const said = where === undefined ? '' : `${printable(where, 4096)}: `;
  return new AuditweaveError(`cli: ${said}${fault.says}${syscall ? ` (${syscall})` : ''}.`, {
    hint: fault.hint,
    exitCode: fault.exitCode ?? EXIT.usage,
    cause: error,
  });
}

/** The file that stands in a path where a folder should be. */
function fileIn(path: string): string {
  for (let at = path; at !== dirname(at); at = dirname(at))
    try {
      return statSync(at).isDirectory() ? path : at;
    } catch {
      // below the file nothing is found
    }
  return path;
}

/**
 * Gives a fault of the system the path that a person knows: a write does not say which file it was for, and a temporary file's name
 * says nothing.
 *
 * @returns The same error.
 * @example throw atPath(error, 'results/a/run.json');
 */
export function atPath(error: unknown, path: string): unknown {
  if (error instanceof Error && (error as NodeJS.ErrnoException).code !== undefined)
    Object.assign(error, { path, dest: undefined });
  return error;
}

/** Does work on one file, and names it in a fault. */
export function naming<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw atPath(error, path);
  }
}
