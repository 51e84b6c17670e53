import { expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/audit/event.js';
import { columnTest, missingField } from '../../../src/contexts/page/browser/column-query.js';
import { queryTables } from '../../../src/contexts/page/browser/query-tables.js';
import { type Store, unpackColumns } from '../../../src/contexts/page/browser/store.js';
import { packColumns } from '../../../src/contexts/page/columns.js';
import { PageBuilder } from '../../../src/contexts/page/data.js';
import { readQuery } from '../../../src/contexts/query/check.js';
import { evaluator } from '../../../src/contexts/query/evaluate.js';
import { contextRow, lineRow } from '../../../src/contexts/query/row.js';
import { contextsBy, request } from '../log.js';

const LOG: AuditEvent[] = [
  request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' }),
  request(
    0.2,
    'system:serviceaccount:kube-system:deployment-controller',
    'create',
    'replicasets/shop/web-1',
    {
      uid: 'r',
      owners: ['d'],
    },
  ),
  // A person in a service account's place is still the person, who acts in another's name.
  {
    ...request(10, 'bob', 'get', 'secrets/bank/key'),
    impersonatedUser: { username: 'system:serviceaccount:bank:reader' },
  },
  { ...request(20, 'proxy', 'delete', 'pods/shop/a'), impersonatedUser: { username: 'eve' } },
  { ...request(30, 'ann', 'list', 'nodes//'), sourceIPs: ['10.0.0.7', '192.0.2.9'] },
  { ...request(40, '', 'get', 'pods/shop/b', { code: 401 }), sourceIPs: [] },
];
const { stageTimestamp: _, ...unstaged } = request(50, 'ann', 'patch', 'pods/shop/c');
LOG.push(unstaged);

const EXPRESSIONS = [
  'exists(impersonated)',
  'impersonated == "system:serviceaccount:bank:reader"',
  'any(exists(impersonated)) and actor == username',
  'ip == "192.0.2.9"',
  'ip == "10.0.0.7" and ip == regexp("^192")',
  'not exists(ip)',
  'exists(stageTimestamp)',
  'stageTimestamp < 2026-01-01T00:00:15',
  'to <= 2026-01-01T00:00:10.200001',
  'to == received',
  'confidence == 0.9731',
  'confidence >= 0.97',
  'not exists(username)',
  'caused(verb == "create")',
  'milliseconds > 150',
  'code >= 400 or lines == 2',
];

it('answer as the evaluator does, field by field', async () => {
  const contexts = (await contextsBy(LOG, {}, true)).map((context, i) => ({
    ...context,
    confidence: [0.9731, 0.97, 0.5][i % 3]!,
  }));
  const builder = new PageBuilder(contexts);
  for (const [line, event] of LOG.entries()) builder.add(line, event, -1);
  const data = builder.data();
  const unpacked = (columns: Parameters<typeof packColumns>[0]) =>
    unpackColumns(packColumns(columns).buffer as ArrayBuffer);
  const [shown, details] = [unpacked(data.contexts), unpacked(data.details)];
  const store: Store = {
    size: contexts.length,
    texts: { ...shown.texts, ...details.texts },
    numbers: { ...shown.numbers, ...details.numbers },
    lines: { texts: {}, numbers: {} },
  };
  for (const kind of ['texts', 'numbers'] as const)
    for (const [name, column] of Object.entries(details[kind]))
      if (name.startsWith('line.')) Object.assign(store.lines![kind], { [name.slice(5)]: column });
  const tables = queryTables(store);
  const counts: number[] = [];
  for (const expression of EXPRESSIONS) {
    const query = readQuery(expression, { now: 0 });
    expect([expression, missingField(query, tables)]).toEqual([expression, null]);
    const [test, ask] = [columnTest(query, tables), evaluator(query)];
    const expected = contexts.filter((context) =>
      ask({
        row: contextRow(context),
        lines: () =>
          context.lines.map((line) => ({ row: lineRow(LOG[line]!), trigger: line === context.trigger.line })),
      }),
    );
    expect([expression, contexts.filter((_one, row) => test(row)).map(({ text }) => text)]).toEqual([
      expression,
      expected.map(({ text }) => text),
    ]);
    counts.push(expected.length);
  }
  // Each finds some of them, so that each could be wrong.
  expect(counts.map((count) => count > 0 && count < contexts.length)).toEqual(EXPRESSIONS.map(() => true));
});
