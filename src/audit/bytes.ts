import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MismatchError } from '../errors.js';

/** A piece of a log, still as bytes. */
export interface Piece {
  /** From 1: the physical line on which it starts. */
  line: number;
  /** Null when it has more bytes than a line may have. */
  bytes: Uint8Array | null;
}

/** What a file may begin with instead of text, by its first bytes in hex. */
const FOREIGN: readonly (readonly [start: string, name: string, hint: string])[] = [
  ['fffe', 'UTF-16', 'Convert it: iconv -f UTF-16 -t UTF-8.'],
  ['feff', 'UTF-16', 'Convert it: iconv -f UTF-16 -t UTF-8.'],
  ['28b52ffd', 'zstd', 'Unpack it: zstd -d.'],
  ['fd377a58', 'xz', 'Unpack it: xz -d.'],
  ['504b0304', 'a ZIP archive', 'Unpack it: unzip.'],
];
const NEWLINE = 0x0a;

/**
 * The bytes of a log, unpacked when they are gzip (by their first two bytes, not by the name).
 *
 * @throws {MismatchError} The file cannot be read, is gzip that is cut off, or is neither text nor gzip.
 */
export async function* openBytes(source: string | Readable, name: string): AsyncGenerator<Uint8Array> {
  const stream = typeof source === 'string' ? createReadStream(source, { highWaterMark: 1 << 20 }) : source;
  const chunks = chunksOf(stream);
  try {
    let head: Uint8Array = new Uint8Array(0);
    while (head.length < 4) {
      const next = await chunks.next();
      if (next.done) break;
      head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
    }
    const start = Buffer.from(head.subarray(0, 4)).toString('hex');
    const foreign = FOREIGN.find(([bytes]) => start.startsWith(bytes));
    if (foreign)
      throw new MismatchError(
        { folder: 'audit', file: name, line: 1, expected: 'UTF-8 text or gzip', got: foreign[1] },
        { hint: foreign[2] },
      );
    const whole = prepend(head, chunks);
    yield* start.startsWith('1f8b') ? unpack(whole, name) : whole;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof MismatchError || code === undefined || syscall === undefined) throw error;
    throw new MismatchError(
      { folder: 'audit', file: name, expected: 'a readable file', got: code },
      { hint: 'Check the path and its permissions; - reads standard input.', cause: error },
    );
  } finally {
    stream.destroy();
  }
}

async function* chunksOf(stream: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream as AsyncIterable<Uint8Array | string>)
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** Bytes that were read ahead, then the rest. */
export async function* prepend(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* unpack(packed: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // An error reaches the reader of gunzip.
  pipeline(packed, gunzip, () => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (!String((cause as NodeJS.ErrnoException).code).startsWith('Z_')) throw cause;
    throw new MismatchError(
      { folder: 'audit', file: name, expected: 'whole gzip data', got: (cause as Error).message },
      { hint: 'The file is cut off or damaged; copy it again.', cause },
    );
  }
}

/**
 * Cuts bytes into lines. Holds at most one line, and nothing of a line that is too long.
 *
 * @param most Bytes a line may have.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Piece> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let line = 1;
  const take = (last: Uint8Array): Uint8Array | null => {
    const whole = length > most ? null : parts.length === 0 ? last : Buffer.concat([...parts, last]);
    parts = [];
    length = 0;
    return whole;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      length += at - from;
      yield { line: line++, bytes: take(chunk.subarray(from, at)) };
      from = at + 1;
    }
    if (from < chunk.length) {
      length += chunk.length - from;
      if (length <= most) parts.push(chunk.subarray(from));
      else parts = [];
    }
  }
  if (length > 0) yield { line, bytes: take(new Uint8Array(0)) };
}
