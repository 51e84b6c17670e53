import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/dataset/load.js';
import { temporaryFolders } from '../../fixtures/dataset.js';
import { runCommand } from '../../fixtures/run-command.js';
import { eventAt } from '../../labeling/events.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const labelled = (at: number): string => JSON.stringify({ ...eventAt(at, 'get'), label: 66448 });
/** Three events among what a console, a full disk and another program left. */
const MIXED = [
  labelled(1),
  'E0301 12:00:00.000000       1 status.go:71] apiserver received an error',
  labelled(2),
  labelled(9).slice(0, 80),
  '{"spec": 1}',
  labelled(3),
  '',
].join('\n');
const map = (event: { auditID: string }): string => event.auditID;

describe('dataset clean', () => {
  it.each(['audit.jsonl', 'audit.jsonl.gz'])(
    'is what the hint of training on %s says, and helps',
    async (name) => {
      const folder = folders.make();
      const log = join(folder, name);
      writeFileSync(log, name.endsWith('.gz') ? gzipSync(MIXED) : MIXED);
      const refused = (await loadDataset(log, { map }).catch((error: unknown) => error)) as { hint: string };
      const [, command] = /: auditweave (.+), and name that file\.$/.exec(refused.hint)!;
      const out = join(folder, 'clean.jsonl');
      expect(await runCommand(...command!.replace('clean.jsonl', out).split(' '))).toEqual({
        code: 0,
        error: '',
        out: `${out}: 3 events; 3 lines could not be read, and are left out: 2 expected a JSON object; 1 expected auditID to be a text.\n`,
      });
      expect((await loadDataset(out, { map })).rows).toEqual(['id-1', 'id-2', 'id-3']);
    },
  );

  it('leaves the log as it is, and tells what else stood in it', async () => {
    const folder = folders.make();
    const [log, out] = [join(folder, 'audit.jsonl'), join(folder, 'clean.jsonl')];
    writeFileSync(log, `${MIXED}${JSON.stringify({ log: 'I0101 started' })}\n`);
    const before = readFileSync(log, 'utf8');
    expect((await runCommand('dataset', 'clean', log, '--out', log)).error).toContain(
      `dataset: expected --out to be another file than the log, got ${log}.`,
    );
    expect(readFileSync(log, 'utf8')).toBe(before);
    expect((await runCommand('dataset', 'clean', log, '--out', out)).out).toContain(
      '; 1 are no audit events: 1 a line of another log, in a wrapping.',
    );
  });

  it('reads standard input', () => {
    const out = join(folders.make(), 'clean.jsonl');
    const command = ['bin/auditweave.mjs', 'dataset', 'clean', '-', '--out', out];
    expect(execFileSync(process.execPath, command, { input: MIXED, encoding: 'utf8' })).toContain('3 events');
  });

  it('leaves no file where there is no event, or none is named', async () => {
    const folder = folders.make();
    const [log, out] = [join(folder, 'notes.txt'), join(folder, 'clean.jsonl')];
    writeFileSync(log, 'a\nb\n');
    expect(await runCommand('dataset', 'clean', log, '--out', out)).toMatchObject({
      code: 2,
      error: expect.stringContaining(
        `dataset: expected audit events in ${log}, got none: 2 expected a JSON object.\n  Hint: `,
      ),
    });
    expect(existsSync(out)).toBe(false);
    expect((await runCommand('dataset', 'clean', log)).error).toContain('dataset: expected --out, got none.');
  });
});

describe('query', () => {
  it('says how many lines it left out, and why', async () => {
    const log = join(folders.make(), 'audit.jsonl');
    writeFileSync(log, MIXED);
    const ask = async (): Promise<string> =>
      (await runCommand('query', 'verb == "get"', '--in', log, '--skip-invalid')).error;
    expect(await ask()).toContain(
      'query: 3 of 6 lines could not be read. Not counted: 2 expected a JSON object; 1 expected auditID',
    );
    writeFileSync(log, `${labelled(1)}\n`);
    expect(await ask()).not.toContain('could not be read');
  });
});
