import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/audit/event.js';
import { loadResourceTable } from '../../../src/audit/labels.js';
import type { Context } from '../../../src/contexts/context.js';
import { csvHead, csvRow } from '../../../src/contexts/exports/csv.js';
import type { LineFormat } from '../../../src/contexts/exports/formats.js';
import { HeldLines } from '../../../src/contexts/exports/held.js';
import { Places } from '../../../src/contexts/exports/places.js';
import { exportContext, exportLines } from '../../../src/contexts/exports/write.js';
import { redactEvent } from '../../../src/contexts/redact.js';
import { Rules } from '../../../src/contexts/rules/rules.js';
import { ContextStream, type ContextStreamOptions } from '../../../src/contexts/stream.js';
import { account, contextsBy, request } from '../log.js';

const LOG: AuditEvent[] = [
  request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd1', uri: '/apis/apps/v1/x?token=opaque' }),
  request(0.2, account('deployment-controller'), 'create', 'replicasets/shop/web-5', {
    uid: 'r1',
    owners: ['d1'],
  }),
  request(0.3, account('replicaset-controller'), 'create', 'pods/shop/web-5-a', {
    uid: 'p1',
    owners: ['r1'],
  }),
  {
    ...request(60, 'system:serviceaccount:cattle:rancher', 'patch', 'roles/shop/r'),
    impersonatedUser: { username: 'bob', groups: ['dev'] },
  },
  request(120, '', 'list', 'nodes//', { code: 401 }),
  request(130, 'eve', 'impersonate', 'users//root', { code: 403 }),
];

interface ResourceSpans {
  scopeSpans: { spans: Record<string, string>[] }[];
}

async function exported(
  format: LineFormat,
  log: readonly AuditEvent[] = LOG,
  options: Partial<ContextStreamOptions> = {},
): Promise<string> {
  const places = new Places();
  for (const context of await contextsBy(log, options, true)) places.add(context);
  const lines = (async function* () {
    for (const [line, event] of log.entries()) yield { line, text: '', event };
  })();
  let text = '';
  for await (const piece of exportLines(format, lines, places)) text += piece;
  return text;
}

const rows = async (format: 'ecs' | 'ocsf', log?: AuditEvent[]): Promise<Record<string, never>[]> =>
  (await exported(format, log))
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

function faultsBy(schema: string): (document: unknown) => unknown {
  const text = readFileSync(new URL(`../../fixtures/schemas/${schema}.json`, import.meta.url), 'utf8');
  const check = new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(text));
  return (document) => (check(document) ? null : check.errors);
}

describe('documents of the Elastic Common Schema', () => {
  it('are as Elastic’s own package has them', async () => {
    const faults = faultsBy('ecs');
    for (const document of await rows('ecs')) expect(faults(document)).toBeNull();
    expect(faults({ '@timestamp': '', ecs: { version: '9.4.0' }, userx: 1 })).not.toBeNull();
  });

  it('say the context, who started it, and the cause', async () => {
    const [deployment, replicaSet, pod, role] = (await rows('ecs')) as Record<
      string,
      Record<string, unknown>
    >[];
    expect(replicaSet!.trace).toEqual(deployment!.trace);
    expect(replicaSet!.labels).toMatchObject({
      context: 'c0',
      context_actor: 'ann',
      cause: deployment!.span!.id,
    });
    expect(pod!.labels).toMatchObject({ cause: replicaSet!.span!.id });
    expect(role!.trace).not.toEqual(pod!.trace);
    expect(role).toMatchObject({
      user: { name: 'system:serviceaccount:cattle:rancher', effective: { name: 'bob' } },
      event: { category: ['iam'], type: ['change'], outcome: 'success' },
    });
  });

  it('hold no token, wherever it is, and are of a redacted line what they are of the line', async () => {
    const token = `eyJ${'a'.repeat(9)}.eyJ${'b'.repeat(9)}.${'c'.repeat(9)}`;
    const log = [
      ...LOG,
      { ...request(140, 'ann', 'get', 'pods/shop/x', { code: 400 }), userAgent: `curl/${token}` },
      request(141, 'kubelet', 'create', 'events/shop/e', {
        body: { reason: 'Failed', message: `got ${token}` },
      }),
    ];
    (log.at(-2)!.responseStatus as Record<string, unknown>).message = `bad ${token}`;
    for (const format of ['ecs', 'ocsf', 'otlp'] as const) {
      const text = await exported(format, log);
      expect(text).not.toMatch(/opaque|eyJ/);
      expect(text).toContain('REDACTED');
      expect(await exported(format, log.map(redactEvent))).toBe(text);
    }
  });
});

