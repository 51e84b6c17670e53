import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../fixtures/dataset.js';
import { runCommand } from '../fixtures/run-command.js';
import { eventAt } from '../labeling/events.js';

const folders = temporaryFolders();
afterAll(folders.clear);
const dir = folders.make();
const log = join(dir, 'audit.log');
writeFileSync(
  log,
  Array.from({ length: 40 }, (_, i) => `${JSON.stringify(eventAt(i, 'create'))}\n`).join(''),
);
const fifo = join(dir, 'fifo');
spawnSync('mkfifo', [fifo]);
/** Processes start slowly on a busy machine. */
const SLOW = 240_000;

/** Starts a command; `said` waits for words on standard error. */
function start(...argv: string[]) {
  const child = spawn(process.execPath, ['bin/auditweave.mjs', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  const said = async (words: string): Promise<void> => {
    while (!error.includes(words) && child.exitCode === null) await sleep(20);
  };
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode, error }));
  return { child, said, ended };
}

/** A log of so many lines that its rows do not fit into a pipe that nobody reads. */
const long = join(dir, 'long.log');
writeFileSync(
  long,
  Array.from({ length: 9000 }, (_, i) => `${JSON.stringify(eventAt(i, 'create'))}\n`).join(''),
);

describe('a pipe as a log', { timeout: SLOW }, () => {
  it('that nobody writes to is waited for until a signal comes', async () => {
    const out = join(dir, 'waited');
    const { child, said, ended } = start('contexts', fifo, '--model', 'rules', '--out', out);
    // A signal that comes before the command listens ends it too, in another way.
    while (child.exitCode === null && !isOpen(child.pid!, fifo)) await sleep(20);
    child.kill('SIGTERM');
    await said('Stopping');
    const { code, error } = await ended;
    expect(error).toContain(
      `contexts: interrupted before a new line was put into ${out}.\n  Hint: The same command begins anew.`,
    );
    expect(code).toBe(130);
  });

  it('makes the same store as a file', async () => {
    const [one, other] = [join(dir, 'of-pipe'), join(dir, 'of-file')];
    const writer = spawn('bash', ['-c', `cat ${log} > ${fifo}`]);
    const closed = once(writer, 'close');
    expect((await runCommand('contexts', fifo, '--model', 'rules', '--level', '1', '--out', one)).code).toBe(
      0,
    );
    await closed;
    expect((await runCommand('contexts', log, '--model', 'rules', '--level', '1', '--out', other)).code).toBe(
      0,
    );
    expect(readFileSync(join(one, 'manifest.json'), 'utf8')).toBe(
      readFileSync(join(other, 'manifest.json'), 'utf8'),
    );
  });

  it.each([
    [
      ['contexts', fifo, '--html', join(dir, 'x.html')],
      'contexts: expected --html on a file, for it is read twice',
    ],
    [['contexts', fifo, '--open', 'c0'], 'contexts: expected --open on a file, for it is read twice'],
    [
      ['query', 'verb == "get"', '--lines', '--in', fifo],
      'query: expected --lines of a file, for it is read twice',
    ],
  ])('is refused where it is read twice: %j', async (argv, says) => {
    const { code, error } = await runCommand(...argv);
    expect(error).toBe(`${says}, got ${fifo}, which is none.\n  Hint: Save the log to a file first.\n`);
    expect(code).toBe(2);
  });
});

describe('label whose rows nobody takes', { timeout: SLOW }, () => {
  it('ends at the second signal with the code of an interruption', async () => {
    const { child, said, ended } = start('label', long);
    // Something came, and is not taken.
    await once(child.stdout, 'readable');
    child.kill('SIGTERM');
    await said('Stopping');
    child.kill('SIGTERM');
    const { code, signal } = await ended;
    // A shell tells a process that SIGINT ended by 130.
    expect(code ?? signal).toBe('SIGINT');
  });
});

describe('a store for which there is no room', { timeout: SLOW }, () => {
  it('is told in a line, and leaves nothing half written', () => {
    const out = join(dir, 'no-room');
    const command = `ulimit -f 1; ${process.execPath} bin/auditweave.mjs contexts ${log} --model rules --out ${out}`;
    const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    expect(stderr).toContain(': larger than a file may be here.\n  Hint: Raise the limit (ulimit -f)');
    expect(stderr).not.toContain('internal error');
    expect(status).toBe(2);
    expect(readdirSync(out)).toEqual([]);
  });
});

/** Whether a process has a file open. */
function isOpen(pid: number, path: string): boolean {
  const links = spawnSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' }).stdout;
  return existsSync(`/proc/${pid}`) && links.includes(path);
}
