import { closeSync, constants, createReadStream, fstatSync, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { MismatchError } from '../errors.js';

/** Bytes that are read of a file at once. */
const CHUNK = 1 << 18;

/**
 * Opens a log: a file, a pipe that has a name, or a terminal. While nobody writes to a pipe its stream waits, until it is destroyed.
 *
 * @throws {MismatchError} It cannot be read, or is a folder, or a device, which may have no end.
 * @example for await (const chunk of openLog('audit.log')) console.log(chunk.length);
 */
export function openLog(path: string): Readable {
  let file: number;
  try {
    // A blocking open would wait for a pipe's writer in a thread, and no signal ends a process with such a thread in order.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    throw unreadable(path, error) ?? error;
  }
  const found = fstatSync(file);
  if (found.isFile()) return createReadStream(path, { fd: file, highWaterMark: CHUNK });
  if (found.isFIFO()) return new Socket({ fd: file, readable: true, writable: false });
  if (isatty(file)) return new ReadStream(file);
  closeSync(file);
  throw new MismatchError(
    {
      ...{ folder: 'audit', file: path, expected: 'a file or a pipe' },
      got: found.isDirectory() ? 'a folder' : 'a device',
    },
    { hint: 'Name a file; - reads standard input.' },
  );
}

/**
 * A log by its path, and its name in messages; `-` is standard input. An error that comes before the first read is kept by the stream, and
 * given then.
 *
 * @param open What opens any other path. Default: `openLog`.
 */
export function logAt(
  path: string,
  open: (path: string) => Readable = openLog,
): { source: Readable; name: string } {
  const standard = path === '-';
  const source = standard ? process.stdin : open(path);
  source.on('error', () => {});
  return { source, name: standard ? 'standard input' : path };
}

/** Whether what a path names can be read only once: standard input, a pipe. */
export function comesOnce(path: string): boolean {
  if (path === '-') return true;
  try {
    const found = statSync(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    // What is wrong with it is told when it is opened.
    return false;
  }
}

/** A fault of the system while a log is read, with the log's name; null when it is no such fault. */
export function unreadable(name: string, cause: unknown): MismatchError | null {
  const { code, syscall } = cause as NodeJS.ErrnoException;
  if (cause instanceof MismatchError || code === undefined || syscall === undefined) return null;
  return new MismatchError(
    { folder: 'audit', file: name, expected: 'a readable file', got: code },
    { hint: 'Check the path and its permissions; - reads standard input.', cause },
  );
}
