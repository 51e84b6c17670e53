import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { goJson } from '../../../src/audit/go-json.js';
import { readAuditLog } from '../../../src/audit/read.js';
import { Links } from '../../../src/contexts/store/links.js';
import { Store } from '../../../src/contexts/store/store.js';
import { writeStore } from '../../../src/contexts/store/write-store.js';
import { request } from '../log.js';

const root = mkdtempSync(join(tmpdir(), 'store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a log of long lines', () => {
  const lines = Array.from({ length: 60 }, (_, i) =>
    goJson({
      ...request(i, 'ann', 'update', 'configmaps/shop/large'),
      annotations: { note: `${i} `.repeat(250_000) },
    }),
  );

  it('goes into a store in less memory than a part of such lines takes', async () => {
    const log = readAuditLog(Readable.from(lines.map((line) => Buffer.from(`${line}\n`))));
    const { stored } = await writeStore(join(root, 'store'), log, new Links(), { level: 1, memory: 96 });
    expect(stored).toBe(60);
    const store = await Store.open(join(root, 'store'));
    const back: string[] = [];
    for await (const { text } of store.lines()) back.push(text);
    await store.close();
    expect(back.length).toBe(60);
    for (const [i, text] of back.entries()) expect(text === lines[i], `line ${i}`).toBe(true);
  });
});

describe('a folder that is none of a store', () => {
  const put = async (dir: string): Promise<number> => {
    const line = `${goJson(request(0, 'ann', 'create', 'pods/shop/a'))}\n`;
    const log = readAuditLog(Readable.from([Buffer.from(line)]));
    return (await writeStore(dir, log, new Links(), { level: 1 })).stored;
  };

  it.each([
    ['other files', 'notes.txt', 'notes.txt'],
    ['a folder with the name of a part', '000001/photo.jpg', '000001'],
    ['a folder with the name of what is left of one', '.tmp/draft.md', 'notes.txt'],
  ])('keeps what it has: %s', async (_, file, told) => {
    const dir = mkdtempSync(join(root, 'mine-'));
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), 'mine');
    if (told === 'notes.txt') writeFileSync(join(dir, 'notes.txt'), 'mine');
    await expect(put(dir)).rejects.toThrow(
      `contexts: expected ${dir} to hold a store or nothing, got ${told}.`,
    );
    expect(readFileSync(join(dir, file), 'utf8')).toBe('mine');
  });

  it('becomes one where it is empty, or has what a killed write left', async () => {
    const dir = mkdtempSync(join(root, 'left-'));
    expect(await put(dir)).toBe(1);
    rmSync(join(dir, 'manifest.json'));
    mkdirSync(join(dir, '.000002.tmp'));
    writeFileSync(join(dir, '.manifest.json.1-2-abcdef01-abcdef01.tmp'), '');
    expect(await put(dir)).toBe(1);
  });
});
