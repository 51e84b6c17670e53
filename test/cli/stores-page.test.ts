import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../fixtures/run-command.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stores-'));
  const log = gunzipSync(await readFile('datasets/first-light/audit.jsonl.gz')).toString('utf8');
  const lines = log.trimEnd().split('\n');
  for (const [name, own] of [
    ['monday', lines.slice(0, 1650)],
    ['tuesday', lines.slice(1650)],
  ] as const)
    await writeFile(join(folder, `${name}.log.gz`), gzipSync(`${own.join('\n')}\n`));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('docs/stores.md', () => {
  it('has commands that answer, and join what two logs tell of one context', async () => {
    const page = await readFile('docs/stores.md', 'utf8');
    const commands = [...page.matchAll(/^ {4}auditweave (.+)$/gm)].map(([, command]) => command!);
    expect(commands).toHaveLength(5);
    const outs: string[] = [];
    for (const command of commands) {
      const words = [...command.replace(/ > \S+$/, '').matchAll(/'([^']*)'|(\S+)/g)].map(
        ([, quoted, word]) => quoted ?? word!.replace(/^(month|.*\.log\.gz)$/, join(folder, '$1')),
      );
      const { code, out, error } = await runCommand(...words);
      expect([command, code, code === 0 ? '' : error]).toEqual([command, 0, '']);
      outs.push(out);
    }
    const [, , asked, opened, lines] = outs;
    expect(asked!.split('\n').length).toBeGreaterThan(3);
    // What c1604 caused stands in both logs.
    expect(opened).toContain('41 lines');
    const linked = lines!.trimEnd().split('\n');
    expect(linked.filter((line) => line.includes('"auditweave.io/context":"c1604"'))).toHaveLength(41);
  });
});
