import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
