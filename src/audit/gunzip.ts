import { constants, crc32, createInflateRaw } from 'node:zlib';
import { MismatchError } from '../errors.js';
import { ByteReader } from './byte-reader.js';

const MAGIC = [0x1f, 0x8b, 8] as const;
/** Flags of a header: a checksum of it, extra fields, a name, a comment. */
const [FHCRC, FEXTRA, FNAME, FCOMMENT] = [2, 4, 8, 16] as const;
/** Bytes that a text of a header may have. */
const LONGEST = 1 << 16;
const NEWLINE = Uint8Array.of(0x0a);

/**
 * Unpacks gzip, member after member, and checks each one's length and checksum [RFC 1952].
 *
 * NUL bytes after a member are padding. What follows them and is no member is given as it stands, on a line of its own: a file that
 * was rotated while its writer went on, or one to which plain text was added.
 *
 * @throws {MismatchError} A member is cut off or damaged.
 */
export async function* gunzip(chunks: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(chunks);
  const fail = (got: string, cause?: unknown): never => {
    throw new MismatchError(
      { folder: 'audit', file: name, expected: 'whole gzip data', got },
      { hint: `The file is cut off or damaged; copy it again. ${whatIsWhole('gzip', name)}`, cause },
    );
  };
  let ended = true;
  for (let member = 0; ; member++) {
    const head = await reader.peek(3);
    if (member > 0 && !MAGIC.every((byte, i) => head[i] === byte)) {
      if (!(await reader.skipZeros())) return;
      const after = await reader.peek(3);
      if (!MAGIC.every((byte, i) => after[i] === byte)) {
        if (!ended) yield NEWLINE;
        yield* reader.rest();
        return;
      }
    }
    if (!(await skipHeader(reader))) fail(head.length < 3 ? 'unexpected end of file' : 'no gzip header');
    let [crc, size] = [0, 0];
    try {
      for await (const out of inflate(reader)) {
        crc = crc32(out, crc);
        size += out.length;
        if (out.length > 0) ended = out.at(-1) === 0x0a;
        yield out;
      }
    } catch (cause) {
      if (!String((cause as NodeJS.ErrnoException).code).startsWith('Z_')) throw cause;
      fail((cause as Error).message, cause);
    }
    const trailer = Buffer.from(await reader.take(8));
    if (trailer.length < 8) fail('unexpected end of file');
    if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== size % 2 ** 32)
      fail('incorrect data check');
  }
}

/** How to read the beginning of a packed file that is cut off. */
export const whatIsWhole = (tool: 'gzip' | 'zstd', name: string): string =>
  `What is whole of it: ${tool} -dc ${name === 'standard input' ? 'FILE' : name} | auditweave … - --skip-invalid`;

/** Passes a member's header; false when there is none, or it is cut off. */
async function skipHeader(reader: ByteReader): Promise<boolean> {
  const head = await reader.take(10);
  if (head.length < 10 || !MAGIC.every((byte, i) => head[i] === byte)) return false;
  const flags = head[3]!;
  if (flags & FEXTRA) {
    const [low = 0, high] = await reader.take(2);
    if (high === undefined) return false;
    const length = low + 256 * high;
    if ((await reader.take(length)).length < length) return false;
  }
  for (const flag of [FNAME, FCOMMENT]) if (flags & flag && !(await reader.skipText(LONGEST))) return false;
  return !(flags & FHCRC) || (await reader.take(2)).length === 2;
}

/** Unpacks one member's data, and leaves the reader at the first byte after it. What is cut off ends early. */
async function* inflate(reader: ByteReader): AsyncGenerator<Uint8Array> {
  // Not Z_FINISH: all that is whole comes out of data that is cut off; the missing trailer then tells.
  const engine = createInflateRaw({ chunkSize: 1 << 18, finishFlush: constants.Z_SYNC_FLUSH });
  const closed = new Promise<void>((resolve) => {
    engine.once('close', resolve);
  });
  let fed = 0;
  let last: Uint8Array = new Uint8Array(0);
  /** Gives the engine bytes until some are left over: then the member has ended inside the last chunk. */
  const feed = async (): Promise<void> => {
    while (!engine.destroyed && engine.bytesWritten === fed) {
      const chunk = await reader.chunk();
      if (chunk === null) {
        engine.end();
        return;
      }
      last = chunk;
      fed += chunk.length;
      const written = new Promise<void>((resolve) => {
        engine.write(chunk, () => resolve());
      });
      await Promise.race([written, closed]);
    }
  };
  const feeding = feed();
  feeding.catch((error: Error) => engine.destroy(error));
  try {
    yield* engine as AsyncIterable<Uint8Array>;
    reader.putBack(last.subarray(last.length - (fed - engine.bytesWritten)));
  } finally {
    engine.destroy();
  }
}
