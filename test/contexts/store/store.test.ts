import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/audit/event.js';
import { goJson } from '../../../src/audit/go-json.js';
import type { Context } from '../../../src/contexts/context.js';
import { readQuery } from '../../../src/contexts/query/check.js';
import { evaluator } from '../../../src/contexts/query/evaluate.js';
import { contextRow, lineRow } from '../../../src/contexts/query/row.js';
import { Links } from '../../../src/contexts/store/links.js';
import type { StoreManifest } from '../../../src/contexts/store/manifest.js';
import { Store } from '../../../src/contexts/store/store.js';
import { type WriteOptions, writeStore } from '../../../src/contexts/store/write-store.js';
import { sealed } from '../../../src/files/seal.js';
import { account, contextsBy, request } from '../log.js';

const folder = (): string => join(mkdtempSync(join(tmpdir(), 'store-')), 'store');
const ALL = readQuery('', { now: 0 });

/** A clock's times as the API server writes them, to the microsecond. */
const precise = (event: AuditEvent): AuditEvent =>
  JSON.parse(JSON.stringify(event).replace(/(\.\d{3})Z"/g, '$1000Z"'));

/** Three deployments with what they cause, a lease every second, a refusal, an impersonation and a secret. */
const LOG: AuditEvent[] = [0, 100, 200].flatMap((second, i) =>
  [
    request(second, 'ann', 'create', `deployments/shop/web-${i}`, { uid: `d${i}` }),
    request(second + 0.1, account('deployment-controller'), 'create', `replicasets/shop/web-${i}-5`, {
      uid: `r${i}`,
      owners: [`d${i}`],
    }),
    request(second + 0.2, account('replicaset-controller'), 'create', `pods/shop/web-${i}-5-a`, {
      uid: `p${i}`,
      owners: [`r${i}`],
    }),
    request(second + 1, 'system:kube-scheduler', 'update', 'leases/kube-system/kube-scheduler'),
    request(second + 30, 'eve', 'delete', `secrets/shop/key-${i}`, { code: 403 }),
    {
      ...request(second + 60, 'system:serviceaccount:cattle:rancher', 'patch', `roles/shop/r${i}`),
      impersonatedUser: { username: 'bob', groups: ['dev', 'ops'] },
    },
  ].map(precise),
);

const texts = (log: readonly AuditEvent[]): string[] => log.map((event) => goJson(event));

async function written(
  dir: string,
  log: readonly AuditEvent[],
  options: WriteOptions & { texts?: readonly string[]; stopAt?: number } = {},
) {
  const links = new Links();
  const contexts = await contextsBy(log, {}, true);
  for (const context of contexts) links.add(context);
  const stop = new AbortController();
  async function* lines() {
    for (const [line, event] of log.entries()) {
      if (line === options.stopAt) stop.abort();
      yield { line, text: options.texts?.[line] ?? goJson(event), event };
    }
  }
  const summary = await writeStore(dir, lines(), links, { level: 1, signal: stop.signal, ...options });
  return { summary, contexts };
}

async function read<T>(dir: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await Store.open(dir);
  return await work(store).finally(() => store.close());
}
const linesOf = (dir: string): Promise<string[]> =>
  read(dir, async (store) => {
    const found: string[] = [];
    for await (const { text } of store.lines()) found.push(text);
    return found;
  });
const contextsOf = (dir: string, text = ''): Promise<Context[]> =>
  read(dir, async (store) => {
    const found: Context[] = [];
    for await (const one of store.contexts(readQuery(text, { now: 0 }))) found.push(one);
    return found;
  });
const byNumber = (contexts: readonly Context[]): Context[] =>
  [...contexts].sort((a, b) => a.trigger.line - b.trigger.line);

const filesOf = (dir: string): Record<string, string> =>
  Object.fromEntries(
    (
      readdirSync(dir, { recursive: true, withFileTypes: true }) as {
        name: string;
        parentPath: string;
        isFile(): boolean;
      }[]
    )
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [
        join(parentPath, name).slice(dir.length),
        readFileSync(join(parentPath, name)).toString('base64'),
      ]),
  );

describe('a raw store', () => {
  it('gives every line back byte for byte, and every context', async () => {
    const dir = folder();
    const { contexts, summary } = await written(dir, LOG);
    expect(summary).toMatchObject({ lines: 18, stored: 18, known: 0, background: 0 });
    expect(await linesOf(dir)).toEqual(texts(LOG));
    expect(byNumber(await contextsOf(dir))).toEqual(contexts);
  });

  it('gives back lines that nobody would write', async () => {
    const odd = (event: AuditEvent, text: string): [AuditEvent, string] => [event, text];
    const [one, two, three, four] = LOG as [AuditEvent, AuditEvent, AuditEvent, AuditEvent];
    const pairs = [
      odd(one, JSON.stringify(one, null, 1).replaceAll('\n', '')),
      odd(two, `${goJson(two)}  `),
      odd(three, goJson(three).replace('"verb"', '"verb":"x","verb"')),
      odd(
        four,
        goJson(four).replace(
          '{',
          '{"big":12345678901234567890.10,"e":1E+05,"z":-0,"list":[[],{},[{"a":[1,"x"]}]],',
        ),
      ),
      odd(one, goJson({ ...one, odd: '\u0001\u0002\u000e\u2028\ud800 \\" <&>😀' })),
      odd(two, goJson({ ...two, '': { a: [null, true, [], ''] }, annotations: { a: '\\u0000' } })),
      odd(three, `{"deep":${'['.repeat(400)}${']'.repeat(400)},${goJson(three).slice(1)}`),
    ];
    const dir = folder();
    await written(
      dir,
      pairs.map(([event]) => event),
      { texts: pairs.map(([, text]) => text) },
    );
    expect(await linesOf(dir)).toEqual(pairs.map(([, text]) => text));
  });

  it('gives back any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), async (values) => {
        const log = values.map((value, i) =>
          request(i, 'ann', 'get', `pods/shop/p${i}`, { body: { spec: value } }),
        );
        const dir = folder();
        await written(dir, log, { keepSecrets: true });
        expect(await linesOf(dir)).toEqual(texts(log));
      }),
      { numRuns: 15 },
    );
  });
});

