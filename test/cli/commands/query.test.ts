import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../src/contexts/store/database.js';
import { account, request } from '../../contexts/log.js';
import { runCommand } from '../../fixtures/run-command.js';

let log: string;
let store: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'query-'));
  [log, store] = [join(folder, 'audit.log'), join(folder, 'store')];
  const events = [
    request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' }),
    request(0.2, account('deployment-controller'), 'create', 'replicasets/shop/web-1', {
      uid: 'r',
      owners: ['d'],
    }),
    request(9, '=cmd()', 'delete', 'secrets/shop/key', { code: 403 }),
    request(20, 'system:kube-scheduler', 'update', 'leases/kube-system/kube-scheduler'),
    request(30, 'ann', 'create', 'secrets/shop/key', { body: { data: { k: 'c2VjcmV0' } } }),
  ];
  await writeFile(
    log,
    events.map((event) => `${JSON.stringify(event).replace(/(\.\d{3})Z"/g, '$1000Z"')}\n`).join(''),
  );
  await runCommand('contexts', log, '--out', store);
});

/** Keys of an object have no order. */
const parsed = (out: string): unknown[] =>
  out.split('\n').map((line) => (line.startsWith('{') ? JSON.parse(line) : line));

describe('a store of standard input', () => {
  it('has the same bytes as one of the file', () => {
    const piped = join(folder, 'piped');
    execFileSync(process.execPath, ['bin/auditweave.mjs', 'contexts', '-', '--out', piped], {
      input: readFileSync(log),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const manifest = (dir: string): unknown => JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));
    expect(manifest(piped)).toEqual(manifest(store));
  });
});

