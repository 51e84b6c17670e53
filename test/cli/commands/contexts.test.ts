import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, lstat, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../src/contexts/store/database.js';
import { account, request } from '../../contexts/log.js';
import { runCommand } from '../../fixtures/run-command.js';

let log: string;
let folder: string;
const EVENTS = [
  request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' }),
  request(0.2, account('deployment-controller'), 'create', 'replicasets/shop/web-1', {
    uid: 'r',
    owners: ['d'],
  }),
  request(9, 'bob', 'delete', 'secrets/shop/key', { code: 403 }),
  request(20, 'system:kube-scheduler', 'update', 'leases/kube-system/kube-scheduler'),
];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contexts-'));
  log = join(folder, 'audit.log');
  await writeFile(log, EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(''));
});

describe('contexts', () => {
  it('lists who did what, says that the model of the package decided, and folds background away', async () => {
    const { code, out, error } = await runCommand('contexts', log);
    expect(code).toBe(0);
    expect(out).toMatch(/ann +create deployment web in shop +2 +done/);
    expect(out).toMatch(/bob +delete secret key in shop +1 +refused \(403\)/);
    expect(out).not.toContain('kube-scheduler');
    expect(error).toContain(
      'found by the model that comes with auditweave, and rules for what stands between',
    );
    expect(error).toContain('1 of background, the control plane’s own work, is folded away');
  });

  it('leaves all to rules where it is asked to', async () => {
    const { out, error } = await runCommand('contexts', log, '--model', 'rules');
    expect(error).toContain('found by rules (identity, ownership, namespaces, time), not by a model');
    expect(out).toBe((await runCommand('contexts', log)).out);
    const { out: tree } = await runCommand('contexts', log, '--model', 'rules', '--open', 'c0');
    expect(tree).toMatch(/└ create replicaset web-1 in shop {2}deployment-controller {2}201 {2}\(owner\)/);
  });

  it('does not end well where there is no event', async () => {
    const none = join(folder, 'none.log');
    for (const [text, why] of [
      ['', 'none in 0 lines.'],
      ['null\n7\n', 'none in 2 lines: 2 expected a JSON object.'],
    ]) {
      await writeFile(none, text!);
      for (const command of [
        ['contexts', none],
        ['query', 'lines > 1', '--in', none],
      ]) {
        const { code, out, error } = await runCommand(...command, '--skip-invalid');
        expect({ code, out }).toEqual({ code: 2, out: '' });
        expect(error).toContain(`expected audit events, got ${why}`);
      }
    }
  });

  it('tells what was left out because it could not be read', async () => {
    const broken = join(folder, 'broken.log');
    await writeFile(broken, `${JSON.stringify(EVENTS[0])}\n{"auditID":"x"}\nnull\n`);
    const { code, error } = await runCommand('contexts', broken, '--skip-invalid');
    expect(code).toBe(0);
    expect(error).toContain('2 of 3 lines could not be read. Not counted: 1 expected stage');
  });

  it('tells how many lines do not count and why, in every way of reading', async () => {
    const mixed = join(folder, 'mixed.log');
    const line = (log: unknown) => `${JSON.stringify({ log })}\n`;
    const received = { ...EVENTS[0], stage: 'RequestReceived' };
    await writeFile(
      mixed,
      [`I0101 started`, ...[received, EVENTS[0]].map((one) => JSON.stringify(one))].map(line).join(''),
    );
    const told =
      '2 of 3 lines do not count: 1 a line of another log, in a wrapping; 1 stage RequestReceived.';
    for (const command of [
      ['contexts', mixed],
      ['contexts', mixed, '--out', join(folder, 'mixed-store')],
      ['query', '--in', mixed],
    ])
      expect((await runCommand(...command)).error).toContain(told);
  });

  it('takes a line once that stands in the log twice, as a store does', async () => {
    const [twice, store] = [join(folder, 'twice.log'), join(folder, 'twice-store')];
    const text = EVENTS.map((event) => `${JSON.stringify(event)}\n`).join('');
    await writeFile(twice, `${text}${text}`);
    const { code, out, error } = await runCommand('contexts', twice);
    expect([code, out]).toEqual([0, (await runCommand('contexts', log)).out]);
    expect(error).toContain('4 of 8 lines do not count: 4 the same line once more.');
    await runCommand('contexts', twice, '--out', store);
    expect((await runCommand('contexts', store)).out).toBe(out);
  });

  it('says that a store stands alone, and takes a dataset for the log in it', async () => {
    const store = join(folder, 'alone');
    await runCommand('contexts', log, '--out', store);
    for (const command of [
      ['contexts', log, store],
      ['query', '--in', log, '--in', store],
    ]) {
      const { code, error } = await runCommand(...command);
      expect(code).toBe(2);
      expect(error).toContain(`expected one store, or logs, got the store ${store} beside others`);
    }
    const { code, error } = await runCommand('label', store);
    expect(code).toBe(2);
    expect(error).toContain(
      `Hint: Its lines are a log: auditweave contexts export ${store} | auditweave label -`,
    );
    expect((await runCommand('contexts', store)).error).toContain('4 lines, 4 of them requests that count');
    expect((await runCommand('contexts', 'datasets/first-light', '--outcome', 'refused')).code).toBe(0);
  });

  it('escapes in exports what a terminal would act on', async () => {
    const evil = join(folder, 'evil.log');
    const marks = '\u009b31m\u202e\u001b[2J';
    await writeFile(evil, `${JSON.stringify({ ...EVENTS[0], userAgent: marks })}\n`);
    for (const format of ['json', 'csv', 'ecs', 'ocsf', 'otlp']) {
      const { code, out } = await runCommand('contexts', evil, '--format', format);
      expect(code).toBe(0);
      expect(out.replaceAll(/[\r\n]/g, '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
    }
  });

  it('compares a log of which lines cannot be read, as the hint says', async () => {
    const broken = join(folder, 'half.log');
    await writeFile(broken, `${JSON.stringify(EVENTS[0])}\nnull\n`);
    const refused = await runCommand('contexts', 'diff', log, broken);
    expect(refused.error).toContain('Hint: Drop the line with --skip-invalid');
    const { code, out } = await runCommand('contexts', 'diff', log, broken, '--skip-invalid');
    expect(code).toBe(0);
    expect(out).toMatch(/gone +delete secret/);
  });

  it('takes rows of several logs as label wrote them, and from standard input', async () => {
    const logs = await Promise.all(
      [EVENTS.slice(0, 2), EVENTS.slice(2)].map(async (events, i) => {
        const file = join(folder, `part-${i}.log`);
        await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
        return file;
      }),
    );
    const rows = join(folder, 'rows-of-two.jsonl');
    expect((await runCommand('label', ...logs, '--out', rows)).code).toBe(0);
    const { code, out } = await runCommand('contexts', ...logs, '--labels', rows);
    expect([code, out]).toEqual([0, (await runCommand('contexts', log)).out]);
    const piped = ['bin/auditweave.mjs', 'contexts', ...logs, '--labels', '-'];
    expect(execFileSync(process.execPath, piped, { input: await readFile(rows), encoding: 'utf8' })).toBe(
      out,
    );
  });

  it('takes no rows and no truth of another log', async () => {
    const rows = join(folder, 'rows.jsonl');
    await runCommand('label', log, '--out', rows);
    const other = join(folder, 'other.log');
    await writeFile(
      other,
      EVENTS.slice(1)
        .map((event) => `${JSON.stringify(event)}\n`)
        .join(''),
    );
    const { code, out, error } = await runCommand('contexts', other, '--labels', rows);
    expect([code, out]).toEqual([2, '']);
    expect(error).toContain(
      `expected a row of request ${EVENTS[1]!.auditID} for line 0, got ${EVENTS[0]!.auditID}`,
    );
    const scores = await runCommand('contexts', log, '--truth', 'datasets/first-light');
    expect([scores.code, scores.out]).toEqual([2, '']);
    expect(scores.error).toContain(
      `expected ${log} to be the log of datasets/first-light, got another: line `,
    );
  });

  it('takes no rows and no contexts of other types', async () => {
    const other = join(folder, 'other.jsonl');
    const row = { line: 0, auditID: 'x', label: [1, 0, 1, 1, 1] };
    for (const wrong of [{ label: [1] }, { label: 'pods' }, { trigger: { line: '0' } }, { confidence: {} }]) {
      await writeFile(other, `${JSON.stringify({ ...row, ...wrong })}\n`);
      const { code, error } = await runCommand('contexts', log, '--labels', other);
      expect(code).toBe(2);
      expect(error).toContain(`${other}:1: expected a row as label writes it, got something else.`);
    }
    const { out } = await runCommand('contexts', log, '--json');
    const context = JSON.parse(out.split('\n')[0]!) as object;
    for (const wrong of [{ lines: ['a'] }, { outcome: {} }, { trigger: { verb: 7 } }, { more: 'x' }]) {
      await writeFile(other, `${JSON.stringify(context)}\n${JSON.stringify({ ...context, ...wrong })}\n`);
      const { code, error } = await runCommand('contexts', 'diff', other, other);
      expect(code).toBe(2);
      expect(error).toContain(`${other}:2: expected a context, got something else.`);
    }
  });

  it('prints one JSON object a context', async () => {
    const { out } = await runCommand('contexts', log, '--json', '--actor', 'a*');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      {
        context: 'c0',
        text: 'create deployment web in shop',
        actor: 'ann',
        lines: [0, 1],
        trigger: { auditID: EVENTS[0]!.auditID },
      },
    ]);
  });

  it('opens one as a tree', async () => {
    const { out } = await runCommand('contexts', log, '--open', 'c0');
    expect(out).toMatch(
      /└ create replicaset web-1 in shop {2}deployment-controller {2}201 {2}\(its owner is deployment web, made by its create 200 ms before; rule owned\)/,
    );
    const none = await runCommand('contexts', log, '--open', 'c7');
    expect(none.code).toBe(2);
    expect(none.error).toContain('expected --open to name a context of the log, got c7.');
  });

  it('says in which context a line stands that is none of an action', async () => {
    const { error } = await runCommand('contexts', log, '--open', 'c1');
    expect(error).toContain('Line 1 was caused by c0, create deployment web in shop: --open c0');
  });

  it('says what a filter that lets nothing through may mean', async () => {
    const hint = async (...filter: string[]): Promise<string> =>
      (await runCommand('contexts', log, ...filter)).error;
    expect(await hint('--verb', 'delet')).toContain('No context has the verb delet. Did you mean delete?');
    expect(await hint('--actor', 'anne')).toContain('Did you mean ann?');
    expect(await hint('--namespace', 'zzz')).toContain(
      'No context has the namespace zzz; there are shop, kube-system',
    );
    expect(await hint('--outcome', 'fail')).toContain('Did you mean failed?');
    expect(await hint('--since', '2040-01-01')).toContain('The log goes from 2026-01-01T00:00:00');
    expect(await hint('--actor', 'system:*')).toContain(
      'Only background has the actor system:*: --background',
    );
    expect(await hint('--actor', 'x*')).toContain('No context has the actor x*; there are ');
    expect(await hint('--verb', 'create,delete')).toContain(
      `Several are asked for by query 'verb in {"create", "delete"}'.`,
    );
    for (const way of [
      ['--format', 'ecs'],
      ['--parquet', join(folder, 'none.parquet')],
    ])
      expect(await hint('--actor', 'anne', ...way)).toContain('Did you mean ann?');
    expect(await hint('--verb', 'create')).toContain('--open c0 shows what one of them caused');
  });

  it('puts what the filter lets through on a page, and background folded away', async () => {
    const { code, error } = await runCommand(
      'contexts',
      log,
      '--actor',
      'bob',
      '--html',
      join(folder, 'bob.html'),
    );
    expect(code).toBe(0);
    expect(error).toContain(`1 on the page ${join(folder, 'bob.html')}; 4 lines`);
    const { error: all } = await runCommand('contexts', log, '--html', join(folder, 'all.html'));
    expect(all).toContain(`3 on the page`);
  });

  it.each([
    [['--json', '--html', 'page.html'], '--json and --html'],
    [['--json', '--format', 'csv'], '--json and --format csv'],
    [['--format', 'ecs', '--parquet', 'x.parquet'], '--format ecs and --parquet'],
    [['--open', 'c0', '--html', 'page.html'], '--html and --open'],
  ])('refuses two ways to answer: %s', async (options, both) => {
    const { code, out, error } = await runCommand('contexts', log, ...options);
    expect([code, out]).toEqual([2, '']);
    expect(error).toContain(`expected one way to answer, got ${both}.`);
  });

  it.each(['--parquet=x.parquet', '--open=c0', '--html=x.html'])(
    'does not follow a log with %s, which waits for the end',
    async (option) => {
      const { code, error } = await runCommand('contexts', log, '--follow', option);
      expect(code).toBe(2);
      expect(error).toContain(`expected --follow without ${option.replace(/=.*/, '')}, which`);
    },
  );

  it('joins a line of a container that was cut where its log was rotated', async () => {
    const logs = await mkdtemp(join(folder, 'rotated-'));
    const [first, second, third] = EVENTS.map((event) => JSON.stringify(event));
    const cri = (tag: string, text: string): string => `2026-01-01T00:00:00.1Z stdout ${tag} ${text}\n`;
    await writeFile(
      join(logs, '0.log.20260101-000000'),
      `${cri('F', first!)}${cri('P', second!.slice(0, 100))}`,
    );
    await writeFile(join(logs, '0.log'), `${cri('F', second!.slice(100))}${cri('F', third!)}`);
    const { code, out } = await runCommand('query', '--in', logs, '--lines');
    expect([code, out]).toEqual([0, `${[first, second, third].join('\n')}\n`]);
    expect((await runCommand('label', logs)).out.trim().split('\n')).toHaveLength(3);
    const { error } = await runCommand('contexts', join(logs, '0.log.20260101-000000'));
    expect(error).toContain('0.log.20260101-000000:2: expected a JSON object');
  });

  it('does not follow a folder of several logs', async () => {
    const logs = await mkdtemp(join(folder, 'several-'));
    for (const [name, event] of [
      ['audit.log', EVENTS[1]],
      ['audit.log.1', EVENTS[0]],
    ] as const)
      await writeFile(join(logs, name), `${JSON.stringify(event)}\n`);
    const { code, error } = await runCommand('contexts', logs, '--follow');
    expect(code).toBe(2);
    expect(error).toContain(
      `got 2 in ${logs}.\n  Hint: Name the one that grows: auditweave contexts ${logs}/audit.log --follow`,
    );
  });

  it('exports', async () => {
    const { out } = await runCommand('contexts', log, '--format', 'csv');
    expect(out.split('\r\n')).toHaveLength(4);
    const spans = await runCommand('contexts', log, '--format', 'otlp');
    expect(JSON.parse(spans.out).resourceSpans.length).toBeGreaterThan(0);
    expect(spans.out).toMatch(/^[^\n]+\n$/);
  });

  it.each(['ecs', 'ocsf', 'otlp', 'csv'])('exports one context that is open as %s', async (format) => {
    const rows = (text: string) => text.split('\n').filter((row) => row.includes('c0'));
    const one = await runCommand('contexts', log, '--open', 'c0', '--format', format);
    const { out } = await runCommand('contexts', log, '--format', format, '--actor', 'ann');
    expect([one.code, one.out]).toEqual([0, out]);
    expect(rows(out).length).toBeGreaterThan(0);
    const none = await runCommand('contexts', log, '--open', 'c1', '--format', format);
    expect([none.code, none.out]).toEqual([2, '']);
    expect(none.error).toContain('Line 1 was caused by c0');
  });

  it('compares two logs, and what it printed itself', async () => {
    const { out: json } = await runCommand('contexts', log, '--json');
    const printed = join(folder, 'contexts.jsonl');
    await writeFile(printed, json);
    const same = await runCommand('contexts', 'diff', log, printed);
    expect([same.code, same.out]).toEqual([0, 'Nothing is new, gone, larger or smaller.\n']);
    const shorter = join(folder, 'short.log');
    await writeFile(shorter, `${JSON.stringify(EVENTS[0])}\n`);
    const { out } = await runCommand('contexts', 'diff', shorter, log);
    expect(out).toMatch(
      /^Each pair is \S+short\.log → \S+audit\.log\.\n\nchange +action +contexts +mean lines +who/,
    );
    expect(out).toMatch(/new +delete secret \(refused\) +0 → 1 +– → 1\.0 +bob 0→1/);
    expect(out).toMatch(/larger +create deployment +1 → 1 +1\.0 → 2\.0 +ann 1→1/);
    const bob = JSON.parse(
      (await runCommand('contexts', 'diff', shorter, log, '--actor', 'b*', '--json')).out,
    );
    expect(bob).toMatchObject([
      {
        action: 'delete secret (refused)',
        actors: { count: 1, shown: [{ actor: 'bob', contexts: [0, 1] }] },
      },
    ]);
    const late = await runCommand('contexts', 'diff', shorter, log, '--since', '2026-01-01T00:00:05Z');
    expect(late.out).not.toContain('create deployment');
    expect(late.error).toContain(`none of 1 contexts of ${shorter} is asked for`);
    expect(late.error).toContain('Hint: The log goes from 2026-01-01T00:00:00');
  });

  it('does not compare line by line what is of two logs, and says how they are compared', async () => {
    const other = join(folder, 'tuesday.log');
    const later = EVENTS.map((event) => ({ ...event, requestReceivedTimestamp: '2026-01-02T00:00:00Z' }));
    await writeFile(other, later.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const { code, out, error } = await runCommand('contexts', 'diff', log, other, '--sets');
    expect([code, out]).toEqual([2, '']);
    expect(error).toContain(
      'expected --sets of two ways to find contexts in one log, got two logs: line 0 is',
    );
    expect(error).toContain(`auditweave contexts diff ${log} ${other}`);
  });

  it('says what two ways to find contexts in one log differ in, and how much it does not show', async () => {
    const make = (i: number) =>
      request(10 * i, 'ann', 'create', `deployments/shop/web-${i}`, { uid: `d${i}` });
    const part = (i: number, of: number) =>
      request(10 * i, account('deployment-controller'), 'create', `replicasets/shop/${i}`, {
        owners: [`d${of}`],
      });
    const events = [...Array.from({ length: 40 }, (_, i) => make(i)), part(40, 0), part(41, 1)];
    const printed = async (name: string, leaves: (line: number) => boolean): Promise<string> => {
      const own = join(folder, `${name}.log`);
      const told = events.map((event, i) => (leaves(i) ? { ...event, responseObject: {} } : event));
      await writeFile(own, told.map((event) => `${JSON.stringify(event)}\n`).join(''));
      const file = join(folder, `${name}.jsonl`);
      await writeFile(file, (await runCommand('contexts', own, '--model', 'rules', '--json')).out);
      return file;
    };
    const [whole, apart] = [await printed('whole', () => false), await printed('apart', (i) => i > 40)];
    const text = await runCommand('contexts', 'diff', whole, apart, '--sets');
    expect(text.code).toBe(0);
    expect(text.out).toContain(
      '39 contexts are the same, line for line; 1 in both with other lines, 0 only in the first, 1 only in the second. Same of all (Jaccard): 0.929.',
    );
    expect(text.out).toMatch(/^c1 +ann +create deployment web-1 in shop +1 +41 +–$/m);
    expect(text.out).toMatch(/Only in the second:\n.*\n.*\nc41 .* 1 +c1\n/);
    const few = join(folder, 'few.jsonl');
    await writeFile(few, `${(await readFile(whole, 'utf8')).split('\n')[39]}\n`);
    const most = await runCommand('contexts', 'diff', whole, few, '--sets');
    expect(most.out).toContain('39 only in the first');
    expect(most.out).toContain('and 19 more: --all lists them');
    const all = await runCommand('contexts', 'diff', whole, few, '--sets', '--all');
    expect(all.out.match(/^c\d+ /gm)).toHaveLength(39);
    const json = JSON.parse((await runCommand('contexts', 'diff', whole, few, '--sets', '--json')).out);
    expect(json).toMatchObject({ same: 1, onlyFirst: { count: 39 }, different: { count: 0, shown: [] } });
    expect(json.onlyFirst.shown).toHaveLength(20);
    expect(json.onlyFirst.shown[1]).toEqual({
      ...{ context: 'c1', text: 'create deployment web-1 in shop', actor: 'ann' },
      lines: { count: 2, shown: [1, 41] },
      elsewhere: { count: 0, shown: [] },
    });
  });

  it('compares a store and a folder of logs as the log itself, and says which file is not there', async () => {
    const [store, logs] = [join(folder, 'compared'), await mkdtemp(join(folder, 'compared-logs-'))];
    await runCommand('contexts', log, '--out', store);
    await writeFile(join(logs, 'audit.log'), await readFile(log));
    for (const other of [store, logs]) {
      const { code, out } = await runCommand('contexts', 'diff', log, other);
      expect([code, out]).toEqual([0, 'Nothing is new, gone, larger or smaller.\n']);
    }
    const [compact, foreground] = [join(folder, 'compared-compact'), join(folder, 'compared-foreground')];
    await runCommand('contexts', log, '--out', compact, '--keep', 'compact');
    await runCommand('contexts', log, '--out', foreground, '--keep', 'foreground');
    expect((await runCommand('contexts', 'diff', log, compact)).out).toContain('Nothing is new');
    const counted = await runCommand('contexts', 'diff', log, compact, '--sets');
    expect([counted.code, counted.out]).toEqual([2, '']);
    expect(counted.error).toContain(`got the store ${compact}, which keeps compact and only counts them`);
    const without = await runCommand('contexts', 'diff', log, foreground, '--sets');
    expect(without.error).toContain(`the store ${foreground} has no background`);
    expect(without.out).toContain(
      '2 contexts are the same, line for line; 0 in both with other lines, 1 only',
    );
    const { error } = await runCommand('contexts', 'diff', log, join(folder, 'audit.lo'));
    expect(error).toContain(`Did you mean ${log}?`);
  });

  it('compares what comes by a pipe, a log or contexts, and says what has none', async () => {
    const printed = join(folder, 'printed.jsonl');
    await writeFile(printed, (await runCommand('contexts', log, '--json')).out);
    for (const file of [log, printed]) {
      const fifo = join(folder, `fifo-${basename(file)}`);
      execFileSync('mkfifo', [fifo]);
      const writer = spawn('cp', [file, fifo]);
      const { code, out } = await runCommand('contexts', 'diff', fifo, log);
      expect([code, out]).toEqual([0, 'Nothing is new, gone, larger or smaller.\n']);
      expect(writer.exitCode ?? (await once(writer, 'exit'))[0]).toBe(0);
    }
    const empty = join(folder, 'empty.jsonl');
    await writeFile(empty, '');
    expect((await runCommand('contexts', 'diff', empty, log)).error).toContain(`${empty} has no contexts.`);
  });

  it('refuses options that would do nothing, and says which', async () => {
    const store = join(folder, 'unused');
    await runCommand('contexts', log, '--out', store);
    const rows = join(folder, 'rows.jsonl');
    await writeFile(rows, '');
    const cases: [string[], string][] = [
      [[log, '--model', 'rules', '--labels', rows], '--model or --labels'],
      [
        [log, '--model', 'rules', '--methods', 'object'],
        '--methods with a model that gives labels only, got rules',
      ],
      [
        [log, '--methods', 'object', 'related'],
        '--methods with a model that gives labels only, got one that names causes',
      ],
      [[log, '--open', 'c0', '--actor', 'ann'], '--open without --actor'],
      [[log, '--truth', 'x', '--idle', '5'], '--truth without --idle'],
      [[log, '--truth', 'x', '--out', store], '--truth without --out'],
      [[log, '--out', store, '--background'], '--out without --background'],
      [[log, '--follow', '--parquet', 'x'], '--follow without --parquet'],
      [[store, '--out', join(folder, 'second')], '--out with logs'],
      [[log, store, '--out', join(folder, 'second')], '--out with logs'],
      [[store, '--model', 'rules'], '--model with logs'],
      [[store, '--idle', '5'], '--idle with logs'],
      [[store, '--methods', 'object'], '--methods with logs'],
      [[store, '--follow'], '--follow with logs'],
      [[store, '--skip-invalid'], '--skip-invalid with logs'],
    ];
    for (const [args, said] of cases) {
      const { code, error, out } = await runCommand('contexts', ...args);
      expect([args, code, out]).toEqual([args, 2, '']);
      expect(error).toContain(`expected ${said}`);
      expect(error).toContain('Hint: ');
    }
    const every = await runCommand('contexts', log, '--methods', 'object', 'related', 'uniform');
    expect(every.code).toBe(0);
    for (const option of [['--model', 'rules'], ['--skip-invalid']])
      expect((await runCommand('query', '--in', store, ...option)).error).toContain(
        `query: expected ${option[0]} with logs, got the store`,
      );
    expect((await runCommand('query', '--in', store, '--count', '--limit', '1')).error).toContain(
      'expected --limit without --count',
    );
  });

  it('writes over nothing that it reads, by whatever name, and over what is no log beside it', async () => {
    const own = await mkdtemp(join(folder, 'own-'));
    const [file, linked, hard, page] = ['audit.log', 'link', 'hard', 'page.html'].map((name) =>
      join(own, name),
    );
    await writeFile(file!, await readFile(log));
    await symlink(file!, linked!);
    await link(file!, hard!);
    const store = join(own, 'store');
    await runCommand('contexts', log, '--out', store);
    const part = join(store, '000001', 'triggers.parquet');
    for (const command of [
      ...[file!, linked!, hard!].flatMap((target) => [
        ['contexts', file!, '--html', target],
        ['contexts', file!, '--parquet', target],
        ['query', '--in', file!, '--parquet', target],
      ]),
      ['contexts', own, '--html', file!],
      ['contexts', store, '--html', part],
      ['query', '--in', store, '--parquet', part],
    ]) {
      const { code, error } = await runCommand(...command);
      expect(code).toBe(2);
      expect(error).toContain(`to be another file than the log, got ${command.at(-1)}.`);
    }
    expect(await readFile(file!)).toEqual(await readFile(log));
    expect((await runCommand('query', '--in', store, '--count')).code).toBe(0);
    for (let i = 0; i < 2; i++) expect((await runCommand('contexts', file!, '--html', page!)).code).toBe(0);
    for (const command of [
      ['contexts', file!, '--html', '-'],
      ['query', '--in', file!, '--parquet', '-'],
      ['label', file!, '--out', '-'],
    ])
      expect((await runCommand(...command)).error).toContain('to be a file, got -.');
  });

  it('refuses what it cannot do, with a way out', async () => {
    const { code, error } = await runCommand('contexts', log, '--follow', '--open', 'c0');
    expect(code).toBe(2);
    expect(error).toContain('expected --follow without --open');
    expect((await runCommand('contexts', log, '--since', 'yesterday')).error).toContain('expected a time');
  });
});

describe('contexts --out', () => {
  const lines = (text: string): string[] => text.trimEnd().split('\n');

  it('makes a store that is listed, opened and exported as the log is', async () => {
    const store = join(folder, 'store');
    const put = await runCommand('contexts', log, '--out', store);
    expect(put).toMatchObject({ code: 0, out: '' });
    expect(put.error).toContain(`4 of 4 lines put into ${store}, which keeps raw and has `);
    expect((await runCommand('contexts', 'export', store)).out).toBe(await readFile(log, 'utf8'));
    for (const way of [['--background'], ['--open', 'c0'], ['--format', 'ecs'], ['--format', 'csv']])
      expect((await runCommand('contexts', store, ...way)).out).toBe(
        (await runCommand('contexts', log, ...way)).out,
      );
    const again = await runCommand('contexts', log, '--out', store);
    expect(again.error).toContain('0 of 4 lines put into');
    expect(again.error).toContain('4 were there already');
  });

  it('says in how many lines a secret was taken out, once, and how it is kept; else nothing', async () => {
    const secret = { kind: 'Secret', data: { k: 'aHVudGVyMg==' } };
    const events = [
      request(0, 'ann', 'create', 'secrets/shop/a', { body: secret }),
      request(5, 'ann', 'get', 'configmaps/shop/b', { body: { data: { k: 'REDACTED' } } }),
      request(9, 'bob', 'get', 'secrets/shop/a', { body: secret }),
    ];
    const [own, store, open] = ['secrets.log', 'secrets', 'secrets-kept'].map((name) => join(folder, name));
    await writeFile(own!, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const said = ({ error }: { error: string }): string[] =>
      error.split('\n').filter((text) => text.includes('REDACTED'));
    const put = await runCommand('contexts', own!, '--out', store!);
    expect(said(put)).toEqual([
      'contexts: 2 lines have REDACTED in place of secrets; --keep-secrets, with another folder, keeps them.',
    ]);
    expect(said(await runCommand('contexts', own!, '--out', store!))).toEqual([]);
    const kept = await runCommand('contexts', own!, '--out', open!, '--keep-secrets', '--json');
    expect([said(kept), JSON.parse(kept.out).redacted]).toEqual([[], 0]);
    const json = await runCommand('contexts', own!, '--out', `${store}-json`, '--keep', 'compact', '--json');
    // What a read was answered is left out of a compact store, with whatever secrets it had.
    expect([said(json).length, JSON.parse(json.out).redacted]).toEqual([1, 1]);
    const page = await runCommand('contexts', own!, '--html', join(folder, 'secrets.html'));
    expect(said(page)).toEqual([
      'contexts: 2 lines have REDACTED in place of secrets, for a page may be given away.',
    ]);
    for (const [place, of] of [
      [own!, 'in place of secrets; contexts LOG --out DIR --keep-secrets makes a store that keeps them.'],
      [
        store!,
        ', which this store has in place of secrets; contexts LOG --out DIR --keep-secrets keeps them.',
      ],
    ] as const) {
      const asked = await runCommand('query', 'resource == "secrets"', '--in', place, '--lines');
      expect(asked.out.split('REDACTED')).toHaveLength(3);
      expect(said(asked)).toEqual([`query: 2 lines have REDACTED${of.startsWith(',') ? '' : ' '}${of}`]);
    }
    const out = await runCommand('contexts', 'export', open!);
    expect([said(out), out.out]).toEqual([[], await readFile(own!, 'utf8')]);
    expect(said(await runCommand('contexts', 'export', store!))).toEqual([
      'contexts: 3 lines have REDACTED, which this store has in place of secrets; contexts LOG --out DIR --keep-secrets keeps them.',
    ]);
    const none = await runCommand('contexts', log, '--html', join(folder, 'none.html'));
    expect(said(none)).toEqual([]);
  });

  it('says on each exported line which context it has, and what caused it', async () => {
    const store = join(folder, 'linked');
    await runCommand('contexts', log, '--out', store);
    const linked = lines((await runCommand('contexts', 'export', store, '--links')).out);
    expect(linked.map((line) => JSON.parse(line).annotations)).toEqual([
      { 'auditweave.io/context': 'c0' },
      { 'auditweave.io/context': 'c0', 'auditweave.io/cause': '0' },
      { 'auditweave.io/context': 'c2' },
      { 'auditweave.io/context': 'c3' },
    ]);
    const plain = lines(await readFile(log, 'utf8'));
    for (const [i, line] of linked.entries()) expect(line.startsWith(plain[i]!.slice(0, -1))).toBe(true);
  });

  it('keeps what it is told to keep', async () => {
    const store = join(folder, 'compact');
    const { out } = await runCommand('contexts', log, '--out', store, '--keep', 'compact', '--json');
    expect(JSON.parse(out)).toMatchObject({ lines: 4, stored: 3, background: 1, contexts: 2 });
    const again = await runCommand('contexts', log, '--out', store);
    expect(again.error).toContain('which keeps compact');
    const other = await runCommand('contexts', 'no.log', '--out', store, '--keep', 'raw');
    expect(other).toMatchObject({ code: 2 });
    expect(other.error).toContain('Go on with --keep compact, or name another folder.');
    expect((await runCommand('contexts', 'no.log', '--out', folder)).error).toContain(
      'to hold a store or nothing',
    );
  });

  it('says of a compact store which lines it does not give back, and of any no progress that there is none of', async () => {
    const [raw, compact] = [join(folder, 'whole'), join(folder, 'counted')];
    await runCommand('contexts', log, '--out', raw);
    await runCommand('contexts', log, '--out', compact, '--keep', 'compact');
    const missing = '1 line that they caused is only counted in this store, which keeps compact.';
    const lines = ['query', 'lines > 0', '--lines', '--in'];
    for (const [command, store, says] of [
      [['contexts', 'export'], raw, false],
      [['contexts', 'export'], compact, true],
      [lines, raw, false],
      [lines, compact, true],
    ] as const)
      expect((await runCommand(...command, store)).error.includes(missing)).toBe(says);
    expect((await runCommand('contexts', raw)).error).not.toContain('lines/s');
  });

  it('goes on from another log as if the two were one', async () => {
    const [one, two, parts, whole] = ['one.log', 'two.log', 'parts', 'at-once'].map((name) =>
      join(folder, name),
    );
    const later = [
      request(21, account('deployment-controller'), 'update', 'replicasets/shop/web-1', { owners: ['d'] }),
      request(22, 'ann', 'get', 'pods/shop/a'),
    ];
    await writeFile(one!, EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(''));
    await writeFile(two!, later.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const contextsOf = async (store: string): Promise<string> =>
      (await runCommand('query', 'lines > 0', '--in', store, '--json')).out;
    for (const keep of ['raw', 'foreground', 'compact']) {
      const [own, all] = [`${parts}-${keep}`, `${whole}-${keep}`];
      const held = keep === 'raw' ? 4 : 3;
      await runCommand('contexts', one!, '--out', own, '--keep', keep);
      expect((await runCommand('contexts', one!, '--out', own)).error).not.toMatch(/before|these/);
      const { error } = await runCommand('contexts', two!, '--out', own);
      if (keep !== 'compact') expect(error).toContain(`${held} lines of ${own} stand before these`);
      else {
        expect(error).toContain(`these lines begin 12.0 s after the last of ${own}, which does not hold`);
        expect(error).toContain(`contexts BEFORE.log ${two} --out ${own}`);
        // A line that was left out at the end of the first log counts.
        expect(await contextsOf(own)).toContain('"context":"c5"');
        await runCommand('contexts', one!, two!, '--out', own);
      }
      await runCommand('contexts', one!, two!, '--out', all, '--keep', keep);
      expect(await contextsOf(own)).toBe(await contextsOf(all));
      const again = await runCommand('contexts', two!, '--out', own, '--json');
      const known = keep === 'compact' ? { known: 1, background: 1 } : { known: 2, background: 0 };
      expect(JSON.parse(again.out)).toMatchObject({ lines: 2, stored: 0, ...known });
    }
  });

  it('refuses what it would not do', async () => {
    const store = join(folder, 'none');
    expect((await runCommand('contexts', log, '--out', store, '--actor', 'ann')).error).toContain(
      `Hint: Put all into the store, and ask it then: auditweave query '…' --in ${store}`,
    );
    expect((await runCommand('contexts', log, '--keep', 'compact')).error).toContain(
      '--keep-secrets and --level with --out',
    );
    expect((await runCommand('contexts', log, '--out', store, '--level', '23')).error).toContain(
      'between 1 and 22, got 23',
    );
    expect(await runCommand('contexts', 'export', folder)).toMatchObject({ code: 2 });
  });

  it('writes contexts as Parquet, through a link into its target', async () => {
    const [path, link] = [join(folder, 'contexts.parquet'), join(folder, 'link.parquet')];
    await symlink(path, link);
    await runCommand('contexts', log, '--parquet', link);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    const database = await Database.open();
    const rows = await database.rows(
      `SELECT id, actor, lines, received::VARCHAR AS at FROM read_parquet('${path}') ORDER BY id`,
    );
    database.close();
    expect(rows).toEqual([
      { id: 'c0', actor: 'ann', lines: 2, at: '2026-01-01 00:00:00' },
      { id: 'c2', actor: 'bob', lines: 1, at: '2026-01-01 00:00:09' },
    ]);
  });
});
