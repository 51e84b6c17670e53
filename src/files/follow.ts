import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FollowOptions {
  /** Milliseconds between two looks at a file that has nothing new. Default 250. */
  poll?: number;
  /** Ends it, where else it would wait for more. */
  signal?: AbortSignal | undefined;
}

const CHUNK = 1 << 18;
const NEWLINE = 0x0a;

/**
 * The bytes of a file that grows, from its beginning and without an end but the signal's: what is appended, then what comes into the file that takes its
 * place when it is rotated, or into the same file when it is emptied. A line that was cut off by that is ended.
 *
 * @throws {NodeJS.ErrnoException} The file cannot be opened at first; later it is waited for.
 * @example for await (const bytes of followFile('audit.log')) process.stdout.write(bytes);
 */
export async function* followFile(
  path: string,
  { poll = 250, signal }: FollowOptions = {},
): AsyncGenerator<Uint8Array> {
  let file: FileHandle = await open(path, 'r');
  let own = await file.stat();
  let position = 0;
  let last = NEWLINE;
  try {
    while (!signal?.aborted) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
      if (bytesRead > 0) {
        position += bytesRead;
        last = buffer[bytesRead - 1]!;
        yield buffer.subarray(0, bytesRead);
        continue;
      }
      const now = await stat(path).catch(() => null);
      const isOther = now !== null && (now.ino !== own.ino || now.dev !== own.dev);
      if (!isOther && (now === null || now.size >= position)) {
        await sleep(poll);
        continue;
      }
      if (isOther) {
        // What was written into the old one before it was left.
        if ((await file.stat()).size > position) continue;
        const next = await open(path, 'r').catch(() => null);
        if (!next) continue;
        await file.close();
        file = next;
        own = await file.stat();
      }
      position = 0;
      if (last !== NEWLINE) yield Uint8Array.of(NEWLINE);
      last = NEWLINE;
    }
  } finally {
    await file.close();
  }
}

/**
 * The same bytes as a stream. Who leaves it need not wait until the file grows: it is gone at once.
 *
 * @example for await (const line of readAuditLog(followStream('audit.log'))) use(line);
 */
export function followStream(path: string, { signal, ...options }: FollowOptions = {}): Readable {
  const left = new AbortController();
  const ends = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  const bytes = followFile(path, { ...options, signal: ends });
  return new Readable({
    read() {
      bytes.next().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      left.abort();
      done(error);
    },
  });
}