describe('query', () => {
  it.each([
    [],
    ['--json'],
    ['--background', '--json'],
    ['--csv'],
    ['--limit', '1'],
    ['caused(resource == "replicasets")', '--json'],
    ['any(outcome == "refused")', '--lines'],
    ['verb == "create"', '--lines'],
    ['background', '--json'],
    ['not background', '--count'],
    ['verb == "patch"'],
  ])('%j has the same answer from a store as from the log', async (...argv: string[]) => {
    const [fromLog, fromStore] = [
      await runCommand('query', ...argv, '--in', log),
      await runCommand('query', ...argv, '--in', store),
    ];
    expect(parsed(fromStore.out)).toEqual(parsed(fromLog.out));
    expect([fromStore.code, fromLog.code]).toEqual([0, 0]);
  });

  it.each([
    ['resource == "secret"', ['No context has the objectRef.resource secret. Did you mean secrets?']],
    [
      'not (verb in {"delete"}) and namespace in {"shp"}',
      ['No context has the objectRef.namespace shp. Did you mean shop?'],
    ],
    [
      'verb == "creat" or verb == "delte"',
      [
        'No context has the verb creat. Did you mean create?',
        'No context has the verb delte. Did you mean delete?',
      ],
    ],
    [
      'actor == "system:kube-scheduler"',
      ['Only background has the actor system:kube-scheduler: --background asks it too.'],
    ],
    ['verb == "delete" and actor == "ann"', []],
    ['name == "nothing like it"', []],
  ])('says of %s, which finds nothing, what may be meant', async (expression, hints) => {
    for (const place of [log, store])
      for (const more of [[], ['--count']]) {
        const { code, out, error } = await runCommand('query', expression, '--in', place, ...more);
        expect([code, out]).toEqual([0, more.length > 0 ? '0\n' : '']);
        expect(error.match(/(?<= {2}Hint: ).*/g) ?? []).toEqual(hints);
      }
  });

  it('says of how many contexts a limit shows the first', async () => {
    for (const place of [log, store]) {
      const said = async (...limit: string[]): Promise<string> =>
        (await runCommand('query', '--in', place, '--limit', ...limit)).error;
      expect(await said('2')).toContain('query: the first 2 of 3 contexts from ');
      expect(await said('3')).toContain('query: 3 contexts from ');
    }
  });

  it('prints a list, a count, lines, and a table in which nothing is run', async () => {
    const list = await runCommand('query', 'actor == "ann"', '--in', store, '--limit', '1');
    expect(list.out).toMatch(/c0 .* ann +create deployment web in shop +2 +done/);
    expect(list.error).toBe(`query: the first 1 of 2 contexts from the store ${store}.\n`);
    expect((await runCommand('query', '--in', store, '--count')).out).toBe('3\n');
    const lines = await runCommand('query', 'context == "c0"', '--in', store, '--lines');
    expect(lines.out).toBe((await readFile(log, 'utf8')).split('\n').slice(0, 2).join('\n').concat('\n'));
    expect((await runCommand('query', 'outcome == "refused"', '--in', store, '--csv')).out).toContain(
      ",'=cmd(),",
    );
    expect((await runCommand('query', 'verb == "create"', '--in', log, '--lines')).out).not.toContain(
      'c2VjcmV0',
    );
  });

  it('says in the lines which context they have and what caused them, of a log as of a store', async () => {
    const made = `${(await readFile(log, 'utf8')).split('\n').slice(0, 2).join('\n')}\n`;
    const added = made
      .replace(/}\n/, ',"annotations":{"auditweave.io/context":"c0"}}\n')
      .replace(/}\n$/, ',"annotations":{"auditweave.io/context":"c0","auditweave.io/cause":"0"}}\n');
    for (const place of [log, store]) {
      const linked = await runCommand('query', 'context == "c0"', '--in', place, '--lines', '--links');
      expect([linked.code, linked.out]).toEqual([0, added]);
    }
    const alone = await runCommand('query', 'context == "c0"', '--in', log, '--links');
    expect(alone.error).toContain('expected --links with --lines');
    const whole = await runCommand('contexts', 'export', store, '--open', 'c0');
    expect([whole.code, whole.out]).toEqual([0, made]);
    expect((await runCommand('contexts', 'export', store, '--open', 'c0', '--links')).out).toBe(added);
    for (const id of ['c1', 'c99', 'x']) {
      const none = await runCommand('contexts', 'export', store, '--open', id);
      expect([none.code, none.out]).toEqual([2, '']);
      expect(none.error).toContain(`Hint: Its contexts, by name: auditweave contexts ${store} --background`);
    }
  });

  it.each(['ecs', 'ocsf', 'otlp'])('sends what it finds as %s, as contexts does', async (format) => {
    const { out } = await runCommand('contexts', log, '--format', format, '--open', 'c0');
    for (const place of [log, store]) {
      const asked = await runCommand('query', 'context == "c0"', '--in', place, '--format', format);
      expect([asked.code, asked.out]).toEqual([0, out]);
      expect(asked.error).toContain('query: 1 context from');
    }
    const both = await runCommand('query', '--in', log, '--format', format, '--lines');
    expect(both.error).toContain(`got --lines and --format ${format}.`);
  });

  it('writes Parquet', async () => {
    const path = join(folder, 'answer.parquet');
    await runCommand('query', 'verb == "create"', '--in', store, '--parquet', path);
    const database = await Database.open();
    const rows = await database.rows(
      `SELECT id, "text", groups, "first"::VARCHAR AS "first" FROM read_parquet('${path}')`,
    );
    database.close();
    expect(rows).toEqual([
      { id: 'c0', text: 'create deployment web in shop', groups: null, first: '2026-01-01 00:00:00' },
      { id: 'c4', text: 'create secret key in shop', groups: null, first: '2026-01-01 00:00:30' },
    ]);
  });

  it('says that a store has no background where that is asked for', async () => {
    const compact = join(folder, 'compact');
    await runCommand('contexts', log, '--out', compact, '--keep', 'compact');
    const lacks = `the store ${compact} has no background; one written with --keep raw has`;
    for (const asked of [['background'], ['--background'], ['not background']])
      expect((await runCommand('query', ...asked, '--in', compact, '--count')).error).toContain(lacks);
    expect((await runCommand('query', 'lines > 1', '--in', compact, '--count')).error).not.toContain(lacks);
    expect((await runCommand('query', 'background', '--in', store, '--count')).error).not.toContain('lacks');
  });

  it('underlines what it does not understand, and ends with 2', async () => {
    const { code, error, out } = await runCommand('query', 'verb == "a" and usernme == "x"', '--in', store);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toBe(
      'query: 1:17: expected a field, got “usernme”.\n  verb == "a" and usernme == "x"\n                  ^^^^^^^\n  Hint: Did you mean username?\n',
    );
  });

  it('asks standard input as the log itself, its lines too', async () => {
    const ask = (...options: string[]): string =>
      execFileSync(process.execPath, ['bin/auditweave.mjs', 'query', ...options], {
        input: readFileSync(log),
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'ignore'],
      });
    for (const way of ['--count', '--csv', '--lines']) {
      const { out } = await runCommand('query', 'verb == "create"', '--in', log, way);
      expect(ask('verb == "create"', '--in', '-', way)).toBe(out);
      expect(ask('verb == "create"', way, '--in=-')).toBe(out);
    }
  });

  it('puts lines out as JSON lines, whatever form the log has', async () => {
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    const list = { kind: 'EventList', items: lines.map((line) => JSON.parse(line) as unknown) };
    const [pretty, kept] = [join(folder, 'pretty.json'), join(folder, 'of-pretty')];
    await writeFile(pretty, JSON.stringify(list, null, 2));
    const { out } = await runCommand('query', '--in', log, '--lines', '--background');
    expect((await runCommand('query', '--in', pretty, '--lines', '--background')).out).toBe(out);
    await runCommand('contexts', pretty, '--out', kept);
    expect((await runCommand('query', '--in', kept, '--lines', '--background')).out).toBe(out);
    // The log itself says nothing new.
    expect((await runCommand('contexts', log, '--out', kept)).error).toContain('0 of 5 lines put into');
  });

  it('shows no token of a request in JSON, of a log as of a store', async () => {
    const [path, kept] = [join(folder, 'proxy.log'), join(folder, 'proxy-store')];
    const uri = '/api/v1/namespaces/shop/pods/web/proxy?token=hunter2';
    await writeFile(path, `${JSON.stringify(request(0, 'ann', 'create', 'pods.proxy/shop/web', { uri }))}\n`);
    await runCommand('contexts', path, '--out', kept);
    for (const command of [
      ...[path, kept].flatMap((place) => [
        ['query', '--in', place, '--json'],
        ['contexts', place, '--json'],
        ['contexts', place, '--open', 'c0', '--json'],
      ]),
    ])
      expect((await runCommand(...command)).out).toContain('proxy?token=REDACTED"');
  });

  it('refuses two ways to answer, and places that are none', async () => {
    expect((await runCommand('query', '--in', store, '--json', '--csv')).error).toContain(
      'one way to answer, got --json and --csv',
    );
    expect((await runCommand('query', '--in', store, '--limit', '0')).error).toContain(
      'a whole number above 0, got 0',
    );
    expect(await runCommand('query', '--in', join(folder, 'none'))).toMatchObject({ code: 2 });
    expect(await runCommand('query')).toMatchObject({ code: 2 });
  });
});
