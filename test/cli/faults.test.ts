import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { evaluate } from '../../src/cli/commands/evaluate.js';
import { AuditweaveError, EXIT, printable } from '../../src/errors.js';
import { systemFault } from '../../src/system-faults.js';
import { temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { writeSmallModel } from '../fixtures/model.js';
import { runCommand } from '../fixtures/run-command.js';
import { eventAt } from '../labeling/events.js';

const folders = temporaryFolders();
afterAll(folders.clear);
const dir = folders.make();
const [log, model, file, folder] = ['audit.log', 'model', 'file', 'folder'].map((name) =>
  join(dir, name),
) as [string, string, string, string];
let dataset: string;

beforeAll(async () => {
  writeFileSync(log, Array.from({ length: 9 }, (_, i) => `${JSON.stringify(eventAt(i, 'get'))}\n`).join(''));
  writeFileSync(file, 'x\n');
  mkdirSync(folder);
  await writeSmallModel(model);
  dataset = writeDataset(folders.make());
});

/** What a command leaves when a shell runs it, redirections and all. */
function shell(command: string): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  return { code: status, out: stdout, error: stderr };
}
const program = `${process.execPath} bin/auditweave.mjs`;

describe('a fault of the system', () => {
  it.each<[string, number, string]>([
    ['ENOSPC', 75, 'no space left on the device'],
    ['EDQUOT', 75, 'the disk quota is used up'],
    ['EMFILE', 75, 'too many open files in this process'],
    ['EBUSY', 75, 'in use by another'],
    ['EIO', 75, 'the device failed to read or write'],
    ['EACCES', 2, 'permission denied'],
    ['EROFS', 2, 'on a read-only file system'],
    ['ENAMETOOLONG', 2, 'its name is too long'],
    ['ENOENT', 2, 'no such file or folder'],
    ['EISDIR', 2, 'a folder stands where a file is expected'],
    ['EFBIG', 2, 'larger than a file may be here'],
  ])('%s ends any command with %i, one line and a next step', async (code, exit, says) => {
    const error = Object.assign(new Error(code), { code, path: '/a/b', syscall: 'write' });
    vi.spyOn(evaluate, 'handler').mockRejectedValueOnce(error);
    const got = await runCommand('evaluate', '--model', model);
    expect(got).toEqual({
      code: exit,
      out: '',
      error: expect.stringMatching(new RegExp(`^cli: /a/b: ${says} \\(write\\)\\.\\n  Hint: .+\\n$`)),
    });
  });

  it('is found in what it caused, and nothing else is taken for one', () => {
    const cause = Object.assign(new Error('x'), { code: 'ENOSPC', path: '/a' });
    expect(systemFault(new Error('outer', { cause }))?.message).toBe('cli: /a: no space left on the device.');
    expect(systemFault(new Error('x'))).toBeNull();
    expect(systemFault(Object.assign(new Error('x'), { code: 'ERR_OTHER' }))).toBeNull();
    expect(systemFault(new AuditweaveError('x'))).toBeNull();
    expect(systemFault('x')).toBeNull();
  });

  it('names the file that stands where a folder is expected', () => {
    const error = Object.assign(new Error('x'), {
      code: 'ENOTDIR',
      path: join(file, 'a', 'run.json'),
      syscall: 'open',
    });
    expect(systemFault(error)?.message).toBe(
      `cli: ${file}: a file stands where a folder is expected (open).`,
    );
  });
});

describe('standard output on a full disk', () => {
  it.each([
    `label ${log} --model ${model}`,
    'dataset verify DATASET',
    'study experiments/window-size.study.yaml --list',
    'compare results/reference/window-size --a window.size=10 --b window.size=60',
    'completion',
    'train --help',
    '--version',
  ])('ends %s with 75 and one line', (words) => {
    const { code, error } = shell(`${program} ${words.replace('DATASET', dataset)} > /dev/full`);
    expect(code).toBe(EXIT.tryAgain);
    expect(error).toMatch(
      /(^|\n)cli: standard output: no space left on the device \(write\)\.\n {2}Hint: .*\n$/,
    );
    expect(error).not.toContain('    at ');
  });

  it('is the same for a file that a command writes', () => {
    const { code, error } = shell(`${program} label ${log} --model ${model} --out /dev/full`);
    expect(code).toBe(EXIT.tryAgain);
    expect(error).toContain('cli: /dev/full: no space left on the device (write).\n  Hint: ');
  });

  it('does not stop work when it is standard error', () => {
    const { code, out } = shell(`${program} label ${log} --model ${model} 2> /dev/full`);
    expect(code).toBe(EXIT.done);
    expect(out.split('\n')).toHaveLength(10);
  });
});

describe('a limit on the size of files', () => {
  it('is told, and leaves nothing', () => {
    const out = join(dir, 'rows.jsonl');
    const { code, error } = shell(
      `ulimit -f 0; ${program} label ${log} --model ${model} --out ${out} 2>&1 | cat; exit \${PIPESTATUS[0]}`,
    );
    expect({ code, error }).toEqual({ code: EXIT.usage, error: '' });
  });
});

