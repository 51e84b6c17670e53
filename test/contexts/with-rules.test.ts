import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receivedMicros } from '../../src/audit/event.js';
import { loadResourceTable, type ResourceTable } from '../../src/audit/labels.js';
import { type LogLine, readAuditLog } from '../../src/audit/read.js';
import type { Context } from '../../src/contexts/context.js';
import { FromModel } from '../../src/contexts/from-model.js';
import { contextsOfLog } from '../../src/contexts/of-log.js';
import { ContextStream } from '../../src/contexts/stream.js';
import { WithRules } from '../../src/contexts/with-rules.js';
import type { LabelRow } from '../../src/labeling/labeler.js';
import { labelBatches } from '../../src/labeling/labeler.js';
import { openPredictor } from '../../src/model/kinds.js';
import { account, request } from './log.js';

let table: ResourceTable;
beforeAll(async () => {
  table = await loadResourceTable();
});

/** Contexts of a log, each line with what a model says of it: the line of its trigger, or null for nobody. */
function contexts(events: ReturnType<typeof request>[], triggers: (number | null)[]): Context[] {
  const stream = new ContextStream({ attributor: new WithRules(new FromModel(table)), table });
  const found = events.flatMap((event, line) => {
    const at = triggers[line]!;
    const row: LabelRow = {
      ...{ line, auditID: event.auditID, label: [1, 0, 1, 1, 1], confidence: 0.9, reason: 'said' },
      ...(at === null ? { trigger: null, background: true } : { trigger: { line: at, auditID: null } }),
    };
    return stream.push({ line, text: '', event }, row);
  });
  return [...found, ...stream.end()].sort((a, b) => a.lines[0]! - b.lines[0]!);
}

const rollout = [
  request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' }),
  request(0.2, account('deployment-controller'), 'create', 'replicasets/shop/web-1', {
    uid: 'r',
    owners: ['d'],
  }),
  request(0.4, account('replicaset-controller'), 'create', 'pods/shop/web-1-a', { uid: 'p', owners: ['r'] }),
];

describe('a model with rules beside it', () => {
  it('has the triggers of the model, and below them the direct causes that rules know', () => {
    const [one] = contexts(rollout, [0, 0, 0]);
    expect(one).toMatchObject({ lines: [0, 1, 2], causes: [null, 0, 1], decidedBy: 'causes' });
  });

  it('keeps to the model where the rules see another trigger', () => {
    const found = contexts(
      [...rollout, request(5, 'bob', 'patch', 'deployments/shop/api', { uid: 'e' })],
      [0, 0, 3, 3],
    );
    expect(found.map(({ lines }) => lines)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(found[1]!.causes).toEqual([3, null]);
  });

  it('keeps what went wrong by itself together, where the model sees nobody’s action', () => {
    const refused = (at: number) =>
      request(at, account('replicaset-controller'), 'create', 'pods/shop', { code: 403 });
    const [one, ...others] = contexts([refused(0), refused(2)], [null, null]);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ lines: [0, 1], decidedBy: 'rules', background: false });
    expect(one!.incident).toBeDefined();
    // Where somebody caused them, they are no incident.
    const quota = request(0, 'ann', 'create', 'resourcequotas/shop/few');
    expect(contexts([quota, refused(1), refused(2)], [0, 0, 0])).toMatchObject([{ lines: [0, 1, 2] }]);
  });

  it('has as an incident what is nobody’s doing, whatever the model says', () => {
    const change = request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' });
    const faults = [
      ...[10, 15, 20].map((at) =>
        request(at, '', 'get', 'leases/kube-system/kcm', {
          code: 401,
          agent: 'kube-controller-manager/v1.35',
        }),
      ),
      ...[30, 40].map((at) =>
        request(at, account('endpoint-controller'), 'update', 'endpoints/shop/api', { code: 500 }),
      ),
      request(200, account('node-controller'), 'patch', 'nodes.status//worker-1', { uid: 'n' }),
      request(201, account('node-controller'), 'patch', 'nodes//worker-1', { uid: 'n' }),
    ];
    // The model takes a login for an action of its own, and all else for the one action that it knows.
    const found = contexts([change, ...faults], [0, 1, 2, 3, 0, 0, 0, 0]);
    expect(found.map(({ lines, incident }) => [lines, incident !== undefined])).toEqual([
      [[0], false],
      [[1, 2, 3], true],
      [[4, 5], true],
      [[6, 7], true],
    ]);
  });

  it('gives every line once, also those that rules wait with', () => {
    const reads = [0, 0.05, 0.1].map((at) => request(at, 'ann', 'get', 'pods/shop/web-1-a'));
    const found = contexts(reads, [0, 0, 0]);
    expect(found.flatMap(({ lines }) => lines)).toEqual([0, 1, 2]);
  });
});

describe('contexts of the model of the package', () => {
  const predictors: Awaited<ReturnType<typeof openPredictor>>[] = [];
  afterAll(async () => {
    for (const predictor of predictors) await predictor.release();
  });

  /** The first lines of a real log in the order in which they were received, so that none comes late, however long it is waited. */
  let log: LogLine[];
  beforeAll(async () => {
    const read: LogLine[] = [];
    for await (const line of readAuditLog('datasets/first-light/audit.jsonl.gz'))
      if (line.line < 1200) read.push(line);
    const micros = ({ event }: LogLine): number => (event ? receivedMicros(event) : 0);
    log = read.sort((a, b) => micros(a) - micros(b)).map((one, line) => ({ ...one, line }));
  });

  /** Contexts of it when it comes with pauses after some lines. */
  async function found(
    pauses: ReadonlySet<number>,
    live: { silence?: number; hold?: number },
  ): Promise<Context[]> {
    const predictor = await openPredictor();
    predictors.push(predictor);
    const lines = (async function* (): AsyncGenerator<LogLine> {
      for (const line of log) {
        yield line;
        if (pauses.has(line.line)) await new Promise((resolve) => setTimeout(resolve, 15));
      }
    })();
    const stream = new ContextStream({ attributor: new WithRules(new FromModel(table)), table });
    const given: Context[] = [];
    const predict = (all: AsyncIterable<readonly LogLine[]>) =>
      labelBatches(all, { predictor, table, ...live });
    for await (const context of contextsOfLog(lines, stream, { predict })) given.push(context);
    return given.sort((a, b) => a.trigger.line - b.trigger.line);
  }

  it('are the same of a file and of a log that is followed, whatever the pauses and the hold', async () => {
    const whole = await found(new Set(), {});
    expect(whole.length).toBeGreaterThan(100);
    expect(await found(new Set([200, 201, 640, 1100]), { silence: 5 })).toEqual(whole);
    expect(await found(new Set([50, 300, 900]), { silence: 5, hold: 1 })).toEqual(whole);
  });
});
