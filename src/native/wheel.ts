import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { MismatchError } from '../errors.js';

/** One file in a wheel, which is a ZIP archive [APPNOTE]. */
export interface WheelEntry {
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  /** Bytes in the archive. */
  packed: number;
  /** Bytes once unpacked. */
  bytes: number;
  /** Where the entry's local header starts. */
  offset: number;
}

/** What tfjs-node's binding includes. */
export const HEADERS: ReadonlySet<string> = new Set([
  'tensorflow/c/c_api.h',
  'tensorflow/c/c_api_macros.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/c/tf_attrtype.h',
  'tensorflow/c/tf_buffer.h',
  'tensorflow/c/tf_datatype.h',
  'tensorflow/c/tf_status.h',
  'tensorflow/c/tf_tensor.h',
  'tensorflow/c/tf_tstring.h',
  'tensorflow/core/platform/ctstring.h',
  'tensorflow/core/platform/ctstring_internal.h',
  'tsl/platform/ctstring.h',
  'tsl/platform/ctstring_internal.h',
  'xla/tsl/c/tsl_status.h',
]);

/**
 * Says where a file of a wheel goes, or that it is not needed.
 *
 * CUDA's libraries keep their folders: libtensorflow looks for them at `../nvidia/<name>/lib` beside its own folder.
 *
 * @example placeOf('tensorflow/libtensorflow_cc.so.2') // 'lib/libtensorflow_cc.so.2'
 */
export function placeOf(name: string): string | null {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(name)) return `lib/${basename(name)}`;
  if (/^nvidia\/[\w-]+\/lib\/[\w.+-]+\.so[\w.]*$/.test(name)) return name;
  const header = name.startsWith('tensorflow/include/') ? name.slice('tensorflow/include/'.length) : '';
  if (HEADERS.has(header)) return `include/${header}`;
  if (header === 'LICENSE' || name === 'tensorflow/THIRD_PARTY_NOTICES.txt')
    return `licences/tensorflow/${basename(name)}`;
  const licence = /^(nvidia_\w+)-[\d.]+\.dist-info\/(?:.*\/)?(licen[sc]e[^/]*)$/i.exec(name);
  return licence ? `licences/${licence[1]}/${licence[2]}` : null;
}

/**
 * Unpacks what is needed from a wheel. Every file is written through to the disk.
 *
 * @param wheel Path of the wheel.
 * @param folder Where the files go; made when absent.
 * @param onBytes Told about each piece written.
 * @returns Paths below `folder`.
 * @throws {MismatchError} the file is no wheel that can be read.
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<string[]> {
  const written: string[] = [];
  for (const entry of await readEntries(wheel)) {
    const place = placeOf(entry.name);
    if (place === null) continue;
    await mkdir(dirname(join(folder, place)), { recursive: true });
    await unpackEntry(wheel, entry, join(folder, place), onBytes);
    written.push(place);
  }
  return written;
}

/** Reads the directory at the end of a ZIP archive. Archives above 4 GiB (ZIP64) are refused. */
export async function readEntries(wheel: string): Promise<WheelEntry[]> {
  const file = await open(wheel, 'r');
  try {
    const { size } = await file.stat();
    const tail = await bytesAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    if (end < 0) throw unreadable(wheel, 'no end of a ZIP directory');
    const start = tail.readUInt32LE(end + 16);
    if (start === 0xffff_ffff) throw unreadable(wheel, 'a ZIP64 archive');
    const directory = await bytesAt(file, start, tail.readUInt32LE(end + 12));
    const entries: WheelEntry[] = [];
    for (let at = 0; at < directory.length; ) {
      if (directory.readUInt32LE(at) !== 0x0201_4b50) throw unreadable(wheel, 'a broken ZIP directory');
      const nameLength = directory.readUInt16LE(at + 28);
      entries.push({
        name: directory.toString('utf8', at + 46, at + 46 + nameLength),
        method: directory.readUInt16LE(at + 10),
        packed: directory.readUInt32LE(at + 20),
        bytes: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
      });
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return entries;
  } finally {
    await file.close();
  }
}

async function unpackEntry(
  wheel: string,
  entry: WheelEntry,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const source = await open(wheel, 'r');
  const header = await bytesAt(source, entry.offset, 30).finally(() => source.close());
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  const packed = () =>
    createReadStream(wheel, { start, end: start + entry.packed - 1, highWaterMark: 1 << 20 });
  const sink = createWriteStream(target, { flush: true });
  if (entry.packed === 0) await pipeline([], sink);
  else if (entry.method === 0) await pipeline(packed(), count, sink);
  else await pipeline(packed(), createInflateRaw({ chunkSize: 1 << 20 }), count, sink);
  if (bytes !== entry.bytes) throw unreadable(wheel, `${bytes} of ${entry.bytes} bytes of ${entry.name}`);
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer;
}

function unreadable(wheel: string, got: string): MismatchError {
  return new MismatchError({ folder: 'native', file: basename(wheel), expected: 'a wheel', got });
}