describe('a reader that has seen enough', () => {
  it('ends a command with 0 and no word', () => {
    const big = join(dir, 'big.log');
    writeFileSync(
      big,
      Array.from({ length: 20_000 }, (_, i) => `${JSON.stringify(eventAt(i, 'get'))}\n`).join(''),
    );
    const { code, out, error } = shell(
      `${program} label ${big} --model ${model} 2> ${dir}/told | head -1; echo "\${PIPESTATUS[0]}" >&2`,
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ line: 0 });
    expect(error).toBe('0\n');
    expect(readFileSync(join(dir, 'told'), 'utf8')).not.toMatch(/EPIPE|Error|at /);
  });
});

const long = 'x'.repeat(300);

describe('exit codes', () => {
  it.each<[number, string, () => string[]]>([
    [2, 'expected a command, got none', () => []],
    [2, 'expected --model to be a folder, got a file', () => ['evaluate', '--model', file]],
    [2, 'expected --model to be a folder, got a file', () => ['label', log, '--model', file]],
    [2, 'audit: expected logs in ', () => ['label', folder, '--model', model]],
    [2, 'expected --out to be a file, got a folder', () => ['label', log, '--model', model, '--out', folder]],
    [2, 'expected <folder> to be a folder, got a file', () => ['report', file]],
    [2, 'expected <folder> to be a folder, got a file', () => ['report', file, '--paper']],
    [2, 'expected <first> to be a folder, got a file', () => ['compare', file, file]],
    [2, 'expected <folder> to be a folder, got a file', () => ['reproduce', file]],
    [2, 'expected <folder> to be a folder, got a file', () => ['trial', file]],
    [2, 'expected --out to be a folder, got a file', () => ['train', '--out', file]],
    [
      2,
      'expected --out to be a folder, got a file',
      () => ['study', 'experiments/window-size.study.yaml', '--out', file],
    ],
    [2, 'expected --datasets to be a folder, got a file', () => ['doctor', '--datasets', file]],
    [
      2,
      'expected --captures to be a folder, got a file',
      () => ['dataset', 'build', folder, '--captures', file],
    ],
    [2, 'expected --out to be a folder, got a file', () => ['collect', '--plan', '--out', file]],
    [2, `${'file'}: a file stands where a folder is expected`, () => ['dataset', 'verify', file]],
    [2, 'expected the manifest of a dataset, got no such file', () => ['dataset', 'verify', folder]],
    [2, 'its name is too long', () => ['label', log, '--model', long]],
    [2, 'its name is too long', () => ['label', long, '--model', model]],
    [2, 'its name is too long', () => ['label', log, '--model', model, '--out', long]],
    [2, 'its name is too long', () => ['dataset', 'verify', long]],
    [2, 'its name is too long', () => ['train', '--out', long]],
    [2, 'its name is too long', () => ['report', long]],
    [0, '', () => ['dataset', 'verify', dataset]],
    [0, '', () => ['collect', '--plan', '--actions', '1']],
  ])('%i: %s', async (code, says, argv) => {
    const got = await runCommand(...argv());
    expect(got.code).toBe(code);
    expect(got.error).toContain(says);
    expect(got.error).not.toMatch(/internal error|\n\s+at /);
  });

  it('are 3 for a dataset that is not as it promises, whether a hash or an invariant', async () => {
    const changed = writeDataset(folders.make());
    const truth = join(changed, 'truth.jsonl.gz');
    writeFileSync(truth, gzipSync(gunzipSync(readFileSync(truth)), { level: 1 }));
    const hash = await runCommand('dataset', 'verify', changed);
    expect(hash).toMatchObject({ code: EXIT.gateFailed, error: '' });
    expect(hash.out).toContain(`✗ audit: ${truth}: expected sha256`);
    writeFileSync(truth, 'no gzip');
    const broken = await runCommand('dataset', 'verify', changed, '--json');
    expect(broken.code).toBe(EXIT.gateFailed);
    expect(JSON.parse(broken.out).faults.length).toBeGreaterThan(0);
  });

  it('is 1 for a fault of the program, which says how to report it and nothing of the data', async () => {
    vi.spyOn(evaluate, 'handler').mockRejectedValueOnce(new TypeError('x is undefined'));
    const { code, error } = await runCommand('evaluate', '--model', model);
    expect(code).toBe(EXIT.internal);
    expect(error).toMatch(
      /^cli: internal error: x is undefined\n {2}This is a fault of auditweave, not of yours\. Please report it/,
    );
    expect(error).not.toContain(model);
    expect(error).not.toContain('    at ');
    vi.stubEnv('AUDITWEAVE_DEBUG', '1');
    vi.spyOn(evaluate, 'handler').mockRejectedValueOnce(new TypeError('x is undefined'));
    expect((await runCommand('evaluate', '--model', model)).error).toContain('    at ');
    vi.unstubAllEnvs();
  });
});

describe('printable', () => {
  it('escapes what a terminal would act on, and cuts', () => {
    expect(printable('a\u001b]0;x\u0007\u202e\u200b\u2028\u009b\n')).toBe(
      'a\\u001b]0;x\\u0007\\u202e\\u200b\\u2028\\u009b\\u000a',
    );
    expect(printable('\u{e0041}')).toBe('\\u{e0041}');
    expect(printable('“Grüße” 漢字 🙂')).toBe('“Grüße” 漢字 🙂');
    expect(printable('x'.repeat(205))).toBe(`${'x'.repeat(200)}… (5 more characters)`);
  });
});