describe('a store that is written again', () => {
  it('is the same when the work was stopped and begun anew', async () => {
    const [whole, cut] = [folder(), folder()];
    await written(whole, LOG, { partLines: 4 });
    await written(cut, LOG, { partLines: 4, stopAt: 9 });
    expect(readdirSync(cut).filter((name) => /^\d+$/.test(name)).length).toBeLessThan(
      readdirSync(whole).filter((name) => /^\d+$/.test(name)).length,
    );
    // What a killed process leaves: a part that the manifest does not name yet, and one that is half written.
    cpSync(join(whole, '000004'), join(cut, '000004'), { recursive: true });
    cpSync(join(whole, '000003'), join(cut, '.000004.tmp'), { recursive: true });
    const { summary } = await written(cut, LOG, { partLines: 4 });
    expect(summary.known).toBeGreaterThan(0);
    expect(await linesOf(cut)).toEqual(texts(LOG));
    expect(await contextsOf(cut)).toEqual(await contextsOf(whole));
  });

  it('is the same after a kill, file by file', async () => {
    const [whole, cut] = [folder(), folder()];
    await written(whole, LOG, { partLines: 4 });
    cpSync(whole, cut, { recursive: true });
    // As older versions wrote it: without a hash of itself.
    const { sha256: _, ...manifest } = JSON.parse(readFileSync(join(cut, 'manifest.json'), 'utf8'));
    writeFileSync(
      join(cut, 'manifest.json'),
      JSON.stringify({ ...manifest, next: 8, parts: manifest.parts.slice(0, 2) }),
    );
    await written(cut, LOG, { partLines: 4 });
    expect(filesOf(cut)).toEqual(filesOf(whole));
  });

  it('adds nothing when nothing is new', async () => {
    for (const keep of ['raw', 'foreground', 'compact'] as const) {
      const dir = folder();
      await written(dir, LOG, { keep });
      const before = filesOf(dir);
      await written(dir, LOG, { keep });
      expect(filesOf(dir)).toEqual(before);
    }
  });

  it('goes on with a log that has grown, and tells a grown context anew', async () => {
    for (const keep of ['raw', 'foreground', 'compact'] as const) {
      const [whole, grown] = [folder(), folder()];
      const { contexts } = await written(whole, LOG, { keep });
      // The first pod of the second deployment is not there yet.
      await written(grown, LOG.slice(0, 8), { keep });
      await written(grown, LOG, { keep });
      const expected = contexts.filter(({ background }) => keep === 'raw' || !background);
      const found = byNumber(await contextsOf(grown));
      expect(found.map(({ text, lines, more = 0 }) => [text, lines.length + more])).toEqual(
        expected.map(({ text, lines }) => [text, lines.length]),
      );
      if (keep === 'raw') expect(await linesOf(grown)).toEqual(texts(LOG));
      expect(byNumber(await contextsOf(grown, 'caused(resource == "pods")'))).toHaveLength(3);
    }
  });

  it('tells a context once that has grown more than once, and nothing more when nothing is new', async () => {
    for (const keep of ['raw', 'foreground', 'compact'] as const) {
      const [whole, grown] = [folder(), folder()];
      const { contexts } = await written(whole, LOG, { keep });
      // The first deployment is a line longer each time, and the last time only that is new.
      for (const end of [1, 2, 3, LOG.length]) await written(grown, LOG.slice(0, end), { keep });
      const told = byNumber(await contextsOf(grown)).map(({ text, lines, more = 0 }) => [
        text,
        lines.length + more,
      ]);
      const expected = contexts.filter(({ background }) => keep === 'raw' || !background);
      expect(told).toEqual(expected.map(({ text, lines }) => [text, lines.length]));
      if (keep === 'raw') expect(await linesOf(grown)).toEqual(texts(LOG));
      const before = filesOf(grown);
      await written(grown, LOG, { keep });
      // A log that ends earlier says less of the same.
      await written(grown, LOG.slice(0, 2), { keep });
      expect(filesOf(grown)).toEqual(before);
    }
  });

  it('tells a context once whose parts an older version wrote', async () => {
    const dir = folder();
    const manifest = join(dir, 'manifest.json');
    for (const end of [1, 2, 3]) {
      await written(dir, LOG.slice(0, end));
      const older = JSON.parse(readFileSync(manifest, 'utf8')) as StoreManifest;
      for (const part of older.parts) {
        delete part.retold;
        // It took only the first part for one that told of the context.
        if (part.numbers[0] > 0) part.superseded = [];
      }
      writeFileSync(manifest, JSON.stringify(sealed(older)));
    }
    expect(await contextsOf(dir)).toHaveLength(2);
    await written(dir, LOG.slice(0, 4));
    expect((await contextsOf(dir)).map(({ lines }) => lines.length)).toEqual([3, 1]);
  });

  it('holds a line once that comes twice, though both head a context', async () => {
    const twice = [...LOG, LOG[0]!, LOG[3]!, LOG[0]!];
    for (const partLines of [100, 4]) {
      const dir = folder();
      const { summary, contexts } = await written(dir, twice, { partLines });
      expect(contexts.filter(({ text }) => text === 'create deployment web-0 in shop')).toHaveLength(3);
      expect(summary).toMatchObject({ lines: 21, stored: 18, known: 3 });
      expect(await linesOf(dir)).toEqual(texts(LOG));
      const ids = (await contextsOf(dir)).map(({ context }) => context);
      expect(ids).toHaveLength(new Set(ids).size);
      const before = filesOf(dir);
      expect((await written(dir, twice, { partLines })).summary).toMatchObject({ stored: 0, known: 21 });
      expect(filesOf(dir)).toEqual(before);
    }
  });

  it('tells times far from each other exactly', async () => {
    const dir = folder();
    const far = { ...LOG[0]!, stageTimestamp: '2910-12-31T23:59:59.000000Z' };
    const near = { ...LOG[1]!, requestReceivedTimestamp: '1971-01-01T00:00:00.000001Z' };
    const late = {
      ...LOG[2]!,
      requestReceivedTimestamp: '2910-12-31T23:59:58.000000Z',
      stageTimestamp: far.stageTimestamp,
    };
    const { contexts } = await written(dir, [far, near, late]);
    expect(byNumber(await contextsOf(dir))).toEqual(contexts);
    // Nothing came of the first for centuries: what comes then goes on from it.
    expect(await contextsOf(dir, 'to > 2900-01-01')).toMatchObject([
      { context: 'c0', lines: [0, 1] },
      { context: 'c2', continues: 'c0', lines: [2] },
    ]);
    expect(await linesOf(dir)).toEqual(texts([far, near, late]));
  });

  it('puts another log behind', async () => {
    const dir = folder();
    const later = LOG.map((event, i) =>
      request(1000 + i, 'zoe', 'get', `pods/shop/x${i}`, { id: event.auditID }),
    );
    await written(dir, LOG);
    await written(dir, later);
    // The first log again, with one more line.
    await written(dir, [...LOG, request(900, 'kim', 'get', 'nodes//n')]);
    expect(await linesOf(dir)).toEqual([
      ...texts(LOG),
      ...texts(later),
      goJson(request(900, 'kim', 'get', 'nodes//n')),
    ]);
    const all = await contextsOf(dir);
    expect(new Set(all.map(({ context }) => context)).size).toBe(all.length);
    expect(all.flatMap(({ lines }) => lines).sort((a, b) => a - b)).toEqual(
      [...new Set(all.flatMap(({ lines }) => lines))].sort((a, b) => a - b),
    );
  });

  it('refuses to keep something else, and damaged files', async () => {
    const dir = folder();
    await written(dir, LOG, { keep: 'compact' });
    await expect(written(dir, LOG)).rejects.toThrow(
      'to be a store with --keep raw, got one with --keep compact',
    );
    await expect(written(dir, LOG, { keep: 'compact', keepSecrets: true })).rejects.toThrow(
      'to be a store with secrets, got one without',
    );
    const path = join(dir, '000001', 'triggers.parquet');
    const bytes = readFileSync(path);
    bytes[40]! ^= 1;
    writeFileSync(path, bytes);
    await expect(linesOf(dir)).rejects.toThrow(
      /triggers\.parquet of \d+ bytes as it was written, got other bytes/,
    );
    truncateSync(path, 40);
    await expect(contextsOf(dir)).rejects.toThrow(/as it was written, got 40 bytes/);
    await expect(Store.open(join(dir, '000001'))).rejects.toThrow('to be a store, got a folder without one');
  });

  it('sees a bit of any file that is another, whatever is asked, and when it goes on', async () => {
    const dir = folder();
    await written(dir, LOG, { partLines: 9 });
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(parquet|json)$/.test(name),
    );
    expect(files.map((name) => name.slice(7))).toContain('streams.parquet');
    for (const [i, name] of files.entries()) {
      const path = join(dir, name);
      const bytes = readFileSync(path);
      const flipped = Buffer.from(bytes);
      // In a manifest, of the number of the next line.
      flipped[name === 'manifest.json' ? flipped.indexOf('"next": ') + 9 : (i * 37) % bytes.length]! ^= 1;
      writeFileSync(path, flipped);
      const expected = name === 'manifest.json' ? /manifest\.json with sha256/ : `expected ${path} of`;
      if (name.includes('streams')) await expect(linesOf(dir)).rejects.toThrow(expected);
      await expect(contextsOf(dir)).rejects.toThrow(expected);
      await expect(written(dir, LOG, { partLines: 9 })).rejects.toThrow(expected);
      writeFileSync(path, bytes);
    }
    expect(await linesOf(dir)).toEqual(texts(LOG));
  });

  it.each([
    ['names that lead elsewhere', { parts: [{ name: '../../etc', files: {} }] }],
    ['other numbers', { next: -1 }],
    ['no parts', { parts: null }],
    ['a part of another kind', { parts: ['000001'] }],
  ])('is none with %s', async (_, change) => {
    const dir = folder();
    await written(dir, LOG);
    const path = join(dir, 'manifest.json');
    const { sha256: __, ...manifest } = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...manifest, ...change }));
    await expect(Store.open(dir)).rejects.toThrow('to be of a store of contexts, got something else');
  });

  it('lets one write at a time', async () => {
    const dir = folder();
    await Promise.all([written(dir, LOG), written(dir, LOG)]);
    expect(await linesOf(dir)).toEqual(texts(LOG));
    expect(existsSync(join(dir, '.lock'))).toBe(false);
  });
});

