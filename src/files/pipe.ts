import { constants, openSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks for a reader. */
const LOOK = 50;

/**
 * Opens a pipe to write into. One that has a name is waited for until somebody reads it: what is written before is lost.
 *
 * It is opened for writing only. Who could also read it would be its reader when all others are gone, and wait for room without end.
 *
 * @param path Of a pipe with a name, or of one without, as `/dev/stdout` may be.
 * @throws {Error} EPIPE: nobody reads a pipe without a name, and nobody can begin to.
 */
export async function openPipe(path: string): Promise<Writable> {
  const named = await realpath(path).catch(() => null);
  for (;;) {
    try {
      const file = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      return new Socket({ fd: file, readable: false, writable: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    if (named === null) throw Object.assign(new Error('nobody reads it'), { code: 'EPIPE', path });
    await sleep(LOOK);
  }
}
