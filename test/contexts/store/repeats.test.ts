import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { goJson } from '../../../src/audit/go-json.js';
import { readAuditLog } from '../../../src/audit/read.js';
import { redactLine } from '../../../src/contexts/redact.js';
import { Links } from '../../../src/contexts/store/links.js';
import { readStoreManifest } from '../../../src/contexts/store/manifest.js';
import { Expected, Repeats } from '../../../src/contexts/store/repeats.js';
import { Store } from '../../../src/contexts/store/store.js';
import { writeStore } from '../../../src/contexts/store/write-store.js';
import { request } from '../log.js';

const root = mkdtempSync(join(tmpdir(), 'repeats-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function textsOf(dir: string): Promise<string[]> {
  const store = await Store.open(dir);
  const texts: string[] = [];
  for await (const { text } of store.lines()) texts.push(text);
  await store.close();
  return texts;
}

describe('what a line is likely to say', () => {
  it('is what the likest one said that there is', () => {
    const repeats = new Repeats<string>();
    const said = (value: string) => ({ streams: ['a'], values: [value] });
    repeats.keep(['pod a', 'get'], said('1'), 1);
    repeats.keep(['pod b', 'get'], said('2'), 1);
    expect(repeats.of(['pod a', 'get'])?.values).toEqual(['1']);
    expect(repeats.of(['pod c', 'get'])?.values).toEqual(['2']);
    expect(repeats.of(['pod c', 'list'])).toBe(null);
  });

  it('is forgotten when it takes too much room', () => {
    const repeats = new Repeats<string>();
    repeats.keep(['a'], { streams: [], values: [] }, 12 << 20);
    repeats.keep(['b'], { streams: [], values: [] }, 12 << 20);
    expect(repeats.of(['a'])).toBe(null);
    expect(repeats.of(['b'])).not.toBe(null);
  });

  it('is found behind values that the line has not', () => {
    const expected = new Expected<string>();
    expected.begin({ streams: ['n', 'item', 'item', 'last'], values: ['2', 'x', 'y', 'z'] });
    expect(['n', 'item', 'other', 'last', 'last'].map((stream) => expected.of(stream))).toEqual([
      ...['2', 'x', null, 'z'],
      null,
    ]);
  });
});

describe('a store of lines that repeat others', () => {
  it('gives back lists that grow and shrink, values that come back, and objects that take turns', async () => {
    const log = Array.from({ length: 120 }, (_, i) =>
      request(i, i % 5 === 0 ? 'ann' : 'bob', i % 2 ? 'patch' : 'update', `pods/shop/p${i % 7}`, {
        body: {
          spec: { list: Array.from({ length: (i * i) % 6 }, (_, j) => ({ at: j, is: `v${(i + j) % 3}` })) },
          status: { phase: i % 3 ? 'Running' : 'Pending', big: 'x'.repeat(i % 40), odd: i % 11 ? i : null },
        },
      }),
    );
    const texts = log.map((event) => goJson(event));
    for (const partLines of [1000, 50]) {
      const dir = join(root, `turns-${partLines}`);
      async function* lines() {
        for (const [line, event] of log.entries()) yield { line, at: line, text: texts[line]!, event };
      }
      await writeStore(dir, lines(), new Links(), { level: 1, partLines });
      expect(await textsOf(dir)).toEqual(texts);
    }
  });

  it('gives back a real log', async () => {
    const log = join(import.meta.dirname, '../../../datasets/first-light/audit.jsonl.gz');
    const expected: string[] = [];
    for await (const { text, event } of readAuditLog(log)) if (event) expected.push(redactLine(text, event));
    const dir = join(root, 'first-light');
    await writeStore(dir, readAuditLog(log), new Links());
    const texts = await textsOf(dir);
    expect(texts.length).toBe(expected.length);
    expect(texts.findIndex((text, i) => text !== expected[i])).toBe(-1);
  });
});

describe('a store of format 1, written before lines repeated others', () => {
  const fixture = join(import.meta.dirname, '../../fixtures/store-1');
  const log = readFileSync(join(fixture, 'audit.jsonl'), 'utf8').trimEnd().split('\n');

  it('is read', async () => {
    expect(await textsOf(join(fixture, 'store'))).toEqual(log);
  });

  it('goes on, in format 2', async () => {
    const dir = join(root, 'goes-on');
    cpSync(join(fixture, 'store'), dir, { recursive: true });
    const event = request(0, 'ann', 'create', 'pods/shop/a');
    async function* lines() {
      yield { line: 0, at: 0, text: goJson(event), event };
    }
    await writeStore(dir, lines(), new Links(), { level: 1 });
    expect((await readStoreManifest(dir))?.format).toBe(2);
    expect(await textsOf(dir)).toEqual([...log, goJson(event)]);
  });
});
