import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import type { Context } from '../../src/contexts/context.js';
import { KCM, request } from '../contexts/log.js';
import { runCommand } from '../fixtures/run-command.js';

const log = join(mkdtempSync(join(tmpdir(), 'follow-')), 'audit.log');
const textOf = (events: readonly AuditEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
/** By them the log's clock goes on. */
const leases = (...seconds: number[]): AuditEvent[] =>
  seconds.map((second) =>
    request(second, 'system:kube-scheduler', 'update', 'leases/kube-system/kube-scheduler'),
  );

describe('contexts --follow', { timeout: 120_000 }, () => {
  it('prints contexts while lines come without a pause, through a rotation, and those that are open at Ctrl-C', async () => {
    writeFileSync(
      log,
      textOf([request(0, 'ann', 'create', 'deployments/shop/web'), ...leases(4, 8, 12, 16, 20, 24)]),
    );
    const args = ['bin/auditweave.mjs', 'contexts', log, '--follow', '--json', '--idle', '10'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const contexts: Context[] = [];
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text;
    });
    let rest = '';
    const told = async (count: number): Promise<void> => {
      while (contexts.length < count) await once(child.stdout, 'data');
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) contexts.push(JSON.parse(line) as Context);
    });
    await told(1);
    renameSync(log, `${log}.1`);
    appendFileSync(`${log}.1`, textOf([request(30, 'bob', 'delete', 'secrets/shop/key')]));
    writeFileSync(
      log,
      textOf([
        ...leases(34, 38, 42, 46, 50),
        request(51, 'eve', 'create', 'pods/shop/api'),
        request(51.1, 'eve', 'get', 'pods/shop/api'),
        ...leases(52),
      ]),
    );
    await told(2);
    child.kill('SIGINT');
    await once(child, 'close');
    expect(contexts.map(({ context, text, lines }) => [context, text, lines])).toEqual([
      ['c0', 'create deployment web in shop', [0]],
      ['c7', 'delete secret key in shop', [7]],
      ['c13', 'create pod api in shop', [13, 14]],
    ]);
    expect(error).toContain('Stopping: what is open is closed and printed. Again to stop at once.');
    expect(error).toContain('interrupted after 16 lines; the contexts of all of them are printed.');
    expect(error).toContain(
      'Hint: The same command prints them again; with --since now only what comes then.',
    );
    expect(child.exitCode).toBe(130);
  });

  it('ends at once at a line that cannot be read, after what is open, though the file may grow', async () => {
    writeFileSync(
      log,
      `${textOf([request(0, 'ann', 'create', 'pods/shop/a'), request(1, 'bob', 'create', 'pods/shop/b')])}{"kind": nope}\n`,
    );
    const { code, out, error } = await runCommand('contexts', log, '--follow', '--json');
    expect(code).toBe(2);
    expect(
      out
        .split('\n')
        .filter(Boolean)
        .map((row) => (JSON.parse(row) as Context).text),
    ).toEqual(['create pod a in shop', 'create pod b in shop']);
    expect(error).toContain('contexts: 2 shown; 2 lines');
    expect(error).toContain(`audit: ${log}:3: expected a JSON object`);
    expect(error).toContain('Hint: Drop the line with --skip-invalid');
  });

  it('prints only what comes with --since now, and knows what it is of', async () => {
    const soon = (Date.now() - Date.UTC(2026, 0, 1)) / 1000 + 60;
    const owner = 'u-1';
    writeFileSync(
      log,
      `${textOf([
        request(soon - 600, 'ann', 'create', 'deployments/shop/old'),
        request(soon - 300, 'ann', 'create', 'deployments/shop/web', { uid: owner }),
        request(soon, KCM, 'create', 'replicasets/shop/web-1', { owners: [owner] }),
        request(soon + 1, 'bob', 'delete', 'pods/shop/a'),
      ])}{"kind": nope}\n`,
    );
    const follow = ['contexts', log, '--follow', '--json', '--model', 'rules', '--idle', '900'];
    const { out } = await runCommand(...follow, '--since', 'now');
    expect(
      out
        .split('\n')
        .filter(Boolean)
        .map((row) => (JSON.parse(row) as Context).text),
    ).toEqual(['create deployment web in shop', 'delete pod a in shop']);
  });

  it('prints the last contexts of a log that falls silent', async () => {
    writeFileSync(log, textOf([request(0, 'ann', 'create', 'pods/shop/web')]));
    const args = ['bin/auditweave.mjs', 'contexts', log, '--follow', '--json', '--idle', '0.1'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const [first] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    expect(JSON.parse(first)).toMatchObject({ context: 'c0', text: 'create pod web in shop' });
    child.kill('SIGKILL');
    await once(child, 'close');
  });

  it.each([['ecs'], ['ocsf'], ['otlp'], ['csv']])(
    'prints lines of contexts as %s while the log goes on, of standard input too',
    async (format) => {
      const args = ['bin/auditweave.mjs', 'contexts', '-', '--follow', '--format', format, '--idle', '10'];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
      child.stdin.write(
        textOf([request(0, 'ann', 'create', 'pods/shop/web'), ...leases(4, 8, 12, 16, 20, 24, 28, 32)]),
      );
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      while (!out.includes('create pod web in shop')) await once(child.stdout, 'data');
      expect(out.endsWith('\n')).toBe(true);
      expect(child.exitCode).toBeNull();
      child.stdin.end(textOf([request(33, 'bob', 'delete', 'pods/shop/web')]));
      await once(child, 'close');
      expect(child.exitCode).toBe(0);
      expect(out).toContain('delete pod web in shop');
    },
  );
});
