import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutPadding } from '../../src/audit/padding.js';
import { failure, lineOf, readAll, streamOf } from '../fixtures/audit/lines.js';

const cleaned = async (text: string, size = 1): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of withoutPadding(streamOf(text, size))) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
};

it('takes runs of NUL away before and behind a line’s text, wherever the bytes are cut, and no other', async () => {
  const piece = fc.constantFrom('a', 'b\0c', '\n', '\0', '\0\0\0');
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (all, size) => {
        const text = all.join('');
        const expected = text
          .split('\n')
          .map((line) => line.replace(/^\0+|\0+$/g, ''))
          .join('\n');
        expect(await cleaned(text, size)).toBe(expected);
      },
    ),
  );
});

it('reads the events of a log that was emptied under its writer, or was cut off by a crash', async () => {
  const [a, b] = [lineOf({ auditID: 'a' }), lineOf({ auditID: 'b' })];
  for (const log of [
    `${'\0'.repeat(100_000)}${a}\n${b}\n`,
    `${a}\n${'\0'.repeat(5000)}\n${b}\n`,
    `${a}\n${'\0'.repeat(5000)}${b}\n`,
    `${a}\n${b}${'\0'.repeat(5000)}`,
  ])
    for (const bytes of [Buffer.from(log), gzipSync(log)]) {
      const read = await readAll(streamOf(bytes, 1000));
      expect(read.flatMap(({ event }) => event?.auditID ?? [])).toEqual(['a', 'b']);
    }
});

it('needs no memory for a hole, and refuses NUL inside a line', async () => {
  const read = await readAll(streamOf(`${'\0'.repeat(5_000_000)}${lineOf()}\n`, 65_536), {
    maxLineBytes: 10_000,
  });
  expect(read).toHaveLength(1);
  expect(await failure(readAll(`${lineOf().slice(0, 40)}\0${lineOf().slice(40)}\n`))).toContain(
    'expected a line of UTF-8 text, got NUL bytes',
  );
});
