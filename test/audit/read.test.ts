import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readAuditLog, readBatches } from '../../src/audit/read.js';
import { event, failure, lineOf, readAll, streamOf } from '../fixtures/audit/lines.js';

const dir = mkdtempSync(join(tmpdir(), 'read-'));
afterAll(() => rmSync(dir, { recursive: true }));
const DROP = '\n  Hint: Drop the line with --skip-invalid, or export the log again.';
const idsOf = async (content: string | Uint8Array | Readable): Promise<(string | undefined)[]> =>
  (await readAll(content)).map((line) => line.event?.auditID);

const events = Array.from({ length: 40 }, (_, i) =>
  event({ auditID: `id-${i}`, note: 'é🙂\\"{[}\n'.repeat(i) }),
);
const ids = events.map(({ auditID }) => auditID);
const jsonl = events.map((one) => `${JSON.stringify(one)}\n`).join('');
const list = (indent?: number): string =>
  JSON.stringify(
    { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: events },
    null,
    indent,
  );

describe('readAuditLog', () => {
  it('gives each line with its number, its text and its event', async () => {
    const lines = [lineOf({ auditID: 'a' }), lineOf({ auditID: 'b' })];
    expect(await readAll(`${lines[0]}\n${lines[1]}\n`)).toEqual([
      { line: 0, at: 1, text: lines[0], event: event({ auditID: 'a' }) },
      { line: 1, at: 2, text: lines[1], event: event({ auditID: 'b' }) },
    ]);
  });

  it('gives the integer label of the public format', async () => {
    const lines = await readAll(
      [lineOf({ label: 70048 }), lineOf({ label: -2 }), lineOf({ label: '1' })].join('\n'),
    );
    expect(lines.map(({ publicLabel }) => publicLabel)).toEqual([70048, -2, undefined]);
  });

  it.each([
    ['JSON lines', jsonl],
    ['without an end of the last line', jsonl.trimEnd()],
    ['with CRLF', jsonl.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${jsonl}`],
    ['gzip', gzipSync(jsonl)],
    [
      'several gzip files one after another',
      Buffer.concat([gzipSync(jsonl.slice(0, 999)), gzipSync(jsonl.slice(999))]),
    ],
    ['an EventList on one line', list()],
    ['an EventList on many lines', list(2)],
    ['an EventList in gzip', gzipSync(list(2))],
    ['an EventList with a byte order mark', `\uFEFF${list()}`],
    ['an EventList that begins with its items', JSON.stringify({ items: events, kind: 'EventList' })],
  ])('reads %s', async (_, content) => {
    expect(await idsOf(content)).toEqual(ids);
  });

  it('reads EventLists one after another', async () => {
    expect(await idsOf(`${list()}\n${list(1)}\n`)).toEqual([...ids, ...ids]);
  });

  it('gives the same lines wherever the bytes are cut', async () => {
    const contents = [Buffer.from(jsonl), Buffer.from(list(2)), gzipSync(jsonl)];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...contents),
        fc.integer({ min: 1, max: 5000 }),
        async (content, size) => {
          expect(await idsOf(streamOf(content, size))).toEqual(ids);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives lines together that came together, those before a fault first', async () => {
    const sizes: number[] = [];
    const read = async (content: string): Promise<void> => {
      for await (const lines of readBatches(streamOf(content), { name: 'audit.log' }))
        sizes.push(lines.length);
    };
    expect(await failure(read(`${jsonl}{"verb":1}\n${jsonl}`))).toContain('audit.log:41: ');
    expect(sizes).toEqual([40]);
    await read('\n'.repeat(10_000) + jsonl);
    expect(Math.max(...sizes)).toBe(4096);
    expect(sizes.reduce((a, b) => a + b)).toBe(40 + 10_000 + 40);
  });

  it('reads a stream of text', async () => {
    expect(await idsOf(Readable.from([jsonl.slice(0, 700), jsonl.slice(700)]))).toEqual(ids);
  });

  it('reads a file, and lets go of it when the reader stops early', async () => {
    const file = join(dir, 'early.jsonl.gz');
    writeFileSync(file, gzipSync(jsonl.repeat(200)));
    for await (const { line } of readAuditLog(file)) if (line === 3) break;
    const stream = Readable.from([Buffer.from(jsonl)]);
    for await (const _ of readAuditLog(stream)) break;
    expect(stream.destroyed).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['nothing, in gzip', gzipSync('')],
    ['an empty EventList', '{"kind":"EventList","items":[]}'],
  ])('gives no line of %s', async (_, content) => {
    expect(await readAll(content)).toEqual([]);
  });

  it('keeps the place of blank lines', async () => {
    const lines = await readAll(`\n${lineOf()}\n  \r\n`);
    expect(lines.map(({ line, event: found, skipped }) => [line, found?.verb, skipped])).toEqual([
      [0, undefined, 'blank line'],
      [1, 'get', undefined],
      [2, undefined, 'blank line'],
    ]);
  });
});

describe('a line that cannot be read', () => {
  const long = lineOf({ note: 'x'.repeat(3000) });
  const bad: [string, string | Uint8Array, string][] = [
    ['is cut off', lineOf().slice(0, -30), 'a JSON object, got JSON that ends in the middle'],
    ['is no event', '7', 'a JSON object, got 7'],
    ['lacks a field', lineOf({ verb: undefined }), 'verb to be a text, got nothing'],
    ['has NUL bytes', 'a\0b', 'a line of UTF-8 text, got NUL bytes'],
    ['is not UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'a line of UTF-8 text, got other bytes'],
    ['is too long', long, 'a line of at most 2000 bytes, got a longer one'],
  ];
  const withLine = (content: string | Uint8Array): Buffer =>
    Buffer.concat([
      Buffer.from(`${lineOf()}\n`),
      Buffer.from(content as Uint8Array),
      Buffer.from(`\n${lineOf()}\n`),
    ]);

  it.each(bad)('ends with its place when it %s', async (_, content, message) => {
    const work = readAll(withLine(content), { maxLineBytes: 2000 });
    expect(await failure(work)).toBe(`audit: audit.log:2: expected ${message}.${DROP}`);
  });

  it.each(bad)('keeps its row with skipInvalid when it %s', async (_, content, message) => {
    for (const size of [7, Number.MAX_SAFE_INTEGER]) {
      const stream = streamOf(withLine(content), size);
      const lines = await readAll(stream, { maxLineBytes: 2000, skipInvalid: true });
      expect(lines.map(({ line, event: found, skipped }) => [line, found?.verb, skipped])).toEqual([
        [0, 'get', undefined],
        [1, undefined, `expected ${message}`],
        [2, 'get', undefined],
      ]);
    }
  });

  it('is told apart in an EventList, by the physical line where the item starts', async () => {
    const content = `{"kind":"EventList",\n"items":[\n${lineOf()},\n${lineOf({ stage: '' })},\n${long},\n${lineOf()}]}`;
    expect(await failure(readAll(content))).toBe(
      `audit: audit.log:4: expected stage to be a text, got "".${DROP}`,
    );
    const lines = await readAll(streamOf(content, 100), { maxLineBytes: 2000, skipInvalid: true });
    expect(lines.map(({ line, skipped }) => [line, skipped])).toEqual([
      [0, undefined],
      [1, 'expected stage to be a text, got ""'],
      [2, 'expected a line of at most 2000 bytes, got a longer one'],
      [3, undefined],
    ]);
  });
});

describe('a file that cannot be read', () => {
  const GZIP =
    '\n  Hint: The file is cut off or damaged; copy it again. What is whole of it: gzip -dc audit.log | auditweave … - --skip-invalid';
  const PATH = '\n  Hint: Check the path and its permissions; - reads standard input.';
  const many = gzipSync(
    Array.from({ length: 3000 }, (_, i) => `${lineOf({ auditID: `${i}-${(i * 7919) % 104729}` })}\n`).join(
      '',
    ),
  );

  it('is not there', async () => {
    const file = join(dir, 'absent.log');
    expect(await failure(readAll(readAuditLogOf(file)))).toBe(
      `audit: ${file}: expected a readable file, got ENOENT.${PATH}`,
    );
  });

  it('is a folder', async () => {
    expect(await failure(readAll(readAuditLogOf(dir)))).toBe(
      `audit: ${dir}: expected a file or a pipe, got a folder.\n  Hint: Name a file; - reads standard input.`,
    );
  });

  it('is gzip that is cut off: what is whole is given, then the line where it ends', async () => {
    let lines = 0;
    const read = async (): Promise<void> => {
      for await (const { line } of readAuditLog(streamOf(many.subarray(0, many.length - 2000), 512), {
        name: 'audit.log.gz',
        skipInvalid: true,
      }))
        lines = line + 1;
    };
    expect(await failure(read())).toBe(
      `audit: audit.log.gz:${lines + 1}: expected whole gzip data, got unexpected end of file.${GZIP.replace('audit.log', 'audit.log.gz')}`,
    );
    expect(lines).toBeGreaterThan(100);
  });

  it('is damaged gzip', async () => {
    const damaged = Buffer.concat([gzipSync(jsonl).subarray(0, 10), Buffer.from([0xff, 0xff, 0xff, 0xff])]);
    expect(await failure(readAll(damaged))).toBe(
      `audit: audit.log: expected whole gzip data, got invalid block type.${GZIP}`,
    );
  });

  it('is gzip of two bytes', async () => {
    expect(await failure(readAll(Buffer.from([0x1f, 0x8b])))).toBe(
      `audit: audit.log: expected whole gzip data, got unexpected end of file.${GZIP}`,
    );
  });

  it('is an EventList that is cut off', async () => {
    const work = readAll(list(2).slice(0, -400), { skipInvalid: true });
    expect(await failure(work)).toMatch(
      /^audit: audit\.log:\d+: expected a complete list of events, got its end in the middle\.\n {2}Hint: The file is cut off; copy it again, or use JSON lines\.$/,
    );
  });

  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${jsonl}`, 'utf16le'), 'UTF-16', 'iconv -f UTF-16 -t UTF-8'],
    ['UTF-16, big end first', Buffer.from([0xfe, 0xff, 0, 0x7b]), 'UTF-16', 'iconv -f UTF-16 -t UTF-8'],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), 'xz', 'xz -dc'],
    ['xz in gzip', gzipSync(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])), 'xz', 'xz -dc'],
    ['bzip2', Buffer.from('BZh91AY'), 'bzip2', 'bzip2 -dc'],
    ['ZIP', Buffer.from('PK\u0003\u0004'), 'a ZIP archive', 'unzip -p'],
  ])('is %s', async (_, content, got, tool) => {
    expect(await failure(readAll(content, { skipInvalid: true }))).toBe(
      `audit: audit.log:1: expected UTF-8 text or gzip, got ${got}.\n  Hint: Unpack it: ${tool} audit.log > unpacked.log, and name that; or … | auditweave label -`,
    );
  });

  it.each([
    ['tar', (bytes: Buffer) => bytes, 'tar -xf'],
    ['tar in gzip', (bytes: Buffer) => gzipSync(bytes), 'tar -xf'],
  ])('is %s', async (_, pack, command) => {
    expect(await failure(readAll(pack(tarOf('logs/audit.log', jsonl)), { skipInvalid: true }))).toBe(
      `audit: audit.log:1: expected UTF-8 text or gzip, got a tar archive.\n  Hint: Unpack it: ${command} audit.log, and name the logs in it, or their folder.`,
    );
  });

  it.each(['LE', 'BE'])('is UTF-16%s without a mark', async (order) => {
    const bytes = Buffer.from(jsonl, 'utf16le');
    expect(await failure(readAll(order === 'LE' ? bytes : bytes.swap16()))).toContain(
      `got UTF-16.\n  Hint: Unpack it: iconv -f UTF-16${order} -t UTF-8 audit.log`,
    );
  });

  it.each([
    ['04224d18', 'lz4', 'lz4 -dc'],
    ['ff060000734e61507059', 'snappy', 'snzip -dc'],
    ['5041523115041500', 'a Parquet file', 'duckdb'],
    ['4f626a0104166176', 'an Avro file', 'avro-tools tojson'],
    ['53514c69746520666f726d', 'a database of SQLite', 'sqlite3 -json'],
  ])('begins with %s and is %s', async (bytes, got, tool) => {
    const problem = await failure(readAll(Buffer.from(bytes, 'hex'), { skipInvalid: true }));
    expect(problem).toContain(`got ${got}.`);
    expect(problem).toContain(tool);
  });

  it('fails while it is read', async () => {
    const stream = Readable.from(
      (async function* () {
        yield Buffer.from(`${lineOf({ note: 'x'.repeat(5000) })}\n`);
        throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
      })(),
    );
    expect(await failure(readAll(stream))).toBe(
      `audit: audit.log:2: expected a readable file, got EIO.${PATH}`,
    );
  });
});

