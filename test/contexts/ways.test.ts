import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { labelOf, loadResourceTable } from '../../src/audit/labels.js';
import type { LogLine } from '../../src/audit/read.js';
import { scoreWays, type TrueLine, WAYS_OF_MODEL, WAYS_WITHOUT_MODEL } from '../../src/contexts/ways.js';
import type { Predictor } from '../../src/model/model.js';
import { account, request } from './log.js';

const table = await loadResourceTable();

/** Two deployments, each with what it causes; they come in turn. */
const LOG: AuditEvent[] = [
  request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd1' }),
  request(1, 'ann', 'create', 'deployments/shop/api', { uid: 'd2' }),
  request(2, account('deployment-controller'), 'create', 'replicasets/shop/web-5', {
    uid: 'r1',
    owners: ['d1'],
  }),
  request(3, account('deployment-controller'), 'create', 'replicasets/shop/api-5', {
    uid: 'r2',
    owners: ['d2'],
  }),
].map((event) => ({ ...event, objectRef: { ...event.objectRef, apiGroup: 'apps', apiVersion: 'v1' } }));
const created = labelOf(LOG[0]!, table);
const TRUTH: TrueLine[] = ['a', 'b', 'a', 'b'].map((context) => ({ context, label: created }));

async function* batches(): AsyncGenerator<LogLine[]> {
  yield LOG.map((event, line) => ({ line, text: '', event }));
}
/** Says one label of every line, and that each caused itself. */
const says = (label: typeof created): Predictor => ({
  counts: { lines: 'completed', filter: 'paper' },
  heeds: ['explain'],
  holds: 0,
  read: (_, line) => line,
  push: async (lines) => lines.map((line) => said(label, line as number)),
  passed: async () => [],
  alone: async (line) => said(label, line as number),
  end: async () => [],
  release: async () => {},
});
const said = (label: typeof created, line: number) => ({
  label,
  confidence: 0.5,
  trigger: { line, auditID: null },
});

describe('ways to contexts', () => {
  it('are scored side by side: rules, and the paper’s methods on true labels', async () => {
    const found = await scoreWays(batches(), (line) => TRUTH[line], { ways: WAYS_WITHOUT_MODEL, table });
    const exact = Object.fromEntries(found.map(({ way, scores }) => [way, scores.exact.f1]));
    expect(exact.rules).toBe(1);
    expect(exact['true labels, object']).toBe(0);
    expect(exact['true labels, all three']).toBe(1);
    expect(found[0]!.scores.bySize.map(({ clusters }) => clusters)).toEqual(expect.arrayContaining([2]));
    expect(found[0]!.clusteringRate.labels).toBe(1);
  });

  it('take a model’s labels without its causes, where the paper’s methods are asked', async () => {
    const found = await scoreWays(batches(), (line) => TRUTH[line], {
      ways: WAYS_OF_MODEL,
      table,
      predictor: says(created),
    });
    const exact = Object.fromEntries(found.map(({ way, scores }) => [way, scores.exact.f1]));
    expect(exact.model).toBe(0);
    expect(exact['model’s labels, all three']).toBe(1);
  });

  it('score only lines of which the truth is known', async () => {
    const [rules] = await scoreWays(batches(), (line) => (line === 1 ? undefined : TRUTH[line]), {
      ways: WAYS_WITHOUT_MODEL,
      table,
    });
    expect(rules!.scores.lines).toBe(3);
  });

  it('need a model where one is asked', async () => {
    await expect(scoreWays(batches(), (line) => TRUTH[line], { ways: WAYS_OF_MODEL, table })).rejects.toThrow(
      'contexts: expected a model for “model”, got none.',
    );
  });
});
