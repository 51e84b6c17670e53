import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MismatchError } from '../errors.js';

/** A piece of a log with its number, still as bytes. */
export interface Piece {
  /** From 1: the physical line on which it starts. */
  line: number;
  bytes: Uint8Array;
}

const GZIP = [0x1f, 0x8b] as const;
const NEWLINE = 0x0a;

/**
 * The bytes of a log, unpacked when they are gzip (by their first two bytes, not by the name).
 *
 * @throws {MismatchError} The file cannot be read, is cut off in gzip, or is UTF-16.
 */
export async function* openBytes(source: string | Readable, name: string): AsyncGenerator<Uint8Array> {
  const stream = typeof source === 'string' ? createReadStream(source, { highWaterMark: 1 << 20 }) : source;
  const chunks = (stream as AsyncIterable<Uint8Array | string>)[Symbol.asyncIterator]();
  try {
    let head = Buffer.alloc(0);
    for (let next = await chunks.next(); head.length < 4; next = await chunks.next()) {
      if (next.done) break;
      head = Buffer.concat([head, Buffer.from(next.value as Uint8Array)]);
      if (head.length >= 4) break;
    }
    const rest = async function* (): AsyncGenerator<Uint8Array> {
      yield head;
      for (let next = await chunks.next(); !next.done; next = await chunks.next())
        yield typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
    };
    if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
      throw new MismatchError(
        { folder: 'audit', file: name, line: 1, expected: 'UTF-8', got: 'UTF-16' },
        { hint: 'Convert it: iconv -f UTF-16 -t UTF-8.' },
      );
    if (head[0] !== GZIP[0] || head[1] !== GZIP[1]) yield* rest();
    else yield* unpack(rest(), name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw new MismatchError(
        { folder: 'audit', file: name, expected: 'a readable file', got: code },
        { hint: 'Check the path; - reads standard input.', cause: error },
      );
    throw error;
  } finally {
    stream.destroy();
  }
}

async function* unpack(packed: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const feed = (async () => {
    try {
      for await (const chunk of packed)
        if (!gunzip.write(chunk))
          await new Promise((drained) => gunzip.once('drain', drained).once('close', drained));
      gunzip.end();
    } catch (error) {
      gunzip.destroy(error as Error);
    }
  })();
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
    await feed;
  } catch (cause) {
    if (!String((cause as NodeJS.ErrnoException).code).startsWith('Z_')) throw cause;
    throw new MismatchError(
      { folder: 'audit', file: name, expected: 'whole gzip data', got: (cause as Error).message },
      { hint: 'The file is cut off or damaged; copy it again.', cause },
    );
  } finally {
    gunzip.destroy();
  }
}

/**
 * Cuts bytes into lines. Holds at most one line.
 *
 * @param most Bytes a line may have.
 * @throws {MismatchError} A line is longer.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  most: number,
): AsyncGenerator<Piece> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let line = 1;
  const whole = (last: Uint8Array): Uint8Array =>
    parts.length === 0 ? last : Buffer.concat([...parts, last]);
  const grow = (bytes: number): void => {
    length += bytes;
    if (length > most)
      throw new MismatchError(
        {
          folder: 'audit',
          file: name,
          line,
          expected: `lines of at most ${most} bytes`,
          got: 'a longer one',
        },
        { hint: 'Is it JSON lines? A JSON document must be an EventList.' },
      );
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      grow(at - from);
      yield { line: line++, bytes: whole(chunk.subarray(from, at)) };
      parts = [];
      length = 0;
      from = at + 1;
    }
    if (from < chunk.length) {
      grow(chunk.length - from);
      parts.push(chunk.subarray(from));
    }
  }
  if (length > 0) yield { line, bytes: whole(new Uint8Array(0)) };
}