describe('what a store leaves out', () => {
  it('is the background', async () => {
    const dir = folder();
    const { summary } = await written(dir, LOG, { keep: 'foreground' });
    expect(summary).toMatchObject({ stored: 15, background: 3 });
    expect(await linesOf(dir)).toEqual(
      texts(LOG.filter(({ objectRef }) => objectRef?.resource !== 'leases')),
    );
  });

  it('is of a compact store what was caused, but for counts, and what nobody did', async () => {
    const dir = folder();
    const managed = { metadata: { name: 'web', managedFields: [{ manager: 'kubectl' }] } };
    const log = [request(0, 'ann', 'get', 'deployments/shop/web', { body: managed }), ...LOG.slice(6)];
    log.push(
      request(400, 'ann', 'patch', 'deployments/shop/api', { body: { kind: 'Deployment', ...managed } }),
    );
    await written(dir, log, { keep: 'compact' });
    const lines = (await linesOf(dir)).map((line) => JSON.parse(line) as AuditEvent);
    expect(lines[0]!.responseObject).toBeUndefined();
    expect(lines[0]!.annotations).toEqual({ 'auditweave.io/left-out': 'responseObject' });
    expect(lines.at(-1)!.responseObject).toMatchObject({ kind: 'Deployment' });
    expect(lines.at(-1)!.annotations).toEqual({ 'auditweave.io/left-out': 'responseObject.managedFields' });
    expect(lines.every(({ user }) => !user.username?.startsWith('system:serviceaccount:kube-system'))).toBe(
      true,
    );
    const created = (await contextsOf(dir)).find(({ text }) => text === 'create deployment web-1 in shop')!;
    expect(created.lines).toEqual([created.trigger.line]);
    expect(created.more).toBe(2);
    expect(created.trigger.sourceIPs).toEqual(['10.0.0.1']);
  });

  it('is what secrets hold, and tokens', async () => {
    const token = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.${'s'.repeat(40)}`;
    const log = [
      request(0, 'ann', 'create', 'secrets/shop/key', { body: { kind: 'Secret', data: { k: 'c2VjcmV0' } } }),
      request(1, 'ann', 'get', 'pods/shop/a', { uri: `/api/v1/pods?token=opaque-one&access_token=${token}` }),
      request(2, 'ann', 'create', 'serviceaccounts.token/shop/a', { body: { status: { token } } }),
      request(3, 'ann', 'create', 'configmaps/shop/a', { body: { data: { k: 'kept' } } }),
    ];
    for (const keep of ['raw', 'compact'] as const) {
      const [dir, open] = [folder(), folder()];
      await written(dir, log, { keep });
      const all = `${(await linesOf(dir)).join('\n')}${JSON.stringify(await contextsOf(dir))}`;
      for (const secret of ['c2VjcmV0', 'opaque-one', token]) expect(all).not.toContain(secret);
      expect(all).toContain('REDACTED');
      expect(all).toContain('kept');
      await written(open, log, { keep, keepSecrets: true });
      if (keep === 'raw') expect(await linesOf(open)).toEqual(texts(log));
      for (const [name, bytes] of Object.entries(filesOf(dir)))
        expect(Buffer.from(bytes, 'base64').includes('opaque-one'), name).toBe(false);
    }
  });
});

describe('questions to a store', () => {
  const ASKED = [
    ...['', 'background', 'not background', 'actor == "bob"', 'actor == "nobody"', 'username == actor'],
    ...[
      'outcome == "refused"',
      'code >= 400 or code < 100',
      'lines > 2',
      'milliseconds > 100',
      'exists(impersonated)',
    ],
    ...[
      'groups == "ops"',
      'groups != "ops"',
      'regexp(text, "web-[12]")',
      'text == "create deployment web-1 in shop"',
    ],
    ...[
      'requestURI == "/api/v1/deployments/shop/web-1"',
      'regexp(auditID, "^id-100-ann")',
      'from < 2026-01-01T00:01',
    ],
    ...[
      '2026-01-01T00:01:40 <= stageTimestamp <= 2026-01-01T00:02:11',
      'to >= 2026-01-01T00:03',
      'exists(confidence)',
    ],
    ...['caused(resource == "pods")', 'any(verb == "create" and username == regexp(".*controller.*"))'],
    ...[
      'not caused(outcome == "done")',
      'context in {"c0", "c6"}',
      'exists(incident)',
      'sourceIPs == "10.0.0.1"',
    ],
  ];

  it.each(['raw', 'foreground', 'compact'] as const)('kept %s are answered as without one', async (keep) => {
    const dir = folder();
    const { contexts } = await written(dir, LOG, { keep, partLines: 5 });
    const those = contexts.filter(({ background }) => keep === 'raw' || !background);
    await read(dir, async (store) => {
      for (const text of ASKED) {
        const query = readQuery(text, { now: 0 });
        const test = evaluator(query);
        const expected = those
          .filter((context) =>
            test({
              row: contextRow(context),
              lines: () =>
                context.lines.map((line) => ({
                  row: lineRow(LOG[line]!),
                  trigger: line === context.trigger.line,
                })),
            }),
          )
          .map(({ context }) => context);
        const found: string[] = [];
        for await (const { context } of store.contexts(query)) found.push(context);
        expect(found.sort(), text).toEqual(expected.sort());
        expect(await store.count(query), text).toBe(expected.length);
      }
    });
  });

  it('of a compact store are refused where it does not know', async () => {
    const dir = folder();
    await written(dir, LOG, { keep: 'compact' });
    await expect(contextsOf(dir, 'any(name == "web")')).rejects.toThrow(
      'query: expected a field that a compact store keeps of caused lines, got objectRef.name.',
    );
  });

  it('of an empty one have no answer', async () => {
    const dir = folder();
    await written(dir, []);
    expect(await contextsOf(dir, 'verb == "create"')).toEqual([]);
    expect(await linesOf(dir)).toEqual([]);
    expect(await read(dir, (store) => store.count(ALL))).toBe(0);
  });
});
