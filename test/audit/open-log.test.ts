import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { comesOnce, openLog } from '../../src/audit/open-log.js';
import { failure, lineOf, readAll } from '../fixtures/audit/lines.js';

const dir = mkdtempSync(join(tmpdir(), 'open-log-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const file = join(dir, 'audit.log');
writeFileSync(file, `${lineOf()}\n`.repeat(3));
const fifo = join(dir, 'fifo');
spawnSync('mkfifo', [fifo]);
const link = join(dir, 'link');
symlinkSync('link', link);

const textOf = async (path: string): Promise<string> => {
  let text = '';
  for await (const chunk of openLog(path)) text += String(chunk);
  return text;
};

describe('a log', () => {
  it('is a file, or a pipe that has a name, whoever comes first to it', async () => {
    expect(await textOf(file)).toBe(`${lineOf()}\n`.repeat(3));
    const reading = textOf(fifo);
    const writer = spawn('bash', ['-c', `(echo one; sleep 0.2; echo two) > ${fifo}`]);
    expect(await reading).toBe('one\ntwo\n');
    await once(writer, 'close');
    const early = spawn('bash', ['-c', `echo three > ${fifo}`]);
    expect(await textOf(fifo)).toBe('three\n');
    await once(early, 'close');
  });

  it('is not waited for when its stream is destroyed', async () => {
    const stream = openLog(fifo);
    stream.resume();
    stream.destroy();
    await once(stream, 'close');
  });

  it.each([
    ['/dev/zero', 'a file or a pipe, got a device'],
    ['/dev/full', 'a file or a pipe, got a device'],
    [dir, 'a file or a pipe, got a folder'],
    [link, 'a readable file, got ELOOP'],
    [join(dir, 'none'), 'a readable file, got ENOENT'],
    [join(dir, 'x'.repeat(300)), 'a readable file, got ENAMETOOLONG'],
  ])('is not %s', async (path, expected) => {
    expect(await failure(textOf(path))).toMatch(
      new RegExp(`^audit: ${path}: expected ${expected}\\.\\n  Hint: `),
    );
  });

  it('is not a socket', async () => {
    const server = createServer().listen(join(dir, 'socket'));
    await once(server, 'listening');
    expect(await failure(textOf(join(dir, 'socket')))).toContain('expected a readable file, got ENXIO');
    server.close();
  });

  it('comes once from a pipe, and again from a file', () => {
    expect(['-', fifo, file, dir, join(dir, 'none')].map(comesOnce)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('a line without end', () => {
  /** Zeros for ever. */
  async function* zeros(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(1 << 16, '0');
  }

  it('is told before its end', async () => {
    const read = readAll(Readable.from(zeros()), { maxLineBytes: 1 << 20 });
    expect(await failure(read)).toContain('expected a line of at most 1048576 bytes, got a longer one');
  });

  it('is one line that cannot be read, and the next one is read', async () => {
    const long = (size: number) => Buffer.from(`${'0'.repeat(size)}\n`);
    for (const size of [1001, 1500, 100_000]) {
      const bytes = Buffer.concat([long(size), Buffer.from(`${lineOf()}\n`), long(size)]);
      const chunks = Array.from({ length: Math.ceil(bytes.length / 700) }, (_, i) =>
        bytes.subarray(i * 700, (i + 1) * 700),
      );
      const read = await readAll(Readable.from(chunks), { maxLineBytes: 1000, skipInvalid: true });
      expect(read.map(({ at, invalid }) => [at, invalid])).toEqual([
        [1, true],
        [2, undefined],
        [3, true],
      ]);
    }
  });
});