describe('API Activities of OCSF', () => {
  it('are as its published schema has them', async () => {
    const faults = faultsBy('ocsf-api-activity');
    for (const document of await rows('ocsf')) expect(faults(document)).toBeNull();
    expect(faults({ class_uid: 6003 })).not.toBeNull();
  });

  it('say the context, the person, and who carried the request', async () => {
    const [deployment, replicaSet, , role, , odd] = (await rows('ocsf')) as Record<
      string,
      Record<string, unknown>
    >[];
    expect(replicaSet!.metadata!.correlation_uid).toBe(deployment!.metadata!.correlation_uid);
    expect(replicaSet!.unmapped).toEqual({
      context: {
        id: 'c0',
        actor: 'ann',
        action: 'create deployment web in shop',
        audit_id: LOG[0]!.auditID,
        cause_line: 0,
      },
    });
    expect(role).toMatchObject({
      type_uid: 600303,
      actor: {
        user: { name: 'bob', groups: [{ name: 'dev' }] },
        invoked_by: 'system:serviceaccount:cattle:rancher',
      },
    });
    expect(odd).toMatchObject({ activity_id: 99, activity_name: 'impersonate', status: 'Failure' });
  });
});

describe('spans of OpenTelemetry', () => {
  const messages = (text: string): { resourceSpans: ResourceSpans[] }[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const spansOf = ({ resourceSpans }: { resourceSpans: ResourceSpans[] }): Record<string, string>[] =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));

  it('are as its protocol has them, the effect below its cause', async () => {
    const [document, ...none] = messages(await exported('otlp'));
    expect(none).toEqual([]);
    expect(faultsBy('otlp-traces')(document)).toBeNull();
    const spans = spansOf(document!);
    const named = (name: string) => spans.find((span) => span.name === name)!;
    expect(spans).toHaveLength(LOG.length);
    expect(new Set(spans.map((span) => span.spanId)).size).toBe(LOG.length);
    expect(named('create replicaset web-5 in shop')).toMatchObject({
      traceId: named('create deployment web in shop').traceId,
      parentSpanId: named('create deployment web in shop').spanId,
      startTimeUnixNano: '1767225600200000000',
    });
    expect(named('create deployment web in shop').parentSpanId).toBeUndefined();
    expect(named('list nodes').status).toMatchObject({ code: 2 });
  });

  it('are none of no lines', async () => {
    expect(await exported('otlp', [])).toBe('');
  });

  /** An action by each person, all at once, and what controllers made of it. */
  const crowd = (people: number, each: number, agent = 'kubectl/v1'): AuditEvent[] => {
    const who = Array.from({ length: people }, (_, i) => i);
    const made = who.map((i) => request(i / 1e3, `p${i}`, 'create', `jobs/n${i}/j`, { uid: `u${i}`, agent }));
    const rest = Array.from({ length: each - 1 }, (_, n) =>
      who.map((i) =>
        request(1 + n + i / 1e3, account('job-controller'), 'create', `pods/n${i}/p${n}`, {
          owners: [`u${i}`],
          agent,
        }),
      ),
    );
    return [...made, ...rest.flat()];
  };

  it('come by whole contexts, a message a line, of 512 spans at most', async () => {
    const all = messages(await exported('otlp', crowd(30, 40)));
    const sizes = all.map((one) => spansOf(one).length);
    expect(sizes).toEqual([480, 480, 240]);
    for (const one of all) expect(faultsBy('otlp-traces')(one)).toBeNull();
    const traces = all.map((one) => new Set(spansOf(one).map(({ traceId }) => traceId)));
    expect(traces.map(({ size }) => size)).toEqual([12, 12, 6]);
    expect(new Set(traces.flatMap((one) => [...one])).size).toBe(30);
    const large = messages(await exported('otlp', crowd(1, 1100)));
    expect(large.map((one) => spansOf(one).length)).toEqual([512, 512, 76]);
  });

  it('come in lines of at most 1 MB, whatever is escaped in them', async () => {
    const text = await exported('otlp', crowd(3, 300, `${'ä'.repeat(500)}/1`));
    const escaped = text.replace(/[^\n-~]/g, '\\u00e4').split('\n');
    expect(escaped.length).toBeGreaterThan(3);
    for (const line of escaped) expect(line.length).toBeLessThan(1 << 20);
    expect(messages(text).flatMap(spansOf)).toHaveLength(900);
  });
});

