import { expect, it } from 'vitest';
import { TextParts } from '../../../src/audit/wrappings/text-parts.js';
import { lineOf, readAll } from '../../fixtures/audit/lines.js';

it('knows whether the end of a list or object has come, whatever stands in its texts', () => {
  const open = (...given: string[]): boolean => {
    const parts = new TextParts(1000);
    for (const part of given) parts.add('s', part);
    return parts.isOpen('s');
  };
  expect(open(' {"a":[1', '],"b":"}')).toBe(true);
  expect(open(' {"a":[1', '],"b":"}\\', '""}')).toBe(false);
  expect(open('text', '{')).toBe(false);
  expect(open('{}', '{')).toBe(false);
  expect(open('')).toBe(false);
});

it('gives out the oldest text where streams have too much together, or are too many', () => {
  const parts = new TextParts(10);
  for (const stream of ['a', 'b', 'c']) parts.add(stream, `${stream}1234`);
  parts.add('a', '5');
  expect(parts.overflow()).toEqual(['b1234', 'c1234']);
  expect(parts.end()).toEqual(['a12345']);
  for (let i = 0; i < 1001; i++) parts.add(`${i}`, '');
  expect(parts.overflow()).toHaveLength(1);
});

it('reads a line that comes in very many parts, each part once', async () => {
  const [head, rest] = [lineOf().slice(0, -1), ',"requestObject":{"a":"'];
  const parts = [head + rest, ...Array.from({ length: 50_000 }, () => '}'), '"}}'];
  const line = (log: string) => JSON.stringify({ log, stream: 'stdout', time: 't' });
  const docker = await readAll(`${parts.map(line).join('\n')}\n`);
  expect(docker).toHaveLength(1);
  expect(docker[0]?.event?.requestObject).toEqual({ a: '}'.repeat(50_000) });
  const cri = parts.map(
    (part, i) => `2026-01-01T00:00:00Z stdout ${i < parts.length - 1 ? 'P' : 'F'} ${part}`,
  );
  expect((await readAll(`${cri.join('\n')}\n`))[0]?.event?.auditID).toBe('a-1');
});

it('refuses a line whose parts are too long together, and goes on', async () => {
  const part = `2026-01-01T00:00:00Z stdout P ${'x'.repeat(600)}\n`;
  const lines = await readAll(`${part}${part}${lineOf()}\n`, { skipInvalid: true, maxLineBytes: 1000 });
  expect(lines.map(({ skipped, event }) => skipped ?? event?.auditID)).toEqual([
    'expected a line of at most 1000 bytes, got a longer one',
    'a-1',
  ]);
});
