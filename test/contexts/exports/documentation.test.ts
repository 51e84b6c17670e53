import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ecsDocument } from '../../../src/contexts/exports/ecs.js';
import { ocsfEvent } from '../../../src/contexts/exports/ocsf.js';
import { MOST, spanOf } from '../../../src/contexts/exports/otlp.js';
import { sentLine } from '../../../src/contexts/exports/told.js';
import { LINKS } from '../../../src/contexts/rules/links.js';
import { IDENTITY_RULES } from '../../../src/model/pointer/rules/rules.js';
import { account, request } from '../log.js';

const page = readFileSync('docs/exports.md', 'utf8');
const words = page.replace(/\s+/g, ' ');
const commands = [...page.matchAll(/^ {4}(auditweave .*)$/gm)].map(([, command]) => command!);

describe('docs/exports.md', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'exports-'));
    const script = join(folder, 'auditweave');
    writeFileSync(script, `#!/bin/sh\nexec ${process.execPath} ${resolve('bin/auditweave.mjs')} "$@"\n`);
    chmodSync(script, 0o755);
    env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const reads = Array.from({ length: 12 }, (_, i) => request(i, 'bob', 'get', `pods/shop/p${i}`));
    const events = [
      ...reads,
      request(15, 'dev-a', 'delete', 'deployments/shop/web', { uid: 'd' }),
      request(15.2, account('generic-garbage-collector'), 'delete', 'replicasets/shop/web-1', {
        uid: 'r',
        owners: ['d'],
      }),
      ...Array.from({ length: 12 }, (_, i) =>
        request(20 + 4 * i, 'system:kube-scheduler', 'update', 'leases/kube-system/kube-scheduler'),
      ),
    ];
    writeFileSync(join(folder, 'audit.log'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  });

  const kept = (command: string): string =>
    / >> ?(\S+)| > (\S+)|--parquet (\S+)/.exec(command)?.slice(1).find(Boolean) ?? 'store';
  const ends = commands.filter((command) => !command.includes('audit.log --follow'));

  it('has examples that work in their order', { timeout: 120_000 }, () => {
    expect(commands.length).toBeGreaterThan(10);
    for (const command of ends) {
      execFileSync('bash', ['-c', command], { cwd: folder, env, stdio: 'pipe' });
      expect([command, statSync(join(folder, kept(command))).size > 0]).toEqual([command, true]);
    }
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    expect(JSON.parse(read('one.jsonl')).resourceSpans.length).toBeGreaterThan(0);
    expect(read('lines.jsonl')).toContain('"auditweave.io/context":"c12"');
    expect(read('dev-a.csv').split('\r\n')).toHaveLength(3);
    expect(JSON.parse(read('deletions.jsonl').split('\n')[0]!)).toMatchObject({
      unmapped: { context: { id: 'c12', actor: 'dev-a' } },
    });
  });

  it('has a live feed that has rows before it is stopped', { timeout: 60_000 }, async () => {
    const [command, ...none] = commands.filter((one) => !ends.includes(one));
    expect(none).toEqual([]);
    const child = spawn('bash', ['-c', `exec ${command}`], { cwd: folder, env, stdio: 'ignore' });
    const feed = join(folder, kept(command!));
    while (!existsSync(feed) || statSync(feed).size === 0) await new Promise((done) => setTimeout(done, 50));
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(JSON.parse(readFileSync(feed, 'utf8').split('\n')[0]!)).toHaveProperty('trace.id');
  });

  it('says every rule, every word of a reason, and how large a message is', () => {
    const table = IDENTITY_RULES.map(({ id, why }) => `| \`${id}\` | ${why} |`).join('\n');
    expect(page).toContain(`| rule | says |\n|---|---|\n${table}\n`);
    for (const { reason } of LINKS) expect(words).toContain(`\`${reason}\``);
    expect(words).toContain(`${MOST.spans} spans and ${MOST.bytes / 1e6} MB at most`);
  });

  it('names fields that the exports have', () => {
    const event = { ...request(0, 'gateway', 'get', 'pods/shop/web'), impersonatedUser: { username: 'ann' } };
    const place = { context: 'c3', actor: 'ann', text: 'get pod web in shop', continues: 'c1', lines: 2 };
    const told = [sentLine(event, 4), { ...place, trigger: 3, auditID: 'a', background: false }, 3] as const;
    const span = JSON.parse(spanOf(...told).text);
    const attributes = span.attributes.map(({ key }: { key: string }) => [key, true]);
    const has = (document: unknown, path: string): boolean =>
      path.split('.').reduce((part, key) => (part as never)?.[key], document) !== undefined;
    const documents = [
      ecsDocument(...told),
      ocsfEvent(...told),
      { ...span, ...Object.fromEntries(attributes) },
    ];
    const [, table] = /## Where to find what\n\n([\s\S]+?)\n\n/.exec(page)!;
    const named = table!
      .split('\n')
      .slice(2)
      .flatMap((row) =>
        row
          .split('|')
          .slice(2, 5)
          .flatMap((cell, at) => [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => ({ at, path: path! }))),
      );
    expect(named.length).toBeGreaterThan(25);
    const lacking = named.filter(({ at, path }) => !(path in documents[at]!) && !has(documents[at], path));
    expect(lacking).toEqual([]);
  });
});
