import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { MismatchError } from '../errors.js';
import { ByteReader } from './byte-reader.js';
import { whatIsWhole } from './gunzip.js';

/** Node's own decoder, from 22.15 and 23.8 on. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
const MAGIC = 0xfd2fb528;
/** Frames that hold nothing to unpack: sixteen kinds. */
const SKIPPABLE = 0x184d2a50;
/** Type of a block that stands for one byte many times. */
const RLE = 1;

/** Whether this Node can unpack zstd. */
export const UNPACKS_ZSTD = createZstdDecompress !== undefined;

/**
 * Unpacks zstd, frame after frame [RFC 8878]. The structure of each frame is followed, for the decoder says nothing of one that is cut
 * off or of what comes after it.
 *
 * @throws {MismatchError} A frame is cut off or damaged, or something else follows.
 */
export async function* unzstd(chunks: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(chunks);
  for (;;) {
    const head = Buffer.from(await reader.peek(4));
    if (head.length === 0) return;
    const magic = head.length === 4 ? head.readUInt32LE(0) : 0;
    if (magic >>> 4 === SKIPPABLE >>> 4) {
      await need(reader, 4, name);
      const size = (await need(reader, 4, name)).readUInt32LE(0);
      for (let left = size; left > 0; left -= 1 << 16) await need(reader, Math.min(left, 1 << 16), name);
    } else if (magic === MAGIC) yield* decode(frame(reader, name), name);
    else throw damaged(name, 'other bytes after the end of a frame');
  }
}

/** The bytes of one frame: its header, then block by block. */
async function* frame(reader: ByteReader, name: string): AsyncGenerator<Uint8Array> {
  const start = await need(reader, 5, name);
  yield start;
  const flags = start[4]!;
  const single = (flags & 0x20) !== 0;
  const sizeOfLength = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
  yield await need(reader, (single ? 0 : 1) + [0, 1, 2, 4][flags & 3]! + sizeOfLength, name);
  for (let last = false; !last; ) {
    const block = await need(reader, 3, name);
    yield block;
    const said = block.readUIntLE(0, 3);
    last = (said & 1) === 1;
    const type = (said >> 1) & 3;
    yield await need(reader, type === RLE ? 1 : said >> 3, name);
  }
  if (flags & 4) yield await need(reader, 4, name);
}

async function* decode(parts: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const engine = createZstdDecompress!();
  const feed = async (): Promise<void> => {
    for await (const part of parts) {
      if (engine.destroyed) return;
      await new Promise<void>((resolve) => {
        engine.once('close', resolve);
        engine.write(part, () => {
          engine.off('close', resolve);
          resolve();
        });
      });
    }
    engine.end();
  };
  feed().catch((error: Error) => engine.destroy(error));
  try {
    yield* engine as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (cause instanceof MismatchError || !/^Z/.test(String((cause as NodeJS.ErrnoException).code)))
      throw cause;
    throw damaged(name, (cause as Error).message, cause);
  } finally {
    engine.destroy();
  }
}

async function need(reader: ByteReader, count: number, name: string): Promise<Buffer> {
  const bytes = Buffer.from(await reader.take(count));
  if (bytes.length < count) throw damaged(name, 'unexpected end of file');
  return bytes;
}

function damaged(name: string, got: string, cause?: unknown): MismatchError {
  return new MismatchError(
    { folder: 'audit', file: name, expected: 'whole zstd data', got },
    {
      hint: `The file is cut off or damaged; copy it again. ${whatIsWhole('zstd', name)}`,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
