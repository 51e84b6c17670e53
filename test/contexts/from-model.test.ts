import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { type Label, labelOf, loadResourceTable } from '../../src/audit/labels.js';
import { FromModel } from '../../src/contexts/from-model.js';
import { METHODS, type Method, readMethods } from '../../src/contexts/labels/methods.js';
import { ContextStream } from '../../src/contexts/stream.js';
import type { LabelRow } from '../../src/labeling/labeler.js';
import { account, request } from './log.js';

const table = await loadResourceTable();
const labelled = (event: AuditEvent): Label => labelOf(event, table);

/** Lines of the contexts that a model’s rows make of a log. */
function contextsOf(
  log: readonly AuditEvent[],
  rows: readonly Partial<LabelRow>[],
  methods: readonly Method[] = METHODS,
) {
  const stream = new ContextStream({ attributor: new FromModel(table, methods), table });
  const all = log.flatMap((event, line) =>
    stream.push({ line, text: '', event }, { line, auditID: event.auditID, label: null, ...rows[line]! }),
  );
  return [...all, ...stream.end()].sort((a, b) => a.trigger.line - b.trigger.line);
}

const WEB = request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd1' });
const API = request(0.1, 'bob', 'create', 'deployments/shop/api', { uid: 'd2' });
const create = labelled({ ...WEB, objectRef: { ...WEB.objectRef!, apiGroup: 'apps' } });
const apps = (event: AuditEvent): AuditEvent => ({
  ...event,
  objectRef: { ...event.objectRef!, apiGroup: 'apps' },
});

describe('a model that names causes', () => {
  it('is taken at its word', () => {
    const log = [
      WEB,
      API,
      request(1, account('deployment-controller'), 'create', 'replicasets/shop/x', { uid: 'r' }),
    ];
    const trigger = (line: number) => ({ trigger: { line, auditID: 'x' }, confidence: 0.5 + line / 10 });
    const contexts = contextsOf(log, [trigger(0), trigger(1), { ...trigger(0), reason: 'owner' }]);
    expect(contexts).toMatchObject([
      {
        context: 'c0',
        lines: [0, 2],
        causes: [null, 0],
        reasons: ['triggering event', 'owner'],
        confidence: 0.5,
        decidedBy: 'causes',
      },
      { context: 'c1', lines: [1], background: false },
    ]);
  });

  it('may name a line that comes later', () => {
    const log = [
      request(0, 'ann', 'get', 'deployments/shop/web'),
      request(0.1, 'ann', 'patch', 'deployments/shop/web', { uid: 'd' }),
    ];
    const contexts = contextsOf(log, [
      { trigger: { line: 1, auditID: 'x' } },
      { trigger: { line: 1, auditID: 'x' } },
    ]);
    expect(contexts).toMatchObject([{ context: 'c1', lines: [0, 1], text: 'patch deployment web in shop' }]);
  });

  it('folds away what it calls background', () => {
    expect(contextsOf([WEB], [{ background: true }])).toMatchObject([
      { background: true, decidedBy: 'causes' },
    ]);
  });
});

describe('a model that gives labels only', () => {
  const log = [
    apps(WEB),
    apps(API),
    apps(
      request(0.2, account('deployment-controller'), 'create', 'replicasets/shop/api-1', {
        uid: 'r2',
        owners: ['d2'],
      }),
    ),
    apps(
      request(0.3, account('deployment-controller'), 'create', 'replicasets/shop/web-1', {
        uid: 'r1',
        owners: ['d1'],
      }),
    ),
    request(0.4, account('replicaset-controller'), 'create', 'pods/shop/web-1-a', {
      uid: 'p1',
      owners: ['r1'],
    }),
    apps(
      request(0.5, account('deployment-controller'), 'update', 'deployments.status/shop/web', { uid: 'd1' }),
    ),
  ];
  const rows = log.map(() => ({ label: create, confidence: 0.9 }));

  it('is separated by object, then by what objects refer to', () => {
    const contexts = contextsOf(log, rows);
    expect(contexts.map(({ lines }) => lines)).toEqual([
      [0, 3, 4, 5],
      [1, 2],
    ]);
    expect(contexts[0]).toMatchObject({
      decidedBy: 'labels',
      label: create,
      reasons: ['triggering event', 'related', 'related', 'object'],
    });
    expect(contexts[0]!.causes).toBeUndefined();
  });

  it('takes only the methods that are asked for', () => {
    expect(contextsOf(log, rows, ['object']).map(({ lines }) => lines)).toEqual([[0, 5], [1], [2], [3], [4]]);
  });

  it('shares equally what nothing tells apart', () => {
    const list = (second: number, name: string) =>
      request(second, 'ann', 'list', `pods/${name}/`, { agent: name });
    const label = labelled(list(0, 'a'));
    const quota = (second: number) => request(second, 'system:apiserver', 'get', 'resourcequotas//', {});
    const same = [list(0, 'a'), quota(0.1), list(1, 'b'), quota(1.1)];
    expect(
      contextsOf(
        same,
        same.map(() => ({ label })),
        ['uniform'],
      ).map(({ lines, reasons }) => [lines, reasons![1]]),
    ).toEqual([
      [[0, 1], 'uniform'],
      [[2, 3], 'uniform'],
    ]);
  });

  it('keeps together what no triggering event of its label explains', () => {
    const cut = log.slice(2).map((event) => event);
    const [context] = contextsOf(
      cut,
      cut.map(() => ({ label: create })),
      ['uniform'],
    );
    expect(context!.reasons).toContain('no trigger');
  });

  it('may say a label that no action has: a window model chooses each part for itself', () => {
    const impossible = [create[0], 36, 9, 5, 7] as unknown as typeof create;
    const found = contextsOf(
      log,
      log.map((_, i) => ({ label: i % 2 === 0 ? impossible : create })),
    );
    expect(found.flatMap(({ lines }) => lines).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(found.map(({ label, lines }) => [label, lines])).toContainEqual([impossible, [0, 2, 4]]);
  });

  it('refuses a method that is not there', () => {
    expect(() => readMethods(['objects'])).toThrow(
      'contexts: expected methods among object, related, uniform, got objects.',
    );
  });
});
