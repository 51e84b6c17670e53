import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** The two lines that the README gives. */
const LINES = readFileSync('README.md', 'utf8')
  .split('\n')
  .filter((line) => /^ {4}(alias auditweave=|source <\(auditweave completion\))/.test(line))
  .map((line) => line.trim());

describe('completion', () => {
  it('takes two lines, which the README gives', () => {
    expect(LINES).toEqual([expect.stringContaining('alias auditweave='), 'source <(auditweave completion)']);
  });

  it('completes commands, options and values in bash', () => {
    const cases: [string, string][] = [
      ['tr', 'train trial'],
      ['train --dev', '--device'],
      ['train --device ""', 'auto cpu cuda'],
      ['train --no-', '--no-report'],
      ['cluster ""', 'up down status --help --version'],
      ['cluster up --aud', '--audit-webhook --audit-policy'],
      ['dataset ver', 'verify'],
      ['train --out ""', ''],
    ];
    const ask = cases.map(([words]) => {
      const count = words.split(' ').length;
      return `COMP_WORDS=(auditweave ${words}); COMP_CWORD=${count}; _auditweave; echo "> \${COMPREPLY[*]}"`;
    });
    const { stdout } = spawnSync('bash', ['--norc', '-i'], {
      input: [...LINES, ...ask, 'complete -p auditweave', 'exit', ''].join('\n'),
      encoding: 'utf8',
    });
    const said = stdout.split('\n').filter((line) => /^(> |complete )/.test(line));
    expect(said).toEqual([
      ...cases.map(([, words]) => `> ${words}`),
      'complete -o default -F _auditweave auditweave',
    ]);
  });

  const zsh = spawnSync('zsh', ['-c', 'zmodload zsh/zpty']).status === 0;
  it.skipIf(!zsh)('completes when Tab is pressed in zsh', () => {
    const script = join(folders.make(), 'press.zsh');
    writeFileSync(
      script,
      `zmodload zsh/zpty
zpty -b shell zsh -f -i
for line in ${LINES.map((line) => `'${line}'`).join(' ')} 'echo rea""dy'; do zpty -w shell "$line"; done
zpty -m shell '*ready*'
zpty -n -w shell $'auditweave eval\\t --mod\\t\\C-a\\C-kecho do""ne\\n'
zpty -r -m shell said '*done*'
print -r -- "$said"
zpty -d shell
`,
    );
    const { stdout } = spawnSync('zsh', ['-f', script], { encoding: 'utf8', timeout: 60_000 });
    const start = String.fromCharCode(27);
    expect(stdout.replaceAll(new RegExp(`${start}\\[[0-9;?]*[a-zA-Z]|\\u0008`, 'g'), '')).toMatch(
      /auditweave evaluate +--model/,
    );
  });
});

describe('the program’s file', () => {
  it('can be run as it is, also through a link', () => {
    const folder = folders.make();
    mkdirSync(join(folder, 'bin'));
    symlinkSync(resolve('bin/auditweave.mjs'), join(folder, 'bin', 'auditweave'));
    const { status, stdout } = spawnSync(join(folder, 'bin', 'auditweave'), ['--version'], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('says what to do where its packages are not installed', () => {
    const folder = folders.make();
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'auditweave.mjs'), readFileSync('bin/auditweave.mjs'));
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(folder, 'bin', 'auditweave.mjs'), '--help'],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        'cli: expected the packages to be installed, got none or a part.\n  Hint: npm ci, in the folder of auditweave\n',
    });
  });
});
