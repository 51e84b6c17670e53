import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { event, failure, lineOf, readAll, streamOf } from '../fixtures/audit/lines.js';

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const sound = lineOf({ auditID: 'after' });

describe('a hostile line', () => {
  it.each<[string, string | Buffer]>([
    ['two equal keys', `{"verb":"list","user":{},${lineOf().slice(1)}`],
    ['a line separator of Unicode', lineOf({ note: 'a\u2028b\u2029c\u0085' })],
    ['a mark of byte order before it', `\uFEFF${lineOf()}`],
    ['a number without end', lineOf().replace('{', `{"n":${'9'.repeat(5000)},`)],
    ['a number beyond all', lineOf().replace('{', '{"n":1e999,"m":-1e-999,')],
    ['half a surrogate', lineOf().replace('{', '{"n":"\\ud800",')],
    ['the keys of prototypes', lineOf().replace('{', '{"__proto__":{"verb":1},"constructor":1,')],
    ['900 levels', lineOf().replace('{', `{"n":${'['.repeat(900)}${']'.repeat(900)},`)],
    ['a mebibyte of text', lineOf({ note: 'x'.repeat(1 << 20) })],
    ['a status out of range', lineOf({ responseStatus: { code: -7e300 } })],
    ['a time long ago', lineOf({ requestReceivedTimestamp: '0001-01-01T00:00:00Z' })],
  ])('with %s is read', async (_, line) => {
    const read = await readAll(streamOf(bytes(Buffer.from(line as string) as never, `\r\n${sound}\n`), 777));
    expect(read.map(({ event: found }) => found?.auditID)).toEqual(['a-1', 'after']);
  });

  it.each<[string, Buffer, string]>([
    [
      'bytes that are no UTF-8',
      bytes(lineOf().slice(0, -1), ',"n":"', [0xc3, 0x28, 0xed, 0xa0, 0x80], '"}'),
      'a line of UTF-8 text, got other bytes',
    ],
    ['a NUL', bytes(lineOf().slice(0, -1), ',"n":"', [0], '"}'), 'a line of UTF-8 text, got NUL bytes'],
    [
      '5,000 brackets',
      bytes(lineOf().replace('{', `{"n":${'['.repeat(5000)}${']'.repeat(5000)},`)),
      'at most 1000 levels of nesting, got more',
    ],
    [
      '5,000 brackets and braces for a field',
      bytes(`{"verb":${'{"a":['.repeat(450)}${']}'.repeat(450)},${lineOf({ verb: undefined }).slice(1)}`),
      'verb to be a text, got {"a":[{"a":[',
    ],
    ['brackets that never close', bytes(`{"a":${'['.repeat(100_000)}`), 'a JSON object, got '],
    ['a raw end of line in a text', bytes(lineOf().slice(0, -1), ',"n":"\t"}'), 'a JSON object, got '],
  ])('with %s is told, and the next one read', async (_, line, expected) => {
    const content = bytes(line as never, `\n${sound}\n`);
    expect(await failure(readAll(content))).toContain(`audit: audit.log:1: expected ${expected}`);
    const kept = await readAll(streamOf(content, 999), { skipInvalid: true });
    expect(kept.map(({ event: found, invalid }) => [found?.auditID, invalid])).toEqual([
      [undefined, true],
      ['after', undefined],
    ]);
  });

  it('with a wrong type in any field that is read is told with that field', async () => {
    const whole: Record<string, unknown> = event({
      impersonatedUser: { username: 'a', groups: ['b'] },
      sourceIPs: ['192.0.2.1'],
      userAgent: 'a',
      responseStatus: { code: 200, reason: 'a', status: 'a', message: 'a' },
      annotations: { a: 'b' },
      stageTimestamp: '2026-01-01T00:00:00Z',
    });
    const paths = Object.entries(whole).flatMap(([key, value]) =>
      typeof value === 'object' && !Array.isArray(value)
        ? [[key], ...Object.keys(value as object).map((inner) => [key, inner])]
        : [[key]],
    );
    const wrong = (value: unknown): unknown[] =>
      typeof value === 'string' ? [7, {}, [], true] : ['x', 7, true];
    for (const [key, inner] of paths as [string, string | undefined][])
      for (const bad of wrong(
        inner === undefined ? whole[key] : (whole[key] as Record<string, unknown>)[inner],
      )) {
        const line = structuredClone(whole);
        if (inner === undefined) line[key] = bad;
        else (line[key] as Record<string, unknown>)[inner] = bad;
        if (inner === 'code' && bad === 7) continue;
        const problem = await failure(readAll(`${JSON.stringify(line)}\n`));
        expect([key, inner, bad, problem]).toEqual([
          key,
          inner,
          bad,
          expect.stringMatching(new RegExp(`expected .*${inner ?? key}`)),
        ]);
      }
  });

  it('is an event, a row with its reason, or an error, whatever its bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(),
        fc.integer({ min: 1, max: 50 }),
        async (noise, from, size) => {
          const line = Buffer.from(`${lineOf()}\n${sound}\n`);
          const at = from % line.length;
          const content = Buffer.concat([line.subarray(0, at), noise, line.subarray(at)]);
          const problem = await failure(readAll(streamOf(content, size)));
          expect(problem).toMatch(/^nothing$|^audit: audit\.log(:\d+)?: expected [\s\S]+, got [\s\S]+\./);
          const kept = await failure(readAll(streamOf(content, size), { skipInvalid: true }));
          expect(kept).toMatch(/^nothing$|^audit: audit\.log(:\d+)?: expected [\s\S]+, got [\s\S]+\./);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does no harm when many have one auditID', async () => {
    const read = await readAll(`${lineOf()}\n`.repeat(50));
    expect(new Set(read.map(({ line }) => line)).size).toBe(50);
  });
});