describe('lines of a log that is read once', () => {
  async function live(format: LineFormat, log: readonly AuditEvent[]): Promise<[string[], HeldLines]> {
    const held = new HeldLines();
    const stream = new ContextStream({
      attributor: new Rules(),
      table: await loadResourceTable(),
      live: true,
      idle: 10e6,
      assigned: (line, first) => held.assigned(line, first),
    });
    const pieces: string[] = [];
    const send = (contexts: Iterable<Context>): void => {
      for (const context of contexts) pieces.push(exportContext(format, context, held.take(context)));
    };
    for (const [line, event] of log.entries()) {
      held.read({ line, text: '', event });
      send(stream.push({ line, text: '', event }));
    }
    const before = pieces.length;
    send(stream.end());
    expect(before).toBeGreaterThan(0);
    return [pieces, held];
  }
  const named = { metadata: { name: 'web-5-b', ownerReferences: [{ uid: 'r1', kind: 'X' }] } };
  const LIVE = [
    ...LOG.slice(0, 3),
    request(20, account('replicaset-controller'), 'create', 'pods/shop/', { body: named }),
    ...LOG.slice(3),
    { ...request(132, 'eve', 'get', 'pods/shop/web-5-b'), stage: 'RequestReceived' },
  ];

  it('are told with each context as it closes, in the same words, and held no longer', async () => {
    for (const format of ['ecs', 'ocsf'] as const) {
      const [pieces, held] = await live(format, LIVE);
      const sorted = (text: string): string[] => text.trimEnd().split('\n').sort();
      expect(sorted(pieces.join(''))).toEqual(sorted(await exported(format, LIVE, { idle: 10e6 })));
      expect(held.size).toBe(0);
    }
    const [spans] = await live('otlp', LIVE);
    for (const piece of spans) expect(faultsBy('otlp-traces')(JSON.parse(piece))).toBeNull();
  });

  it('that come after their context say what it goes on from, and claim no cause of another trace', async () => {
    const [pieces] = await live('ecs', LIVE);
    const rows = pieces.flatMap((piece) =>
      piece
        .trimEnd()
        .split('\n')
        .map((row) => JSON.parse(row)),
    );
    const late = rows.find(({ message }) => message === 'create pod web-5-b in shop');
    expect(late.labels).toMatchObject({ context: 'c3', context_continues: 'c0' });
    expect(late.labels.cause).toBeUndefined();
  });
});

describe('CSV', () => {
  it('has a row a context', async () => {
    const [first] = await contextsBy(LOG);
    expect(csvHead()).toMatch(/^context,from,to,milliseconds,actor,/);
    expect(csvRow(first!)).toMatch(
      /^c0,2026-01-01T00:00:00\.000000Z,.*,ann,,create deployment web in shop,create,.*,3,/,
    );
  });

  it('runs no formula and breaks no row, whatever names say', () => {
    return fc.assert(
      fc.asyncProperty(
        fc.constantFrom('=1+1', '+1', '-1', '@x', '\t=1', '"', 'a,b', 'a\r\nb', '\u001b[2J'),
        fc.string(),
        async (first, second) => {
          const [context] = await contextsBy([request(0, `${first}${second}` || 'x', 'list', 'pods/shop/')]);
          const cells = cellsOf(csvRow(context!));
          expect(cells).toHaveLength(cellsOf(csvHead()).length);
          for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** Cells of one row, read as RFC 4180 has it. */
function cellsOf(row: string): string[] {
  expect(row.endsWith('\r\n')).toBe(true);
  return [...row.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
  );
}

it('looks up no verb of a log in what every object has', async () => {
  const log = [request(0, 'eve', 'constructor', 'pods/shop/web', { code: 404 })];
  expect((await rows('ecs', log))[0]).toMatchObject({ event: { type: ['access'], action: 'constructor' } });
  expect((await rows('ocsf', log))[0]).toMatchObject({ activity_id: 99 });
});
