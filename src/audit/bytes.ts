import type { Readable } from 'node:stream';
import { MismatchError } from '../errors.js';
import { ByteReader } from './byte-reader.js';
import { gunzip } from './gunzip.js';
import { openLog, unreadable } from './open-log.js';
import { UNPACKS_ZSTD, unzstd } from './unzstd.js';

/** A piece of a log, still as bytes: a line, or a value of a document that spans lines. */
export interface Piece {
  /** From 1: the physical line on which it starts. */
  line: number;
  /** Null when it has more bytes than a line may have. */
  bytes: Uint8Array | null;
}

const ZSTD = '28b52ffd';
/** What a file may begin with instead of text, by its first bytes in hex. */
const FOREIGN: readonly (readonly [start: string, name: string, tool: string])[] = [
  ['fffe', 'UTF-16', 'iconv -f UTF-16 -t UTF-8'],
  ['feff', 'UTF-16', 'iconv -f UTF-16 -t UTF-8'],
  [ZSTD, 'zstd', 'zstd -dc'],
  ['fd377a58', 'xz', 'xz -dc'],
  ['425a68', 'bzip2', 'bzip2 -dc'],
  ['504b0304', 'a ZIP archive', 'unzip -p'],
  ['504b0506', 'an empty ZIP archive', 'unzip -p'],
  ['377abcaf', 'a 7z archive', '7z x -so'],
  ['04224d18', 'lz4', 'lz4 -dc'],
  ['ff060000734e6150', 'snappy', 'snzip -dc'],
  ['7b00', 'UTF-16', 'iconv -f UTF-16LE -t UTF-8'],
  ['007b', 'UTF-16', 'iconv -f UTF-16BE -t UTF-8'],
];
/** Files of tables that may hold a log, which other tools take apart. */
const TABLES: readonly (readonly [start: string, name: string, hint: string])[] = [
  [
    '50415231',
    'a Parquet file',
    "Write its lines as JSON: duckdb -c \"copy (from 'FILE') to 'audit.jsonl'\"; a store of contexts --out is named by its folder.",
  ],
  ['4f626a01', 'an Avro file', 'Write its records as JSON: avro-tools tojson FILE > audit.jsonl'],
  ['53514c6974652066', 'a database of SQLite', 'Export its rows as JSON: sqlite3 -json FILE …'],
];
/** Bytes of a tar archive's first header. */
const TAR_HEADER = 512;
const GZIP = '1f8b';
const NEWLINE = 0x0a;
/** Times that a file may be packed by gzip over gzip. */
const MOST_PACKED = 4;

/**
 * The bytes of a log, unpacked when they are gzip, or zstd where this Node can (by their first bytes, not by the name).
 *
 * @throws {MismatchError} The file cannot be read, is gzip that is cut off, is an archive, or is neither text nor gzip.
 */
export async function* openBytes(source: string | Readable, name: string): AsyncGenerator<Uint8Array> {
  const stream = typeof source === 'string' ? openLog(source) : source;
  try {
    yield* unpack(chunksOf(stream), name, MOST_PACKED);
  } catch (error) {
    throw unreadable(name, error) ?? error;
  } finally {
    stream.destroy();
  }
}

/** Looks at the first bytes, and unpacks what they say is packed. */
async function* unpack(
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
  most: number,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(chunks);
  let head = Buffer.from(await reader.peek(4));
  let start = head.toString('hex');
  const fail = (got: string, hint: string): never => {
    throw new MismatchError(
      { folder: 'audit', file: name, line: 1, expected: 'UTF-8 text or gzip', got },
      { hint },
    );
  };
  if (most === 0 && (start === ZSTD || start.startsWith(GZIP)))
    fail('packed data in packed data, many times over', 'Unpack it yourself, and name what comes out.');
  if (start === ZSTD && UNPACKS_ZSTD) {
    yield* unpack(unzstd(reader.rest(), name), name, most - 1);
    return;
  }
  if (/^(ff06|5351)/.test(start)) start = Buffer.from(await reader.peek(8)).toString('hex');
  const [, foreign, tool] = FOREIGN.find(([bytes]) => start.startsWith(bytes)) ?? [];
  if (foreign !== undefined) fail(foreign, unpackHint(tool!, name));
  const table = TABLES.find(([bytes]) => start.startsWith(bytes));
  if (table) fail(table[1], table[2]);
  if (start.startsWith(GZIP)) {
    yield* unpack(gunzip(reader.rest(), name), name, most - 1);
    return;
  }
  // A header of tar has no end of a line; a live log is not waited for once it has one.
  if (!/^[\s{[\uFEFF]/.test(head.toString('utf8')))
    for (let size = 64; size <= TAR_HEADER && !head.includes(NEWLINE); size *= 2)
      head = Buffer.from(await reader.peek(size));
  if (isTar(head)) {
    const file = name === 'standard input' ? 'FILE' : name;
    fail('a tar archive', `Unpack it: tar -xf ${file}, and name the logs in it, or their folder.`);
  }
  yield* reader.rest();
}

/** Whether bytes begin with a header of tar: the sum of its bytes stands in it, in octal. */
function isTar(head: Buffer): boolean {
  if (head.length < TAR_HEADER) return false;
  const said = Number.parseInt(
    head
      .toString('latin1', 148, 156)
      .replace(/[^0-7]/g, ' ')
      .trim(),
    8,
  );
  let sum = 0;
  for (let i = 0; i < TAR_HEADER; i++) sum += i >= 148 && i < 156 ? 0x20 : head[i]!;
  return head[0] !== 0 && said === sum;
}

function unpackHint(tool: string, name: string): string {
  return name === 'standard input'
    ? `Unpack it on the way: … | ${tool} | auditweave label - …`
    : `Unpack it: ${tool} ${name} > unpacked.log, and name that; or … | auditweave label -`;
}

async function* chunksOf(stream: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream as AsyncIterable<Uint8Array | string>)
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
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
