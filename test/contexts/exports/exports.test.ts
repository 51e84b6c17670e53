import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/audit/event.js';
import { csvHead, csvRow } from '../../../src/contexts/exports/csv.js';
import type { LineFormat } from '../../../src/contexts/exports/formats.js';
import { Places } from '../../../src/contexts/exports/places.js';
import { exportLines } from '../../../src/contexts/exports/write.js';
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

async function exported(format: LineFormat, log: readonly AuditEvent[] = LOG): Promise<string> {
  const places = new Places();
  for (const context of await contextsBy(log, {}, true)) places.add(context);
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

  it('hold no token', async () => {
    for (const format of ['ecs', 'ocsf', 'otlp'] as const)
      expect(await exported(format)).not.toContain('opaque');
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
  it('are as its protocol has them, the effect below its cause', async () => {
    const document = JSON.parse(await exported('otlp'));
    expect(faultsBy('otlp-traces')(document)).toBeNull();
    const spans = document.resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: unknown[] }[] }) =>
      scopeSpans.flatMap((one) => one.spans),
    ) as Record<string, string>[];
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

  it('are one document, of no lines too', async () => {
    expect(JSON.parse(await exported('otlp', []))).toEqual({ resourceSpans: [] });
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