describe('a long log', () => {
  /** Bytes that memory may grow by, far below the log's own. */
  const BOUND = 64 * 1024 * 1024;
  const note = 'n'.repeat(600);
  const parts = function* (count: number, begin: string, between: string, end: string): Generator<Buffer> {
    yield Buffer.from(begin);
    const block = Array.from({ length: 200 }, (_, i) => lineOf({ auditID: `id-${i}`, note })).join(between);
    for (let i = 0; i < count; i += 200) yield Buffer.from(i === 0 ? block : `${between}${block}`);
    yield Buffer.from(end);
  };

  it.each([
    ['JSON lines', 200_000, '', '\n', '\n'],
    ['an EventList', 100_000, '{"kind":"EventList","metadata":{},\n  "items": [\n', ',\n', ']}'],
  ] as const)('of %s is read in bounded memory', async (_, count, begin, between, end) => {
    let lines = 0;
    let most = 0;
    const start = process.memoryUsage();
    for await (const { line } of readAuditLog(Readable.from(parts(count, begin, between, end)))) {
      lines = line + 1;
      if (line % 5000 === 0) {
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        most = Math.max(most, heapUsed - start.heapUsed + arrayBuffers - start.arrayBuffers);
      }
    }
    expect(lines).toBe(count);
    expect(most).toBeLessThan(BOUND);
  });

  it('in one giant line is refused without being held', async () => {
    const giant = Readable.from(
      (function* () {
        const block = Buffer.alloc(1 << 20, 'x');
        for (let i = 0; i < 300; i++) yield block;
        yield Buffer.from(`\n${lineOf()}\n`);
      })(),
    );
    const start = process.memoryUsage().arrayBuffers;
    const lines = await readAll(giant, { maxLineBytes: 1 << 22, skipInvalid: true });
    expect(lines.map(({ line, skipped }) => [line, skipped])).toEqual([
      [0, 'expected a line of at most 4194304 bytes, got a longer one'],
      [1, undefined],
    ]);
    expect(process.memoryUsage().arrayBuffers - start).toBeLessThan(BOUND);
  });
});

/** A file's lines as `readAll` takes them, called by its path. */
function readAuditLogOf(file: string): Readable {
  return Readable.from(
    (async function* () {
      for await (const _ of readAuditLog(file)) yield Buffer.alloc(0);
    })(),
  );
}

/** An archive of one file, as tar writes it. */
function tarOf(name: string, content: string): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write('0000644\x000000000\x000000000\0', 100);
  head.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
  head.write('        0', 148);
  head.write(
    `${head
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return Buffer.concat([head, Buffer.from(content), Buffer.alloc(1024 - (Buffer.byteLength(content) % 512))]);
}
